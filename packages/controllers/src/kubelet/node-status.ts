import { NodeStatusPosted } from '@wavetank/cluster'
import { type Emission, emit, QUIET, timer } from '@wavetank/kernel'
import { NodeStatusDue } from './events.ts'
import { isInTouch, type KubeletScene, latency, type NodeEntry, type NodeView } from './scene.ts'

/** What a kubelet says of its node, and when. Statuses that change nothing are no events. */

const PERIOD = 10_000
const JITTER = 0.04

export const statusKey = (node: string): string => `status ${node}`

/** When the kubelet next computes its status. Source: pkg/kubelet/kubelet.go, Run: every 10 s, jitter factor 0.04. */
export const untilStatus = (scene: KubeletScene, { name, machine }: NodeView, at: number): number => {
  const period = Math.floor(PERIOD * (1 + JITTER * scene.draw('status-period', name)))
  const phase = Math.floor(period * scene.draw('status-phase', name))
  return period - ((((at - machine.upSince - phase) % period) + period) % period)
}

const statusIn = (scene: KubeletScene, name: string, wait: number, at: number): Emission =>
  timer(statusKey(name), wait + latency(scene, 'apiWrite', `status ${name} ${at}`), NodeStatusDue({ node: name }))

export const statusAtNextTick = (scene: KubeletScene, node: NodeView, at: number): Emission =>
  statusIn(scene, node.name, untilStatus(scene, node, at), at)

export const statusSoon = (scene: KubeletScene, node: NodeView, at: number): Emission =>
  statusIn(scene, node.name, 0, at)

/** Whether the API server has it all already; heartbeats alone are not said here. */
const isKnown = ({ conditions, machine }: NodeView): boolean =>
  conditions.every(({ type, status }) => {
    if (type === 'Ready') return status === (machine.shuttingDown ? 'False' : 'True')
    return !type.endsWith('Pressure') || status === (machine.pressures.includes(type) ? 'True' : 'False')
  })

export const statusIfNew = (scene: KubeletScene, node: NodeView, at: number): readonly Emission[] =>
  isKnown(node) ? QUIET : [statusAtNextTick(scene, node, at)]

/** Source: pkg/kubelet/nodestatus/setters.go, ReadyCondition. */
export const postStatus = (scene: KubeletScene, { event }: NodeEntry): readonly Emission[] => {
  const node = scene.view.nodes.get(event.node)
  if (node === undefined || !isInTouch(scene, node.name)) return QUIET
  const ready = node.machine.shuttingDown
    ? ({ ready: 'False', reason: 'KubeletNotReady', message: 'node is shutting down' } as const)
    : ({ ready: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' } as const)
  return [emit(NodeStatusPosted({ node: node.name, ...ready }))]
}
