import { EvaluationError } from '@marcbachmann/cel-js'
import { Duration } from '@marcbachmann/cel-js/evaluator'
import { selects } from '@wavetank/cluster'
import { parseSelector, type Selector } from '@wavetank/cluster/api'
import { isLeft } from 'fp-ts/lib/Either.js'
import { type CelObject, type CelValue, durationOf } from './cel-value.ts'

/** What functions may look at: no clock but the run's, nothing to write to. */
export interface Scope {
  readonly list: (kind: string) => readonly CelObject[]
  readonly find: (kind: string, namespace: string, name: string) => CelObject | null
  /** Milliseconds since the start of the run. */
  readonly elapsed: () => number
  /** Milliseconds since 1970 UTC. */
  readonly wallClock: () => number
}

/** A function that expressions have besides those of CEL. */
export interface FunctionDefinition {
  /** As CEL declares functions: `age(dyn): google.protobuf.Duration`. */
  readonly signature: string
  readonly doc: string
  readonly example: string
  /** Its value changes though no object does. */
  readonly readsClock?: true
  // biome-ignore lint/suspicious/noExplicitAny: arguments are of the types that the signature declares.
  readonly handler: (scope: Scope) => (...args: any[]) => CelValue
}

const refuse = (message: string): never => {
  throw new EvaluationError(message)
}

const objectOf = (value: CelValue, called: string): CelObject => {
  if (typeof value === 'object' && value !== null && 'metadata' in value) return value as CelObject
  return refuse(value === null ? `${called}: there is no such object` : `${called}: not a Kubernetes object`)
}

const itemsOf = (value: CelValue): readonly Readonly<Record<string, CelValue>>[] => (Array.isArray(value) ? value : [])

/** The API's times name their zone; JavaScript would read one without as local time of the machine. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/

const timeOf = (text: string): Date => {
  const time = TIME.test(text) ? new Date(text) : undefined
  return time === undefined || Number.isNaN(time.getTime())
    ? refuse(`not a time with its zone, such as 2025-01-01T00:00:00Z: ${JSON.stringify(text)}`)
    : time
}

const selectors = new Map<string, Selector>()

/** The selector, or what is wrong with it. */
export const selectorOfText = (text: string): Selector | string => {
  const known = selectors.get(text)
  if (known !== undefined) return known
  const parsed = parseSelector(text)
  if (isLeft(parsed)) return parsed.left
  selectors.set(text, parsed.right)
  return parsed.right
}

const select = (objects: Iterable<CelObject>, text: string): readonly CelObject[] => {
  const selector = selectorOfText(text)
  if (typeof selector === 'string') return refuse(selector)
  const selected: CelObject[] = []
  for (const object of objects) if (selects(selector, object.metadata?.labels)) selected.push(object)
  return selected
}

const isReady = (value: CelValue): boolean =>
  itemsOf((value as CelObject | null)?.status?.conditions).some(
    ({ type, status }) => type === 'Ready' && status === 'True',
  )

const restartsOf = (value: CelValue): bigint => {
  const { spec, status } = objectOf(value, 'restarts')
  let restarts = 0n
  for (const { restartCount } of itemsOf(status?.containerStatuses)) restarts += restartCount as bigint
  const sidecars = itemsOf(spec?.initContainers).filter(({ restartPolicy }) => restartPolicy === 'Always')
  for (const { name, restartCount } of itemsOf(status?.initContainerStatuses))
    if (sidecars.some((sidecar) => sidecar.name === name)) restarts += restartCount as bigint
  return restarts
}

type Numeric = bigint | number

const sumOf = (list: readonly CelValue[]): Numeric => {
  let sum: Numeric = 0n
  for (const value of list) {
    if (typeof value !== 'bigint' && typeof value !== 'number') return refuse('sum: the list holds more than numbers')
    sum = typeof value === 'bigint' && typeof sum === 'bigint' ? sum + value : Number(sum) + Number(value)
  }
  return sum
}

/** The least for `sign` 1, the greatest for -1. */
const extremeOf = (called: string, list: readonly CelValue[], sign: 1 | -1): CelValue => {
  if (list.length === 0) return refuse(`${called}: the list is empty`)
  let best = list[0] as Numeric
  for (const value of list as readonly Numeric[]) if (sign === 1 ? value < best : value > best) best = value
  return best
}

const formatSpan = ({ seconds, nanos }: Duration): string => {
  // Seconds may be negative while the fraction counts up from there.
  const total = seconds * 1_000_000_000n + BigInt(nanos)
  const size = total < 0n ? -total : total
  const fraction = (size % 1_000_000_000n).toString().padStart(9, '0').replace(/0+$/, '')
  return `${total < 0n ? '-' : ''}${size / 1_000_000_000n}${fraction === '' ? '' : `.${fraction}`}s`
}

