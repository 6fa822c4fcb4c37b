import { createPerfettoTrace } from '@wavetank/export'
import { createMemorySource } from '@wavetank/kernel'
import { isLeft } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { openLog, stateAt } from 'wavetank'
import { logOf, tablesOf } from './run.ts'

interface TraceEvent {
  readonly ph: string
  readonly name: string
  readonly cat?: string
  readonly pid: number
  readonly tid: number
  readonly ts?: number
  readonly dur?: number
  readonly s?: string
  readonly args?: Readonly<Record<string, unknown>>
}

const traceOf = (log: Uint8Array): { readonly traceEvents: readonly TraceEvent[] } => {
  const reading = openLog(createMemorySource(log))
  if (isLeft(reading)) throw new Error(reading.left.message)
  let text = ''
  const trace = createPerfettoTrace(reading.right.header, (more) => {
    text += more
  })
  const { view, entries, end } = stateAt(reading.right, undefined, trace.apply)
  if (end?.state !== 'complete') throw new Error('the log is not whole')
  trace.end({ at: end.footer.endedAt, view, entries, reason: end.footer.end, digest: end.digest })
  return JSON.parse(text)
}

const isWhole = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0

/** What is wrong with an event by the “Trace Event Format”. */
const problemOf = ({ ph, name, pid, tid, ts, dur, s, args }: TraceEvent): string | undefined => {
  if (typeof name !== 'string' || !isWhole(pid) || !isWhole(tid)) return 'name, pid or tid'
  if (ph === 'M') return typeof (args?.name ?? args?.sort_index) === 'undefined' ? 'metadata without value' : undefined
  if (!isWhole(ts)) return 'ts'
  if (ph === 'X') return isWhole(dur) ? undefined : 'dur'
  if (ph === 'i') return s === 'g' || s === 'p' || s === 't' ? undefined : 'scope'
  if (ph === 'C') return Object.values(args ?? {}).every(isWhole) ? undefined : 'counter'
  return `phase ${ph}`
}

describe.each(['node-failure', 'oom-loop', 'deployment-stuck-rollout', 'stateful-set-node-failure', 'drain-blocked'])(
  'the trace of %s',
  (story) => {
    const made = logOf(`scenarios/${story}.yaml`).then((log) => ({ log, events: traceOf(log).traceEvents }))

    it('is in the trace event format, with a name for every process and thread', async () => {
      const { events } = await made
      expect(events.flatMap((event) => problemOf(event) ?? [])).toEqual([])
      const named = (kind: string, id: (event: TraceEvent) => number): ReadonlySet<number> =>
        new Set(events.filter(({ name }) => name === kind).map(id))
      const processes = named('process_name', ({ pid }) => pid)
      const threads = named('thread_name', ({ tid }) => tid)
      for (const { pid, tid, ph } of events) {
        expect(processes.has(pid)).toBe(true)
        if (ph === 'X' || ph === 'i') expect(threads.has(tid)).toBe(true)
      }
      // A thread belongs to one process.
      const owners = new Map<number, number>()
      for (const { pid, tid } of events) {
        expect(owners.get(tid) ?? pid).toBe(pid)
        owners.set(tid, pid)
      }
    })

    it('has slices that follow each other on every thread', async () => {
      const { events } = await made
      const slices = events.filter(({ ph }) => ph === 'X').sort((a, b) => a.tid - b.tid || a.ts! - b.ts!)
      expect(slices.length).toBeGreaterThan(10)
      slices.forEach((slice, i) => {
        const before = slices[i - 1]
        if (before?.tid !== slice.tid) return
        expect(slice.ts, `${before.name} then ${slice.name}`).toBeGreaterThanOrEqual(before.ts! + before.dur!)
      })
    })

    it('says for how long pods were ready, and what was done, as the tables do', async () => {
      const { log, events } = await made
      const rows = await tablesOf(log)
      const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0)
      const ready = sum(events.filter(({ name, cat }) => name === 'ready' && cat === 'pod').map(({ dur }) => dur!))
      const table = rows.pod_states!.filter((row) => row.ready && !row.terminating && row.phase === 'Running')
      expect(ready).toBe(sum(table.map((row) => (Number(row.end_at) - Number(row.start_at)) * 1_000)))
      expect(
        events.filter(({ cat }) => cat === 'fault' || cat === 'kubectl').map(({ name, ts }) => [name, ts]),
      ).toEqual(rows.actions!.map((row) => [row.text, Number(row.happened_at) * 1_000]))
      expect(events.filter(({ name, cat }) => name === 'running' && cat === 'container')).toHaveLength(
        rows.container_runs!.length,
      )
    })
  },
)
