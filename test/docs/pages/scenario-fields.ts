import type { JsonSchema } from '@wavetank/scenario'
import { table } from './document.ts'

type Schema = JsonSchema

const resolve = (root: Schema, node: Schema): Schema =>
  node.$ref === undefined ? node : root.$defs![node.$ref.slice('#/$defs/'.length)]!

/** `behaviors[].probes.liveness`, `nodes[]#2` (the third form), `.` for the scenario itself. */
const find = (root: Schema, path: string): Schema => {
  let here = root
  for (const step of path === '.' ? [] : path.split(/\.|(?=\[\])|(?=#)/)) {
    here = resolve(root, here)
    const next =
      step === '[]' ? here.items : step.startsWith('#') ? here.anyOf?.[Number(step.slice(1))] : here.properties?.[step]
    if (next === undefined) throw new Error(`the scenario format has no ${path}`)
    here = next
  }
  return resolve(root, here)
}

/** Parts of the format that have a section of their own. */
const NAMED: Readonly<Record<string, string>> = {
  Duration: '[duration](#durations)',
  DurationDistribution: '[distribution](#distributions) of durations',
  RateDistribution: '[distribution](#distributions) of quantities',
  Quantity: 'quantity',
  CpuUsage: '[usage](#usage)',
  MemoryUsage: '[usage](#usage)',
  CpuUsageDaily: 'list of `{at, value}`, or `{low, high, peak}`',
  CpuUsageWhole: '[usage](#usage), not by `after`',
  MetricValue: '[usage](#usage), not by `after`',
  CpuUsageWholeDaily: 'list of `{at, value}`, or `{low, high, peak}`',
  CpuUsageCsv: 'path, or `{file, column, between}`',
  UsagePoints: 'list of `{after, value}` or `{at, value}`',
  ManifestItem: 'path or object',
  NodeItem: 'path, Node or pool',
  SchedulerConfigurationItem: 'path or object',
  OnSigterm: '`ignore` or mapping',
  AnswerStatus: '100 to 599, `refused` or `timeout`',
  Measure: '[metric](#metrics)',
  LevelChoice: 'level, or list of levels',
  Replications: 'whole number or mapping',
}

const rangeText = ({ minimum, maximum, exclusiveMinimum }: Schema): string => {
  if (exclusiveMinimum !== undefined) return maximum === undefined ? `, above ${exclusiveMinimum}` : ''
  if (minimum === undefined) return ''
  return maximum === undefined ? `, at least ${minimum}` : `, ${minimum} to ${maximum}`
}

const typeText = (node: Schema): string => {
  if (node.$ref !== undefined) return NAMED[node.$ref.slice('#/$defs/'.length)] ?? 'mapping'
  if (node.enum !== undefined) return node.enum.map((word) => `\`${word}\``).join(' or ')
  if (node.const !== undefined) return `\`${node.const}\``
  if (node.anyOf !== undefined) return node.anyOf.map(typeText).join(' or ')
  if (node.type === 'array') return `list of ${typeText(node.items ?? {})}`
  if (node.type === 'object')
    return typeof node.additionalProperties === 'object' ? `${typeText(node.additionalProperties)} by name` : 'mapping'
  if (node.type === 'integer') return `whole number${rangeText(node)}`
  if (node.type === 'number') return `number${rangeText(node)}`
  if (node.type === 'boolean') return '`true` or `false`'
  return 'text'
}

/** A default in one line of YAML, as short as a person would write it. */
const defaultText = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(defaultText).join(', ')}]`
  if (typeof value === 'object' && value !== null)
    return `{${Object.entries(value)
      .map(([key, inner]) => `${key}: ${defaultText(inner)}`)
      .join(', ')}}`
  return String(value)
}

/** The fields of one mapping of the format. */
export const fieldsTable = (root: Schema, path: string): string => {
  const { properties = {}, required = [] } = find(root, path)
  return table(
    ['field', 'type', 'default', ''],
    Object.entries(properties).map(([name, field]) => [
      `\`${name}\``,
      typeText(field),
      required.includes(name) ? 'required' : field.default === undefined ? '' : `\`${defaultText(field.default)}\``,
      field.description ?? '',
    ]),
  )
}

/** The forms of a variant whose forms have one field each, such as distributions. */
export const formsTable = (root: Schema, name: string): string =>
  table(
    ['form', 'value', ''],
    (root.$defs?.[name]?.anyOf ?? []).flatMap((form) =>
      Object.entries(form.properties ?? {}).map(([kind, { description = '', ...schema }]) => [
        `\`${kind}\``,
        schema.properties === undefined
          ? typeText(schema)
          : Object.entries(schema.properties)
              .map(([field, inner]) => `\`${field}\`: ${inner.description ?? typeText(inner)}`)
              .join(' '),
        description,
      ]),
    ),
  )

/** Every mapping of the format that has fields of its own, by the path that `fieldsTable` takes. */
export const mappingsOf = (root: Schema): readonly string[] => {
  const found: string[] = []
  const visit = (node: Schema, path: string): void => {
    if (node.$ref?.endsWith('Distribution') || /(Usage(Whole)?|MetricValue)$/.test(node.$ref ?? '')) return
    const here = resolve(root, node)
    if (here.properties !== undefined) {
      found.push(path)
      const prefix = path === '.' ? '' : `${path}.`
      for (const [name, field] of Object.entries(here.properties)) visit(field, `${prefix}${name}`)
    }
    if (here.items !== undefined) visit(here.items, `${path}[]`)
    here.anyOf?.forEach((form, index) => {
      visit(form, `${path}#${index}`)
    })
  }
  visit(root, '.')
  return found
}
