import { suggestion } from '@wavetank/scenario'
import {
  type Codec,
  isRecord,
  mapped,
  type ObjectCodec,
  object,
  oneOf,
  optional,
  required,
  text,
  value,
  variant,
  wrongType,
} from '@wavetank/scenario/codec'
import { left, right } from 'fp-ts/lib/Either.js'
import { type MetricDefinition, unitOf } from '../measures/define-metric.ts'
import type { Measure } from '../measures/measure.ts'
import { metricNamed, metrics } from '../measures/registry.ts'

const isMeasure = (u: unknown): u is Measure => isRecord(u) && typeof u.metric === 'string' && isRecord(u.of)

/** `availability shop/web`, `timePending p99`: the metric and what was said of it. */
const titleOf = (metric: string, written: Readonly<Record<string, unknown>>): string =>
  metric === 'expression' ? String(written.expression) : [metric, ...Object.values(written).map(String)].join(' ')

const formOf = (definition: MetricDefinition): Codec<Measure> => {
  const { name: metric, doc, of } = definition
  const named = oneOf(metric)
  const fields = {
    metric: metric === 'expression' ? optional(named, doc) : required(named, doc),
    name: optional(text, 'What tables call it.'),
    ...of.fields,
  }
  const written = object(`Measure of ${metric}`, fields) as unknown as ObjectCodec<Readonly<Record<string, unknown>>>
  const codec = mapped<Readonly<Record<string, unknown>>, Measure>(
    written,
    isMeasure,
    ({ metric: _, name, ...rest }) => {
      const taken = Object.fromEntries(
        Object.entries(rest).filter(([key, one]) => one !== undefined && one !== of.fields[key]?.absent),
      )
      const title = typeof name === 'string' ? name : titleOf(metric, taken)
      return right({ name: title, metric, of: rest as Measure['of'], unit: unitOf(definition, rest) })
    },
    (measure) => ({ metric, name: measure.name, ...measure.of }),
  )
  return Object.assign(codec, { schema: { ...written.schema, description: doc } })
}

const forms = new Map(metrics.map((definition) => [definition.name, formOf(definition)]))
const NAMES = metrics.map(({ name }) => name)

/** The name of a metric alone. */
const Bare: Codec<Measure> = value<Measure>({
  name: 'Metric',
  schema: { enum: NAMES },
  is: isMeasure,
  parse: (u) => {
    const definition = metricNamed(String(u))
    if (definition === undefined)
      return left({ code: 'WT061', message: `there is no metric ${String(u)}`, hint: suggestion(String(u), NAMES) })
    const decoded = definition.of.decode({})
    if (decoded._tag === 'Left')
      return left({
        code: 'WT011',
        message: `${definition.name} needs to know more`,
        hint: `as in \`{metric: ${definition.name}, ${Object.keys(definition.of.fields)[0]}: …}\``,
      })
    const of = decoded.right as Measure['of']
    return right({ name: definition.name, metric: definition.name, of, unit: unitOf(definition, of) })
  },
  print: ({ metric }) => metric,
})

/** What is measured: the name of a metric, a metric with what it takes, or an expression. */
export const MeasureItem: Codec<Measure> = variant<Measure>(
  'Measure',
  [Bare, ...forms.values()],
  (u) => {
    if (typeof u === 'string') return Bare
    if (!isRecord(u)) return wrongType('the name of a metric, or a mapping', u)
    const metric = u.metric ?? ('expression' in u ? 'expression' : undefined)
    if (metric === undefined)
      return { code: 'WT011', message: '`metric` is missing', hint: 'the name of a metric, or `expression: …`' }
    return (
      forms.get(String(metric)) ?? {
        code: 'WT061',
        message: `there is no metric ${String(metric)}`,
        hint: suggestion(String(metric), NAMES),
      }
    )
  },
  ({ metric }) => forms.get(metric) ?? Bare,
)
