import {
  type ClusterView,
  ContainerBackedOff,
  ContainerExited,
  ContainerStarted,
  type DeepReadonly,
  ImagePulled,
  ImagePullFailed,
  ImagePullStarted,
  isReady,
  NodeDeleted,
  NodeFailed,
  type Pod,
  PodDeleted,
} from '@wavetank/cluster'
import type { Entry, EventOf, SimEvent } from '@wavetank/kernel'
import { isPodEvent, podStatus } from '@wavetank/report'
import { verdictOf } from 'wavetank'
import { actionOf } from './actions.ts'
import type { RunFacts, TableFold } from './define-table.ts'
import { createIntervals, type Span } from './intervals.ts'
import { isNodeEvent, type NodeState, nodeStateOf } from './tables/node-states.ts'

/**
 * A run as Chrome’s trace format has it, which Perfetto’s viewer opens.
 *
 * 1. Nodes are processes; on each, the node itself is the first thread, and then every pod has a thread, as has every
 *    container of it.
 * 2. Slices of one thread follow each other and never overlap: what a pod is, what its containers do.
 * 3. Pods without a node are in a process of their own until they have one; then their wait is shown where they went.
 * 4. What the timeline does and expectations that fail are instants across all threads.
 *
 * Source: “Trace Event Format”, the document; Perfetto’s json_trace_parser.cc.
 */

type Args = Readonly<Record<string, string | number | boolean | null>>

/** Ids of processes and threads come from one row of numbers: Perfetto takes a thread with the id of its process for its main thread. */
const CLUSTER = 1
const UNSCHEDULED = 2
const TIMELINE = 3
const EXPECTATIONS = 4
const FIRST_FREE = 5

const micros = (millis: number): number => millis * 1_000

/** What a pod’s slice is called. */
const sliceOf = (pod: DeepReadonly<Pod>): string => {
  if (pod.phase === 'Succeeded' || pod.phase === 'Failed') return pod.reason ?? pod.phase
  if (pod.deletion !== undefined) return 'terminating'
  if (pod.node === '') {
    const scheduled = pod.conditions.find(({ type }) => type === 'PodScheduled')
    return scheduled === undefined ? 'scheduling' : (scheduled.reason ?? 'scheduling')
  }
  if (isReady(pod as Pod)) return 'ready'
  const { status } = podStatus(pod)
  if (status === 'Running') return 'running'
  return status === 'Pending' || status === 'ContainerCreating' ? 'starting' : status
}

interface PodSlice {
  readonly [name: string]: string | null
  readonly key: string
  readonly uid: string
  readonly node: string | null
  readonly slice: string
}

const nodeSliceOf = ({ power, ready, cordoned }: NodeState): string => {
  const words = [ready === 'True' ? 'Ready' : `NotReady (${ready})`]
  if (power !== 'on') words.push(power)
  if (cordoned) words.push('cordoned')
  return words.join(', ')
}

/** A container’s slice that is open: a pull, a run, a back-off. */
interface Doing {
  readonly name: string
  readonly since: number
  readonly node: string | null
  readonly args: Args
}

