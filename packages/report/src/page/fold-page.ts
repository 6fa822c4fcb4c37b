import { type ClusterView, ContainerStarted } from '@wavetank/cluster'
import type { Entry, EventOf } from '@wavetank/kernel'
import { foldKubeEvents } from '../kube-events/fold-kube-events.ts'
import { newRequested, requested } from '../metrics/requested/requested.ts'
import { createNames } from './dictionary.ts'
import type { Columns, PageData, PageExpectation } from './format.ts'
import { createKubeEventList, type ListedEvent } from './kube-event-list.ts'
import type { Lane } from './lanes.ts'
import { createMoments } from './moments.ts'
import { createNodeLanes } from './node-lanes.ts'
import { createPodLanes } from './pod-lanes.ts'
import { newSeries, type Series, setTo } from './series.ts'
import { createUsedSamples } from './used-samples.ts'
import { createWorkloadLanes } from './workload-lanes.ts'

/** Gathers what a page shows while a log is read: once, in memory that does not grow with the log. */
export interface PageFold {
  /** To be called with every entry, after the view has it. */
  readonly apply: (entry: Entry, view: ClusterView) => void
  readonly result: (end: PageEnd) => PageData
}

export interface PageEnd {
  readonly name: string
  readonly digest: string
  readonly view: ClusterView
  /** Not before the last entry. */
  readonly at: number
  readonly expectations: readonly PageExpectation[]
}

/** Events are kept by their list; in the store they need not outlast the instant. */
const EVENT_TTL = 1

type Apply = (entry: Entry, view: ClusterView) => void

const laneColumns = (prefix: string, lanes: readonly Lane[]): Columns => {
  let count = 0
  for (const { starts } of lanes) count += starts.length
  const spans = new Float64Array(count)
  const states = new Uint32Array(count)
  const counts = new Uint32Array(lanes.length)
  let next = 0
  lanes.forEach((lane, i) => {
    counts[i] = lane.starts.length
    let before = 0
    for (let k = 0; k < lane.starts.length; k++) {
      // The time since the state before, or since the start of the run.
      spans[next] = lane.starts[k]! - before
      states[next++] = lane.states[k]!
      before = lane.starts[k]!
    }
  })
  return { [`${prefix}Count`]: counts, [`${prefix}Span`]: spans, [`${prefix}State`]: states }
}

const seriesColumns = (name: string, { at, values }: Series): Columns => ({
  [`${name}Span`]: at.map((time, i) => time - (at[i - 1] ?? 0)),
  [`${name}Value`]: values,
})

const eventColumns = (events: readonly ListedEvent[]) => {
  const reasons = createNames()
  const objects = createNames()
  const messages = createNames()
  const columns = {
    eventSpan: events.map(({ firstAt }, i) => firstAt - (events[i - 1]?.firstAt ?? 0)),
    eventLasted: events.map(({ firstAt, lastAt }) => lastAt - firstAt),
    eventTimes: events.map(({ count }) => count),
    eventRest: events.map(({ rest }) => rest),
    eventWarning: events.map(({ type }) => (type === 'Warning' ? 1 : 0)),
    eventReason: events.map(({ reason }) => reasons.id(reason)),
    eventObject: events.map(({ object }) => objects.id(object)),
    eventMessage: events.map(({ message }) => messages.id(message)),
  }
  return { columns, reasons: reasons.all, objects: objects.all, messages: messages.all }
}

/** Names never have line feeds; what programs print may. */
const joined = (texts: readonly string[]): string => texts.map((text) => text.replaceAll('\n', ' ')).join('\n')

