import { ControllersStarted, ControllersStopped, type Entry, type EventOf } from '@wavetank/kernel'
import { type Sentence, sentenceOf } from '@wavetank/report'
import { subjectKeyOf } from './subject.ts'

/**
 * What led to what in a log, in memory: twelve bytes an entry, so that a chain can be followed back without reading the
 * log once for each of its links. The entries themselves stay in the log.
 */
export interface CausalIndex {
  /** For every entry, in order. */
  readonly add: (entry: Entry) => void
  readonly size: () => number
  /** The entry that it follows from; -1 if none. */
  readonly cause: (seq: number) => number
  /** The entry before it that is about the same object; -1 if none. */
  readonly before: (seq: number) => number
  /** How its kind is told. */
  readonly sentence: (seq: number) => Sentence
  readonly kind: (seq: number) => string
  /** The last time before an entry that something outside the cluster went down, if it had not come back; -1 otherwise. */
  readonly outageBefore: (seq: number, what: Outage) => number
  /** The last start of a process that lies between two entries; -1 if there is none. */
  readonly startBetween: (from: number, to: number, process: string) => number
  /** The stop that a start of controllers ends; -1 if the entry is no such start. */
  readonly stopOf: (start: number) => number
  /** The last entry about an object, by `subjectKey`; -1 if the log has none. */
  readonly last: (subject: string) => number
  /** Every object that the log has facts about. */
  readonly subjects: () => Iterable<string>
}

/** What containers need and the cluster does not run. */
export type Outage = 'Registry' | 'Dependency'

const OUTAGES: Readonly<Record<string, Outage>> = {
  RegistryWentDown: 'Registry',
  RegistryCameBack: 'Registry',
  DependencyWentDown: 'Dependency',
  DependencyCameBack: 'Dependency',
}

const grown = (array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> => {
  const larger = new Int32Array(array.length * 2)
  larger.set(array)
  return larger
}

const FIRST_LENGTH = 1 << 12

export const createCausalIndex = (): CausalIndex => {
  let causes = new Int32Array(FIRST_LENGTH)
  let befores = new Int32Array(FIRST_LENGTH)
  let kinds = new Int32Array(FIRST_LENGTH)
  let size = 0
  const lastOf = new Map<string, number>()
  const codes = new Map<string, number>()
  const names: string[] = []
  const sentences: Sentence[] = []
  const outages: { readonly seq: number; readonly what: Outage; readonly isDown: boolean }[] = []

  const turns: { readonly seq: number; readonly process: string; readonly isStop: boolean }[] = []

  const codeOf = (kind: string): number => {
    let code = codes.get(kind)
    if (code === undefined) {
      code = names.length
      codes.set(kind, code)
      names.push(kind)
      sentences.push(sentenceOf(kind) ?? { weight: 'step', say: () => kind })
    }
    return code
  }

  return {
    // Hot path: once per entry of a log.
    add: ({ seq, cause, event }) => {
      if (seq >= causes.length) {
        causes = grown(causes)
        befores = grown(befores)
        kinds = grown(kinds)
      }
      causes[seq] = cause ?? -1
      const what = OUTAGES[event.kind]
      if (what !== undefined) outages.push({ seq, what, isDown: event.kind.endsWith('WentDown') })
      else if (event.kind === ControllersStopped.kind || event.kind === ControllersStarted.kind) {
        const { process } = event as EventOf<typeof ControllersStopped>
        turns.push({ seq, process, isStop: event.kind === ControllersStopped.kind })
      }
      kinds[seq] = codeOf(event.kind)
      const subject = subjectKeyOf(event)
      if (subject === undefined) befores[seq] = -1
      else {
        befores[seq] = lastOf.get(subject) ?? -1
        lastOf.set(subject, seq)
      }
      size = seq + 1
    },
    size: () => size,
    cause: (seq) => causes[seq]!,
    before: (seq) => befores[seq]!,
    sentence: (seq) => sentences[kinds[seq]!]!,
    kind: (seq) => names[kinds[seq]!]!,
    outageBefore: (seq, what) => {
      const latest = outages.filter((outage) => outage.what === what && outage.seq < seq).pop()
      return latest?.isDown === true ? latest.seq : -1
    },
    startBetween: (from, to, process) => {
      const start = turns.filter((turn) => !turn.isStop && turn.process === process && turn.seq < to).pop()?.seq ?? -1
      return start > from ? start : -1
    },
    stopOf: (start) => {
      const { process } = turns.find((turn) => !turn.isStop && turn.seq === start) ?? {}
      return turns.filter((turn) => turn.isStop && turn.process === process && turn.seq < start).pop()?.seq ?? -1
    },
    last: (subject) => lastOf.get(subject) ?? -1,
    subjects: () => lastOf.keys(),
  }
}