/** A duration or a point in time as CEL writes it. */
export const formatTimeValue = (value: Duration | Date): string =>
  value instanceof Duration ? formatSpan(value) : value.toISOString().replace('.000Z', 'Z')

/** What `timestamp("…")` stands for, see `expression.ts`. */
export const STRICT_TIMESTAMP = 'strictTimestamp'

const TIMESTAMP = 'google.protobuf.Timestamp'
const DURATION = 'google.protobuf.Duration'

export const FUNCTIONS: readonly FunctionDefinition[] = [
  {
    signature: 'ready(dyn): bool',
    doc: 'The condition Ready of a pod or a node is True. False for an object that is not there.',
    example: 'ready(node("n1"))',
    handler: () => isReady,
  },
  {
    signature: 'running(dyn): bool',
    doc: 'The pod is in phase Running and nobody has asked for its deletion. False for a pod that is not there.',
    example: 'running(pod("shop/cart"))',
    handler: () => (value: CelValue) => {
      const { metadata, status } = (value ?? {}) as CelObject
      return status?.phase === 'Running' && !Object.hasOwn(metadata ?? {}, 'deletionTimestamp')
    },
  },
  {
    signature: 'restarts(dyn): int',
    doc: 'How often containers of the pod were restarted, as the column RESTARTS of kubectl counts it.',
    example: 'pods.all(p, restarts(p) < 5)',
    handler: () => restartsOf,
  },
  {
    signature: `age(dyn): ${DURATION}`,
    doc: 'The time since `metadata.creationTimestamp`, which is in whole seconds.',
    example: 'pods.all(p, ready(p) || age(p) < duration("1m"))',
    readsClock: true,
    handler: (scope) => (value: CelValue) => {
      const { metadata } = objectOf(value, 'age')
      return durationOf(scope.wallClock() - timeOf(metadata?.creationTimestamp ?? '').getTime())
    },
  },
  {
    signature: 'select(list<V>, string): list<V>',
    doc: 'The objects whose labels match the selector, written as for `kubectl -l`.',
    example: 'select(pods, "app=web,tier!=cache").size() == 3',
    handler: () => select,
  },
  {
    signature: 'list<V>.where(string): list<V>',
    doc: 'The same as `select`.',
    example: 'pods.where("app in (web,api)").all(p, ready(p))',
    handler: () => select,
  },
  {
    signature: 'list.sum(): dyn',
    doc: 'The sum of a list of numbers; 0 if it is empty.',
    example: 'pods.map(p, restarts(p)).sum() < 10',
    handler: () => sumOf,
  },
  {
    signature: 'list.min(): dyn',
    doc: 'The least of a list, which may not be empty.',
    example: 'pods.map(p, restarts(p)).min() == 0',
    handler: () => (list: readonly CelValue[]) => extremeOf('min', list, 1),
  },
  {
    signature: 'list.max(): dyn',
    doc: 'The greatest of a list, which may not be empty.',
    example: 'pods.map(p, restarts(p)).max() < 3',
    handler: () => (list: readonly CelValue[]) => extremeOf('max', list, -1),
  },
  {
    signature: `int(${TIMESTAMP}): int`,
    doc: 'Seconds since 1970 UTC.',
    example: 'int(now) > 1735689600',
    handler: () => (time: Date) => BigInt(Math.floor(time.getTime() / 1_000)),
  },
  {
    signature: `string(${TIMESTAMP}): string`,
    doc: 'The time in RFC 3339, UTC.',
    example: 'string(now).startsWith("2025-01-01")',
    handler: () => formatTimeValue,
  },
  {
    signature: `string(${DURATION}): string`,
    doc: 'The duration in seconds: `90.5s`.',
    example: 'string(t) == "90s"',
    handler: () => formatTimeValue,
  },
]

/** Stand for functions of CEL that look at the machine. */
export const STAND_INS: readonly Omit<FunctionDefinition, 'doc' | 'example'>[] = [
  { signature: `${STRICT_TIMESTAMP}(string): ${TIMESTAMP}`, handler: () => timeOf },
  {
    signature: `${STRICT_TIMESTAMP}(int): ${TIMESTAMP}`,
    handler: () => (seconds: bigint) => new Date(Number(seconds) * 1_000),
  },
]

const nameIn = ({ signature }: Pick<FunctionDefinition, 'signature'>): string =>
  signature.slice(
    signature.indexOf('.') < signature.indexOf('(') ? signature.indexOf('.') + 1 : 0,
    signature.indexOf('('),
  )

/** Functions whose value changes though no object does. */
export const CLOCK_FUNCTIONS: ReadonlySet<string> = new Set(
  FUNCTIONS.filter(({ readsClock }) => readsClock === true).map(nameIn),
)
export const STAND_IN_NAMES: ReadonlySet<string> = new Set(STAND_INS.map(nameIn))
