import { registryOf } from '@wavetank/cluster'
import { type Entry, invariant, type LogIssue, type SimEvent } from '@wavetank/kernel'
import { sentenceOf } from '@wavetank/report'
import type { Behavior } from '@wavetank/scenario'
import { type Either, isLeft, right } from 'fp-ts/lib/Either.js'
import type { Reading } from '../log.ts'
import type { LogHeader } from '../log-header.ts'
import { subjectKeyOf } from './subject.ts'

/** An entry in words. */
export interface Cause {
  readonly seq: number
  readonly at: number
  /** The entry that it names as its cause; null for what the scenario brought. */
  readonly cause: number | null
  readonly by: string
  readonly kind: string
  readonly sentence: string
  /** The first and the last of that many alike are told; absent if it is not such a last one. */
  readonly times?: number
}

/** Whether a container of some behaviour needs a dependency. */
const isNeeded = ({ behaviors = [] }: Pick<LogHeader, 'behaviors'>, dependency: string): boolean =>
  behaviors.some((behavior) => {
    const probes = (behavior as Partial<Behavior>).probes ?? {}
    return Object.values(probes).some((probe) => probe?.needs?.some((need) => need.dependency === dependency))
  })

/** Leaves out the outages that nothing in the story comes of. */
export const withoutOthersOutages = (entries: readonly Entry[], header: LogHeader): readonly Entry[] => {
  const registries = new Set(
    entries.flatMap(({ event }) => {
      const { image, error } = event as SimEvent & { readonly image?: string; readonly error?: string }
      return event.kind === 'ImagePullFailed' && error === 'Unavailable' ? [registryOf(image ?? '')] : []
    }),
  )
  return entries.filter(({ event }) => {
    const { registry, dependency } = event as SimEvent & { readonly registry?: string; readonly dependency?: string }
    if (event.kind === 'RegistryWentDown') return registries.has(registry ?? '')
    return event.kind !== 'DependencyWentDown' || isNeeded(header, dependency ?? '')
  })
}

/** What happens to an object more often than this is told the first time and the last. */
const REPEATS_MAX = 2

/** Reads some entries of a log, in its order. */
export const entriesAt = (
  open: () => Either<LogIssue, Reading>,
  seqs: readonly number[],
): Either<LogIssue, readonly Entry[]> => {
  const opened = open()
  if (isLeft(opened)) return opened
  const reading = opened.right
  const found: Entry[] = []
  lines: for (const batch of reading.batches) {
    for (const entry of batch) {
      if (found.length === seqs.length) break lines
      if (entry.seq === seqs[found.length]) found.push(entry)
    }
  }
  reading.close()
  invariant(found.length === seqs.length, 'the log has lost entries since it was read')
  return right(found)
}

const tell = ({ seq, at, cause, by, event }: Entry): Cause => ({
  seq,
  at,
  cause,
  by,
  kind: event.kind,
  sentence: sentenceOf(event.kind)?.say(event as never) ?? event.kind,
})

/** Entries in words; what repeats itself is told twice, unless everything is asked for. */
export const tellAll = (entries: readonly Entry[], full: boolean): readonly Cause[] => {
  if (full) return entries.map(tell)
  const alike = new Map<string, Entry[]>()
  for (const entry of entries) {
    const subject = subjectKeyOf(entry.event)
    const key = subject === undefined ? `${entry.seq}` : `${subject} ${entry.event.kind}`
    const same = alike.get(key)
    if (same === undefined) alike.set(key, [entry])
    else same.push(entry)
  }
  const causes: Cause[] = []
  for (const same of alike.values()) {
    if (same.length <= REPEATS_MAX) causes.push(...same.map(tell))
    else causes.push(tell(same[0]!), { ...tell(same[same.length - 1]!), times: same.length })
  }
  return causes.sort((a, b) => a.seq - b.seq)
}
