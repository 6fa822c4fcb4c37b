import { kindByName } from '@wavetank/cluster/api'
import { formatMillis } from '@wavetank/kernel'
import type { Cause, Standing, Subject, Why, WhyExpectation } from 'wavetank'

/** `pod/web`, `pod/shop/web`: as people write it, with the namespace where it is not the default one. */
export const titleOf = ({ kind, key }: Subject): string =>
  `${(kindByName(kind)?.singular ?? kind).toLowerCase()}/${key.replace(/^(default)?\//, '')}`

/** One cause a line, its time in front. */
export const causeLines = (causes: readonly Cause[]): readonly string[] => {
  const times = causes.map(({ at }) => formatMillis(at))
  const width = Math.max(0, ...times.map(({ length }) => length))
  return causes.map(({ seq, sentence, times: count }, i) => {
    const often = count === undefined ? '' : `, for the ${count}${ordinalEnd(count)} time`
    return `  ${times[i]!.padEnd(width)}  ${sentence}${often} (#${seq})`
  })
}

const ordinalEnd = (count: number): string => {
  if (count % 100 >= 11 && count % 100 <= 13) return 'th'
  return ['th', 'st', 'nd', 'rd'][count % 10] ?? 'th'
}

export const formatWhy = ({ object, at, isThere, standing, causes }: Why): string => {
  const stands = isThere ? (standing === undefined ? 'there' : standing.summary) : 'gone'
  const lines = [`${titleOf(object)} at ${formatMillis(at)}: ${stands}`, ...causeLines(causes)]
  const reasons = standing?.reasons ?? []
  if (reasons.length > 0) lines.push('', 'what is in its way then:', ...reasons.map((reason) => `  ${reason}`))
  if (object.kind === 'Pod' && isThere && standing?.summary.includes('no node') === true)
    lines.push(`  \`wavetank explain pod ${object.key.slice(object.key.indexOf('/') + 1)}\` says it node by node`)
  return `${lines.join('\n')}\n`
}

const NAMED_MAX = 3

const titles = (objects: readonly Subject[]): string => {
  const shown = objects.slice(0, NAMED_MAX).map(titleOf).join(', ')
  return objects.length > NAMED_MAX ? `${shown} and ${objects.length - NAMED_MAX} more` : shown
}

const windowOf = ({ verdict: { kind }, window: { from, to } }: WhyExpectation): string =>
  kind === 'at' ? `at ${formatMillis(from)}` : `${kind}, from ${formatMillis(from)} to ${formatMillis(to)}`

export const formatWhyExpectation = (answer: WhyExpectation): string => {
  const { verdict, since, objects, causes } = answer
  const { name, verdict: outcome, at, expression, evidence } = verdict
  const when = at === undefined ? '' : ` at ${formatMillis(at)}`
  const holds = verdict.kind === 'never' ? outcome === 'failed' : outcome === 'met'
  const lines = [
    `expect/${name}: ${outcome === 'undecided' ? 'undecided, since the run ended before' : `${outcome}${when}`}`,
    `  expected  ${windowOf(answer)}: ${expression}`,
    ...(evidence === undefined ? [] : [`  found     ${evidence}`]),
    ...(since === undefined ? [] : [`  ${holds ? 'true ' : 'false'}     since ${formatMillis(since)}`]),
    ...(objects.length === 0 ? [] : [`  due to    ${titles(objects)}`]),
  ]
  if (causes.length > 0) lines.push('', ...causeLines(causes))
  return `${lines.join('\n')}\n`
}

/** How an object stands and what is in its way. */
export const formatStanding = (object: Subject, at: number, { summary, reasons, objects }: Standing): string => {
  const lines = [
    `${titleOf(object)} at ${formatMillis(at)}: ${summary}`,
    ...(reasons.length === 0 ? ['nothing is in its way'] : reasons).map((reason) => `  ${reason}`),
  ]
  if (objects.length > 0) lines.push('', `objects in the way: ${titles(objects)}`)
  return `${lines.join('\n')}\n`
}
