import type { CausalIndex, Outage } from './causal-index.ts'

/**
 * The entries that explain an object: its own history, and for each part of it the chain of causes back to whatever the
 * scenario brought.
 *
 * 1. An entry names one cause. It is followed until it meets what is told already, or an entry without a cause.
 * 2. A cause that merely woke somebody (the scheduler's queue goes on with its next pod) explains nothing: what happened
 *    to the same object before does.
 * 3. What depends on something besides is told with that: an image that cannot be pulled with the registry that is down,
 *    a scaling with what its autoscaler had in mind, a start of controllers with their stop.
 * 4. Look-ups and steps on the way are followed and not told, unless everything is asked for.
 */
export interface Start {
  /** The last entry about an object. */
  readonly seq: number
  /** How much of its history is told, counted back from there; all of it since its creation by default. */
  readonly facts?: number
}

/** Facts and accounts of one object, the newest first, back to its last creation. */
const historyOf = (index: CausalIndex, { seq: last, facts = Infinity }: Start, full: boolean): readonly number[] => {
  const seqs: number[] = []
  const accounts = new Set<string>()
  for (let seq = last; seq >= 0 && seqs.length < facts; seq = index.before(seq)) {
    const { weight } = index.sentence(seq)
    const kind = index.kind(seq)
    if (full || weight === 'fact') seqs.push(seq)
    else if (weight === 'state' && !accounts.has(kind)) {
      // Of accounts only the latest counts.
      accounts.add(kind)
      seqs.push(seq)
    }
    if (kind.endsWith('Created')) break
  }
  return seqs
}

/** The entry from which one follows, for somebody who wants to understand it; -1 if there is none. */
const causeOf = (index: CausalIndex, seq: number): number => {
  const cause = index.cause(seq)
  if (index.sentence(seq).ownCause !== true) return cause
  const before = index.before(seq)
  // What was refused before was let in because something changed: then what woke the queue says more.
  return before < 0 || (index.kind(before) === 'PodUnschedulable' && index.kind(seq) !== 'PodUnschedulable')
    ? cause
    : before
}

/** Kinds that fail when something outside the cluster is down. */
const NEEDS: Readonly<Record<string, Outage>> = {
  ImagePullFailed: 'Registry',
  ProbeFailed: 'Dependency',
}

/** How far apart in the log facts of one reaction can stand. */
const BREATH = 4

/** What led to one entry, and that entry last. */
export const chainTo = (index: CausalIndex, seq: number): readonly number[] => {
  const chain = [seq]
  for (let at = causeOf(index, seq); at >= 0; at = causeOf(index, at))
    if (index.sentence(at).weight === 'fact') chain.push(at)
  return chain.reverse()
}

/** What else an entry depends on. */
const besides = (index: CausalIndex, seq: number): readonly number[] => {
  const found: number[] = []
  const needs = NEEDS[index.kind(seq)]
  if (needs !== undefined) {
    const outage = index.outageBefore(seq, needs)
    if (outage >= 0) found.push(outage)
  }
  // A pod that has waited for the scheduler to come back.
  const started = index.kind(seq) === 'PodBound' ? index.startBetween(index.before(seq), seq, 'kube-scheduler') : -1
  if (started >= 0) found.push(started)
  const stop = index.stopOf(seq)
  if (stop >= 0) found.push(...chainTo(index, stop))
  const cause = index.cause(seq)
  if (cause < 0 || index.sentence(cause).weight !== 'wake') return found
  for (let other = Math.max(0, seq - BREATH); other <= Math.min(seq + BREATH, index.size() - 1); other++)
    if (other !== seq && index.cause(other) === cause && index.sentence(other).isReason === true) found.push(other)
  return found
}

/** The entries to tell, in the order of the log. */
export const storyOf = (index: CausalIndex, starts: readonly Start[], full: boolean): readonly number[] => {
  const told = new Set<number>()
  const visited = new Set<number>()
  for (const start of starts) {
    const history = historyOf(index, start, full)
    for (const seq of history) told.add(seq)
    for (const seq of history) {
      for (let at = causeOf(index, seq); at >= 0 && !visited.has(at); at = causeOf(index, at)) {
        visited.add(at)
        if (full || index.sentence(at).weight === 'fact') told.add(at)
      }
    }
  }
  // What is added may depend on something itself: a start on its stop.
  for (const seq of told) for (const other of besides(index, seq)) told.add(other)
  return [...told].sort((a, b) => a - b)
}
