/**
 * Whether the schedule of a CronJob can be read, in the words of the library Kubernetes reads it with
 * (`robfig/cron/v3/parser.go: ParseStandard`). When it fires is not decided here.
 */

const MACROS: ReadonlySet<string> = new Set([
  '@yearly',
  '@annually',
  '@monthly',
  '@weekly',
  '@daily',
  '@midnight',
  '@hourly',
])

interface Bounds {
  readonly min: number
  readonly max: number
  readonly names?: Readonly<Record<string, number>>
}

const named = (words: string, first: number): Readonly<Record<string, number>> =>
  Object.fromEntries(words.split(' ').map((word, i) => [word, first + i]))

const FIELDS: readonly Bounds[] = [
  { min: 0, max: 59 },
  { min: 0, max: 23 },
  { min: 1, max: 31 },
  { min: 1, max: 12, names: named('jan feb mar apr may jun jul aug sep oct nov dec', 1) },
  { min: 0, max: 6, names: named('sun mon tue wed thu fri sat', 0) },
]

/** A number or name, or the complaint about it. */
const parseWord = (word: string, names: Bounds['names']): number | string => {
  const known = names?.[word.toLowerCase()]
  if (known !== undefined) return known
  if (/^[+]?\d+$/.test(word)) return Number(word)
  if (/^-\d+$/.test(word)) return `negative number (${Number(word)}) not allowed: ${word}`
  return `failed to parse int from ${word}: strconv.Atoi: parsing ${JSON.stringify(word)}: invalid syntax`
}

const rangeProblem = (expression: string, bounds: Bounds): string | undefined => {
  const [range = '', step, ...more] = expression.split('/')
  const [low = '', high, ...rest] = range.split('-')
  let start = bounds.min
  let end = bounds.max
  if (low === '*' || low === '?') {
    if (high !== undefined) return `failed to parse int from ${low}: strconv.Atoi: parsing "${low}": invalid syntax`
  } else {
    if (rest.length > 0) return `too many hyphens: ${expression}`
    const first = parseWord(low, bounds.names)
    if (typeof first === 'string') return first
    start = first
    if (high !== undefined) {
      const last = parseWord(high, bounds.names)
      if (typeof last === 'string') return last
      end = last
    } else end = step === undefined ? first : bounds.max
  }
  if (more.length > 0) return `too many slashes: ${expression}`
  if (step !== undefined) {
    const every = parseWord(step, undefined)
    if (typeof every === 'string') return every
    if (every === 0) return `step of range should be a positive number: ${expression}`
  }
  if (start < bounds.min) return `beginning of range (${start}) below minimum (${bounds.min}): ${expression}`
  if (end > bounds.max) return `end of range (${end}) above maximum (${bounds.max}): ${expression}`
  if (start > end) return `beginning of range (${start}) beyond end of range (${end}): ${expression}`
  return undefined
}

const GO_DURATION = /^[+-]?(\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)((\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h))*$/

/** What is wrong with a schedule; undefined if nothing is. */
export const cronProblem = (schedule: string): string | undefined => {
  const spec = schedule.replace(/^(CRON_)?TZ=\S*\s+/, '').trim()
  if (spec === '') return 'empty spec string'
  if (spec.startsWith('@')) {
    if (MACROS.has(spec)) return undefined
    if (!spec.startsWith('@every ')) return `unrecognized descriptor: ${spec}`
    const duration = spec.slice('@every '.length)
    return GO_DURATION.test(duration)
      ? undefined
      : `failed to parse duration ${spec}: time: invalid duration ${JSON.stringify(duration)}`
  }
  const fields = spec.split(/\s+/)
  if (fields.length !== FIELDS.length) {
    return `expected exactly ${FIELDS.length} fields, found ${fields.length}: [${fields.join(' ')}]`
  }
  for (let i = 0; i < fields.length; i += 1) {
    for (const expression of fields[i]!.split(',')) {
      // FieldsFunc drops empty parts, so `1,,2` is `1,2`.
      if (expression === '') continue
      const problem = rangeProblem(expression, FIELDS[i]!)
      if (problem !== undefined) return problem
    }
  }
  return undefined
}

/** What is wrong with a time zone as text; whether it exists depends on the machine and is not asked here. */
export const timeZoneProblem = (zone: string): string | undefined => {
  if (zone === '') return 'timeZone must be nil or non-empty string'
  if (zone.toLowerCase() === 'local') {
    return 'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones'
  }
  return /^[A-Za-z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+)*$/.test(zone) ? undefined : `unknown time zone ${zone}`
}