/** @param write takes the text of the trace, piece by piece */
export const createPerfettoTrace = (run: RunFacts, write: (text: string) => void): TableFold => {
  let separator = '\n'
  const put = (event: Readonly<Record<string, unknown>>): void => {
    write(`${separator}${JSON.stringify(event)}`)
    separator = ',\n'
  }
  let free = FIRST_FREE
  const processes = new Map<string, number>()
  const threads = new Map<string, number>()

  const nameProcess = (pid: number, name: string, place: number): void => {
    put({ ph: 'M', name: 'process_name', pid, tid: pid, args: { name } })
    put({ ph: 'M', name: 'process_sort_index', pid, tid: pid, args: { sort_index: place } })
  }
  const nameThread = (pid: number, tid: number, name: string, place: number): void => {
    put({ ph: 'M', name: 'thread_name', pid, tid, args: { name } })
    put({ ph: 'M', name: 'thread_sort_index', pid, tid, args: { sort_index: place } })
  }
  const processOf = (node: string | null): number => {
    if (node === null) return UNSCHEDULED
    let pid = processes.get(node)
    if (pid === undefined) {
      pid = free++
      processes.set(node, pid)
      nameProcess(pid, node, pid)
      nameThread(pid, pid, 'node', 0)
    }
    return pid
  }
  const threadOf = (pid: number, name: string): number => {
    const key = `${pid} ${name}`
    let tid = threads.get(key)
    if (tid === undefined) {
      tid = free++
      threads.set(key, tid)
      nameThread(pid, tid, name, tid)
    }
    return tid
  }
  const slice = (pid: number, tid: number, name: string, cat: string, from: number, to: number, args?: Args): void =>
    put({
      ph: 'X',
      name,
      cat,
      pid,
      tid,
      ts: micros(from),
      dur: micros(to - from),
      ...(args === undefined ? {} : { args }),
    })
  const instant = (
    pid: number,
    tid: number,
    name: string,
    cat: string,
    at: number,
    scope: 'g' | 'p',
    args?: Args,
  ): void => put({ ph: 'i', s: scope, name, cat, pid, tid, ts: micros(at), ...(args === undefined ? {} : { args }) })

  /** Waits for a node that are over; they are shown where the pod went. */
  const waits = new Map<string, (PodSlice & Span)[]>()
  const putPod = ({ key, slice: name, start_at, end_at }: PodSlice & Span, node: string | null): void => {
    const pid = processOf(node)
    slice(pid, threadOf(pid, key), name, 'pod', start_at, end_at)
  }
  const putWaits = (key: string, node: string | null): void => {
    for (const wait of waits.get(key) ?? []) putPod(wait, node)
    waits.delete(key)
  }
  const pods = createIntervals<PodSlice>(run.start, (row) => {
    if (row.node === null) {
      waits.set(row.key, [...(waits.get(row.key) ?? []), row])
      return
    }
    putWaits(row.key, row.node)
    putPod(row, row.node)
  })
  const nodes = createIntervals<NodeState>(run.start, (row) => {
    const pid = processOf(row.name)
    slice(pid, pid, nodeSliceOf(row), 'node', row.start_at, row.end_at)
  })

  const doing = new Map<string, Doing>()
  const begin = (pod: string, container: string, at: number, view: ClusterView, name: string, args: Args): void => {
    stop(pod, container, at, {})
    doing.set(`${pod}/${container}`, { name, since: at, node: view.pods.get(pod)?.node ?? null, args })
  }
  const stop = (pod: string, container: string, at: number, args: Args): void => {
    const key = `${pod}/${container}`
    const found = doing.get(key)
    if (found === undefined) return
    doing.delete(key)
    const pid = processOf(found.node)
    // Its pod stands above it.
    threadOf(pid, pod)
    slice(pid, threadOf(pid, key), found.name, 'container', found.since, at, { ...found.args, ...args })
  }
  const containers: Readonly<Record<string, (event: never, at: number, view: ClusterView) => void>> = {
    [ImagePullStarted.kind]: (event: EventOf<typeof ImagePullStarted>, at, view) =>
      begin(event.pod, event.container, at, view, `pulling ${event.image}`, {}),
    [ImagePulled.kind]: (event: EventOf<typeof ImagePulled>, at) =>
      stop(event.pod, event.container, at, { bytes: event.bytes }),
    [ImagePullFailed.kind]: (event: EventOf<typeof ImagePullFailed>, at) =>
      stop(event.pod, event.container, at, { error: event.error }),
    [ContainerStarted.kind]: (event: EventOf<typeof ContainerStarted>, at, view) =>
      begin(event.pod, event.container, at, view, 'running', { restart: event.restart }),
    [ContainerExited.kind]: (event: EventOf<typeof ContainerExited>, at) =>
      stop(event.pod, event.container, at, { exitCode: event.exitCode, reason: event.reason }),
    [ContainerBackedOff.kind]: (event: EventOf<typeof ContainerBackedOff>, at, view) =>
      begin(event.pod, event.container, at, view, 'back-off', { seconds: event.backoffMillis / 1_000 }),
  }

  const counts = { pods: 0, ready: 0 }
  const isCounted = new Map<string, boolean>()
  let counted = ''
  let countsAt = 0
  const putCounts = (): void => {
    const text = `${counts.pods} ${counts.ready}`
    if (text === counted) return
    counted = text
    put({
      ph: 'C',
      name: 'pods',
      pid: CLUSTER,
      tid: CLUSTER,
      ts: micros(countsAt),
      args: { ready: counts.ready, 'not ready': counts.pods - counts.ready },
    })
  }
  const count = (key: string, at: number, pod: DeepReadonly<Pod> | undefined): void => {
    if (at > countsAt) putCounts()
    countsAt = at
    const before = isCounted.get(key)
    if (before !== undefined) {
      counts.pods--
      if (before) counts.ready--
    }
    if (pod === undefined) {
      isCounted.delete(key)
      return
    }
    const ready = isReady(pod as Pod)
    isCounted.set(key, ready)
    counts.pods++
    if (ready) counts.ready++
  }

  const ofPod = (event: SimEvent & { readonly pod: string }, at: number, view: ClusterView): void => {
    const pod = view.pods.get(event.pod)
    const node = pod === undefined || pod.node === '' ? null : pod.node
    pods.become(
      event.pod,
      pod === undefined ? undefined : { key: pod.key, uid: pod.uid, node, slice: sliceOf(pod) },
      at,
    )
    count(event.pod, at, pod)
    if (event.kind !== PodDeleted.kind) return
    putWaits(event.pod, null)
    // Another pod of this name has threads of its own; and what is over takes no memory.
    const gone = view.removedPod
    const pid = processes.get(gone?.node ?? '') ?? UNSCHEDULED
    threads.delete(`${pid} ${event.pod}`)
    for (const { name } of gone?.template.spec.containers ?? []) threads.delete(`${pid} ${event.pod}/${name}`)
  }
  const ofNode = ({ kind, node: name }: SimEvent & { readonly node: string }, at: number, view: ClusterView): void => {
    const node = view.nodes.get(name)
    nodes.become(name, node === undefined ? undefined : nodeStateOf(node), at)
    if (kind === NodeFailed.kind || kind === NodeDeleted.kind) {
      const pid = processOf(name)
      instant(pid, pid, kind, 'node', at, 'p')
    }
    if (kind !== NodeFailed.kind) return
    for (const [key, { node: on }] of doing) {
      const slash = key.lastIndexOf('/')
      if (on === name) stop(key.slice(0, slash), key.slice(slash + 1), at, { reason: 'power was lost' })
    }
  }

  write(
    `{"displayTimeUnit":"ms","otherData":${JSON.stringify({ scenario: run.name, seed: run.seed, start: new Date(run.start).toISOString() })},"traceEvents":[`,
  )
  nameProcess(CLUSTER, 'cluster', 0)
  nameThread(CLUSTER, TIMELINE, 'timeline', 1)
  nameThread(CLUSTER, EXPECTATIONS, 'expectations', 2)
  nameProcess(UNSCHEDULED, 'pods without a node', 1_000_000_000)

  return {
    apply: (entry: Entry, view: ClusterView) => {
      const { event, at } = entry
      const action = actionOf(event)
      if (action !== undefined) {
        const cat = action.action === 'kubectl' ? 'kubectl' : 'fault'
        instant(CLUSTER, TIMELINE, action.text, cat, at, 'g', { seq: entry.seq })
        return
      }
      if (isPodEvent(event)) return ofPod(event, at, view)
      containers[event.kind]?.(event as never, at, view)
      if (isNodeEvent(event)) return ofNode(event, at, view)
      const verdict = verdictOf(entry)
      if (verdict === undefined) return
      const { name, verdict: outcome, evidence = null } = verdict
      instant(CLUSTER, EXPECTATIONS, `${outcome}: ${name}`, 'expectation', at, outcome === 'failed' ? 'g' : 'p', {
        evidence,
      })
    },
    end: ({ at }) => {
      for (const key of [...doing.keys()]) {
        const slash = key.lastIndexOf('/')
        stop(key.slice(0, slash), key.slice(slash + 1), at, {})
      }
      pods.end(at)
      for (const key of [...waits.keys()]) putWaits(key, null)
      nodes.end(at)
      putCounts()
      write('\n]}\n')
    },
  }
}