/** @param duration of the scenario, in milliseconds: how far apart use is looked at */
export const foldPage = (duration: number): PageFold => {
  const pods = createPodLanes()
  const nodes = createNodeLanes()
  const workloads = createWorkloadLanes()
  const moments = createMoments()
  const used = createUsedSamples(duration)
  const asked = newRequested()
  const series = {
    cpuRequested: newSeries(),
    cpuAllocatable: newSeries(),
    memoryRequested: newSeries(),
    memoryAllocatable: newSeries(),
    restarts: newSeries(),
  }
  let restarts = 0
  const events = createKubeEventList(({ kind, namespace, name }) => {
    const owner = kind === 'Pod' ? pods.ownerOf(`${namespace}/${name}`) : ''
    if (owner !== '') return owner
    return namespace === '' ? `${kind}s` : `${kind}s in ${namespace}`
  })
  const kubeEvents = foldKubeEvents({ eventTtl: EVENT_TTL, written: events.written })

  const applies = new Map<string, Apply[]>()
  const listen = (kinds: readonly string[], apply: Apply): void => {
    for (const kind of kinds) {
      const others = applies.get(kind)
      if (others === undefined) applies.set(kind, [apply])
      else others.push(apply)
    }
  }
  listen(pods.kinds, pods.apply)
  listen(nodes.kinds, nodes.apply)
  listen(workloads.kinds, workloads.apply)
  listen(Object.keys(requested.apply), (entry, view) => {
    requested.apply[entry.event.kind]!(asked as never, entry as Entry<never>, view)
    const { cpuMillis, memoryBytes } = asked.use
    setTo(series.cpuRequested, cpuMillis.requested, entry.at)
    setTo(series.cpuAllocatable, cpuMillis.allocatable, entry.at)
    setTo(series.memoryRequested, memoryBytes.requested, entry.at)
    setTo(series.memoryAllocatable, memoryBytes.allocatable, entry.at)
  })
  listen([ContainerStarted.kind], ({ event, at }) => {
    const { pod, restart } = event as EventOf<typeof ContainerStarted>
    if (restart === 0) return
    pods.restarted(pod)
    setTo(series.restarts, ++restarts, at)
  })

  const limits = (): readonly string[] => {
    const coarser = pods.coarser() + nodes.coarser() + workloads.coarser()
    return [
      ...(pods.left() === 0 ? [] : [`${pods.left()} pods came after the first ${pods.lanes.length} and have no line.`]),
      ...(coarser === 0
        ? []
        : [`${coarser} lines changed too often to keep every change; of changes close together the worst is shown.`]),
      ...(events.left() === 0
        ? []
        : [`${events.left()} Events have no row of their own; they are counted in one row for each sort.`]),
      ...(moments.left() === 0 ? [] : [`${moments.left()} later deeds of the timeline are left out.`]),
    ]
  }

  return {
    apply: (entry, view) => {
      used.apply(entry, view)
      const all = applies.get(entry.event.kind)
      if (all !== undefined) for (const apply of all) apply(entry, view)
      moments.apply(entry)
      kubeEvents.apply(entry, view)
    },
    result: ({ name, digest, view, at, expectations }) => {
      used.finish(view, at)
      kubeEvents.events(at)
      const listed = eventColumns(events.list())
      const lanes = workloads.lanes()
      const nodeIds = new Map(nodes.lanes.map(({ name: node }, i) => [node, i]))
      // By the position of its node among the lanes of nodes, the newest of that name.
      const nodeOf = pods.nodes.map((node) => nodeIds.get(node) ?? -1)
      return {
        facts: {
          name,
          seed: view.settings.seed,
          digest,
          start: view.settings.start,
          endedAt: at,
          expectations,
          moments: moments.all,
          podStatuses: pods.statuses,
          nodeStatuses: nodes.statuses,
          reasons: pods.reasons,
          namespaces: pods.namespaces,
          owners: pods.owners,
          workloads: lanes.map(({ workload: { kind, namespace, name: own } }) => ({ kind, namespace, name: own })),
          counts: workloads.counts.flatMap(({ ready, desired }) => [ready, desired]),
          podNames: joined(pods.lanes.map((lane) => lane.name)),
          nodeNames: joined(nodes.lanes.map((lane) => lane.name)),
          nodeZones: nodes.lanes.map((lane) => lane.zone),
          messages: joined(pods.messages),
          eventReasons: listed.reasons,
          eventObjects: joined(listed.objects),
          eventMessages: joined(listed.messages),
          limits: limits(),
        },
        columns: {
          podNamespace: pods.lanes.map((lane) => lane.namespace),
          // Positions from 1; 0 is none.
          podOwner: pods.lanes.map((lane) => lane.owner + 1),
          podNode: pods.lanes.map((lane) => (lane.node < 0 ? 0 : nodeOf[lane.node]! + 1)),
          podEnd: pods.lanes.map((lane) => lane.deletedAt + 1),
          podRestarts: pods.lanes.map((lane) => lane.restarts),
          podMessage: pods.lanes.map((lane) => lane.message + 1),
          ...laneColumns('pod', pods.lanes),
          nodeEnd: nodes.lanes.map((lane) => lane.deletedAt + 1),
          nodeCpu: nodes.lanes.map((lane) => lane.cpuMillis),
          nodeMemory: nodes.lanes.map((lane) => lane.memoryBytes),
          ...laneColumns('node', nodes.lanes),
          workloadEnd: lanes.map((lane) => (lane.workload.deletedAt ?? -1) + 1),
          ...laneColumns('workload', lanes),
          ...seriesColumns('cpuRequested', series.cpuRequested),
          ...seriesColumns('cpuAllocatable', series.cpuAllocatable),
          ...seriesColumns('memoryRequested', series.memoryRequested),
          ...seriesColumns('memoryAllocatable', series.memoryAllocatable),
          ...seriesColumns('cpuUsed', used.cpuMillis),
          ...seriesColumns('memoryUsed', used.memoryBytes),
          ...seriesColumns('restarts', series.restarts),
          ...listed.columns,
        },
      }
    },
  }
}
