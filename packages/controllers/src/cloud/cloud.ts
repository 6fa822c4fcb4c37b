import {
  type ClusterView,
  defineController,
  deleteObject,
  isApiServerUp,
  isHeard,
  type Node,
  NodeFailed,
  NodeName,
  NodeReclaimed,
  type NodeReclaimNoticed,
  readiness,
} from '@wavetank/cluster'
import {
  after,
  DECIDE,
  defineEvent,
  type Emission,
  type Entry,
  type EventOf,
  emit,
  formatMillis,
  QUIET,
  type Scene,
  timer,
} from '@wavetank/kernel'
import { isLeft } from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { KubectlIssued } from '../kubectl/events.ts'
import { nextPass } from '../node-lifecycle/heartbeat.ts'
import { relistNodes } from '../relist.ts'

/**
 * The cloud that machines come from, as far as it takes them back.
 *
 *   NodeReclaimNoticed ─▶ a termination handler drains the node
 *          └─notice─▶ the machine is gone ─▶ (NotReady) ─▶ the cloud’s controller deletes the Node
 *
 * Source: staging/src/k8s.io/cloud-provider/controllers/nodelifecycle/node_lifecycle_controller.go, MonitorNodes.
 */

/** `--node-monitor-period` of the cloud controller manager. */
const MONITOR_PERIOD = 5_000

export const MachineReclaimDue = defineEvent('MachineReclaimDue', {
  doc: 'The notice of a machine that the cloud takes back is over. `uid` is that of its Node.',
  rank: DECIDE,
  data: { node: NodeName, uid: t.string, deleteNode: t.boolean },
})

export const CloudNodeMonitorDue = defineEvent('CloudNodeMonitorDue', {
  doc: 'The pass in which the cloud’s node controller finds a node NotReady whose machine is gone.',
  rank: DECIDE,
  data: { node: NodeName },
})

type CloudScene = Scene<ClusterView, unknown, unknown>
type NodeEntry = Entry<{ kind: string; node: string }>

/** As aws-node-termination-handler drains: DaemonSets stay, everything else goes, within the notice. */
const drainOf = (node: string, notice: number): Emission =>
  emit(
    KubectlIssued({
      line: `drain ${node} --force --ignore-daemonsets --delete-emptydir-data --timeout=${formatMillis(notice)}`,
      command: {
        verb: 'drain',
        nodes: { names: [node] },
        ignoreDaemonSets: true,
        deleteEmptyDirData: true,
        force: true,
        disableEviction: false,
        timeout: notice,
        podSelector: '',
      } as never,
    }),
  )

const noticed = ({ view }: CloudScene, { event }: Entry<EventOf<typeof NodeReclaimNoticed>>): readonly Emission[] => {
  const node = view.nodes.get(event.node)
  if (node === undefined) return QUIET
  const { notice, drain, deleteNode } = event
  return [
    // The handler runs on the node, as a pod.
    ...(drain && notice > 0 && isHeard(node.machine) ? [drainOf(event.node, notice)] : []),
    after(notice, MachineReclaimDue({ node: event.node, uid: node.uid, deleteNode })),
  ]
}

const takeBack = ({ view }: CloudScene, { event }: Entry<EventOf<typeof MachineReclaimDue>>): readonly Emission[] => {
  const node = view.nodes.get(event.node)
  // A Node of that name that came later has another machine.
  if (node === undefined || node.uid !== event.uid) return QUIET
  const gone = emit(NodeReclaimed({ node: event.node, deleteNode: event.deleteNode }))
  return node.machine.power === 'off' ? [gone] : [gone, emit(NodeFailed({ node: event.node }))]
}

const isToBeDeleted = (view: ClusterView, name: string): boolean => {
  const node = view.nodes.get(name)
  return node !== undefined && node.machine.reclaim === 'gone' && readiness(node as Node) !== 'True'
}

/** What another loop writes at this instant is not in its cache yet. */
const expectPass = ({ view }: CloudScene, { event, at }: NodeEntry): readonly Emission[] =>
  isToBeDeleted(view, event.node)
    ? [timer(event.node, nextPass(at + 1, MONITOR_PERIOD) - at, CloudNodeMonitorDue({ node: event.node }))]
    : QUIET

const deleteNode = ({ view }: CloudScene, { event }: NodeEntry): readonly Emission[] => {
  // It cannot see the Node now.
  if (!isApiServerUp(view) || !isToBeDeleted(view, event.node)) return QUIET
  const deleted = deleteObject(view, { kind: 'Node', namespace: '', name: event.node }, { propagation: 'Background' })
  return isLeft(deleted) ? QUIET : deleted.right.map(emit)
}

export const cloud = defineController<unknown, Record<string, never>>({
  name: 'cloud',
  doc: 'Takes machines back: with a notice, a handler that drains the node, and a controller that deletes the Node.',
  component: 'wavetank',
  flags: {},
  events: [MachineReclaimDue, CloudNodeMonitorDue],
  on: {
    NodeReclaimNoticed: noticed as never,
    MachineReclaimDue: takeBack as never,
    NodeReclaimed: expectPass as never,
    NodeMarkedUnknown: expectPass as never,
    CloudNodeMonitorDue: deleteNode as never,
    ApiServerCameBack: relistNodes(expectPass as never),
  },
})
