import { type Entry, formatMillis } from '@wavetank/kernel'
import { formatEntry } from '../timeline.ts'
import type { Moment } from './format.ts'

/** What the scenario's timeline did, and which of its commands failed. */
export interface Moments {
  readonly apply: (entry: Entry) => void
  readonly all: readonly Moment[]
  /** Moments that are not there, for there were too many. */
  readonly left: () => number
}

const MOMENTS_MAX = 2_000

const SCENARIO = 'scenario'

/** Faults that end another. */
const MENDING = new Set(['recover', 'heal', 'startKubelet', 'thaw', 'up', 'mended'])

const momentOf = (entry: Entry): Moment | undefined => {
  const { at, by, event } = entry
  const values = event as unknown as Readonly<Record<string, string>>
  if (event.kind === 'KubectlCompleted') {
    const { line, exitCode, output } = event as unknown as { line: string; exitCode: number; output: readonly string[] }
    return exitCode === 0 ? undefined : { at, kind: 'failedCommand', text: `kubectl ${line}: ${output.join('; ')}` }
  }
  if (event.kind === 'DisruptionIgnored' || event.kind === 'OutageIgnored')
    return { at, kind: 'other', text: `nothing to do: ${Object.values(values).slice(1).join(' ')}` }
  // What is there at the start is no deed.
  if (by !== SCENARIO || at === 0) return undefined
  if (event.kind === 'KubectlIssued') return { at, kind: 'command', text: `kubectl ${values.line}` }
  if (event.kind === 'DisruptionDue') {
    const { disruption = '', node = '' } = values
    return { at, kind: MENDING.has(disruption) ? 'mended' : 'fault', text: `${disruption} ${node}` }
  }
  if (event.kind === 'OutageDue') {
    const { turn = '', what = '', name = '' } = values
    return { at, kind: MENDING.has(turn) ? 'mended' : 'fault', text: `${what} ${name} ${turn}` }
  }
  if (event.kind === 'NodeUpgradesOrdered') {
    const { nodes } = event as unknown as { readonly nodes: readonly string[] }
    return { at, kind: 'fault', text: `upgrade ${nodes.length === 1 ? nodes[0] : `${nodes.length} nodes`}` }
  }
  const said = formatEntry(entry).slice(`t=${formatMillis(at)} ${by} `.length)
  return { at, kind: 'other', text: said.replace(/ \(#\d+.*\)$/, '') }
}

export const createMoments = (): Moments => {
  const all: Moment[] = []
  let left = 0
  return {
    apply: (entry) => {
      if (entry.by !== SCENARIO && !/^(KubectlCompleted|DisruptionIgnored|OutageIgnored)$/.test(entry.event.kind))
        return
      const moment = momentOf(entry)
      if (moment === undefined) return
      if (all.length < MOMENTS_MAX) all.push(moment)
      else left++
    },
    all,
    left: () => left,
  }
}
