import {
  ClusterConfigured,
  createClusterStore,
  createSystemClasses,
  DependencyWentDown,
  loadedState,
  loadObject,
  loadOrder,
  NamespaceCreated,
  settledState,
  wishesOf,
} from '@wavetank/cluster'
import { FailureDue, KubectlIssued, NodeUpgradesOrdered, OutageDue } from '@wavetank/controllers'
import { type SimEvent, uuidOf } from '@wavetank/kernel'
import { nodesOfTarget, type Scenario, type TimelineEntry } from '@wavetank/scenario'
import { isLeft } from 'fp-ts/lib/Either.js'
import { disruptionNotices } from './disruption-notices.ts'
import { settingsOf } from './settings.ts'

export interface InitialNotice {
  readonly at: number
  readonly by: string
  readonly event: SimEvent
}

export const BY_SCENARIO = 'scenario'

/** Namespaces that every cluster has. */
const SYSTEM_NAMESPACES = ['default', 'kube-node-lease', 'kube-public', 'kube-system'] as const

type Upgrade = Extract<TimelineEntry['action'], { readonly kind: 'upgrade' }>

const upgradeNotice = (action: Upgrade, nodes: Scenario['nodes']): SimEvent => {
  const { kubeletVersion, maxUnavailable, takes, pause, whenBlocked } = action
  const { gracePeriod, timeout, podSelector, force, deleteEmptyDirData, disableEviction } = action.drain
  const labelled = nodes.map(({ metadata }) => [metadata.name, metadata.labels ?? {}] as const)
  return NodeUpgradesOrdered({
    nodes: nodesOfTarget(action, labelled),
    ...(kubeletVersion === undefined ? {} : { kubeletVersion }),
    maxUnavailable,
    takes: takes as never,
    pause,
    drain: {
      force,
      deleteEmptyDirData,
      disableEviction,
      ...(gracePeriod === undefined ? {} : { gracePeriodSeconds: gracePeriod }),
      ...(timeout === undefined ? {} : { timeout }),
      ...(podSelector === undefined ? {} : { podSelector }),
    },
    whenBlocked,
  })
}

const API_SERVER = { what: 'apiServer', name: 'kube-apiserver' } as const

type Outage = Parameters<typeof OutageDue>[0]

/** An outage, and its end if it has one. */
const outageNotices = (
  at: number,
  span: number | undefined,
  outage: Outage,
  end: 'up' | 'mended',
): readonly { readonly at: number; readonly event: SimEvent }[] => {
  const { what, name } = outage
  const begin = { at, event: OutageDue(outage) }
  return span === undefined ? [begin] : [begin, { at: at + span, event: OutageDue({ turn: end, what, name }) }]
}

/** What an entry of the timeline comes to, given the nodes that it may be aimed at. */
export const noticesOf = (
  { at, action }: Pick<TimelineEntry, 'at' | 'action'>,
  nodes: Scenario['nodes'],
): readonly { readonly at: number; readonly event: SimEvent }[] => {
  switch (action.kind) {
    case 'kubectl':
      return [{ at, event: KubectlIssued({ line: action.text, command: action.command as never }) }]
    case 'down':
    case 'up':
      return [{ at, event: OutageDue({ turn: action.kind, what: action.what, name: action.name }) }]
    case 'upgrade':
      return [{ at, event: upgradeNotice(action, nodes) }]
    case 'stopController':
      return outageNotices(at, action.for, { turn: 'down', what: 'controller', name: action.controller }, 'up')
    case 'startController':
      return [{ at, event: OutageDue({ turn: 'up', what: 'controller', name: action.controller }) }]
    case 'stopApiServer':
      return outageNotices(at, action.for, { turn: 'down', ...API_SERVER }, 'up')
    case 'startApiServer':
      return [{ at, event: OutageDue({ turn: 'up', ...API_SERVER }) }]
    case 'slowApiServer':
      return outageNotices(at, action.for, { turn: 'slow', ...API_SERVER, factor: action.by }, 'mended')
    case 'mendApiServer':
      return [{ at, event: OutageDue({ turn: 'mended', ...API_SERVER }) }]
    default:
      return disruptionNotices(at, action, nodes)
  }
}

/**
 * What a scenario brings: the cluster as it is at t=0, then its timeline.
 *
 * The objects are stored one after another in a cluster of their own, since what storing one comes to depends on what
 * is there: a template is recorded once, a pod needs its namespace and its owner. Namespaces that no manifest brings are
 * created. What a live cluster's dump says of an object's state follows the object.
 */
export const initialNotices = (scenario: Scenario, seed: number): readonly InitialNotice[] => {
  const scratch = createClusterStore()
  const notices: InitialNotice[] = []
  const now = (event: SimEvent): void => {
    scratch.apply({ seq: notices.length, at: 0, cause: null, by: BY_SCENARIO, event })
    notices.push({ at: 0, by: BY_SCENARIO, event })
  }
  now(ClusterConfigured({ settings: settingsOf(scenario, seed) as never }))
  for (const { name, up } of scenario.dependencies) if (!up) now(DependencyWentDown({ dependency: name }))
  const namespaces = new Set<string>(SYSTEM_NAMESPACES)
  const described = new Set(scenario.objects.filter(({ kind }) => kind === 'Namespace').map((o) => o.metadata.name))
  for (const { metadata } of scenario.objects) if (metadata.namespace !== undefined) namespaces.add(metadata.namespace)
  for (const namespace of [...namespaces].sort()) {
    if (described.has(namespace)) continue
    const labels = { 'kubernetes.io/metadata.name': namespace }
    now(NamespaceCreated({ namespace, uid: uuidOf(seed, `Namespace ${namespace}`), labels }))
  }
  const objects = [...scenario.nodes, ...loadOrder(scenario.objects)]
  const wishes = wishesOf(scenario.objects)
  const uids = new Set<string>()
  const classes = new Set(scenario.objects.filter(({ kind }) => kind === 'PriorityClass').map((o) => o.metadata.name))
  for (const event of createSystemClasses(scratch.view, 0, classes)) now(event)
  for (const object of objects) {
    const events = loadObject(scratch.view, 0, object, { uids, wishes })
    // The loader has refused duplicates, dangling namespaces, and Services that cannot have what they ask for.
    if (isLeft(events)) throw new Error(events.left.message)
    for (const event of events.right) now(event)
    for (const event of loadedState(scratch.view, 0, object, objects)) now(event)
  }
  for (const object of objects) for (const event of settledState(scratch.view, object)) now(event)
  for (const entry of scenario.timeline) {
    for (const notice of noticesOf(entry, scenario.nodes)) notices.push({ ...notice, by: BY_SCENARIO })
  }
  for (const failure of scenario.failures) {
    if (!('recorded' in failure)) continue
    for (const { at, fault, node } of failure.recorded)
      notices.push({
        at,
        by: BY_SCENARIO,
        event: FailureDue({ model: failure.name, fault: fault as never, group: node }),
      })
  }
  return notices
}
