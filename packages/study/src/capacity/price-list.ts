import { parseQuantity } from '@wavetank/cluster/api'
import { type LocatedIssue, readCsv, readYaml, suggestion } from '@wavetank/scenario'
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js'

/** A type of machine that can be had, and what one costs. */
export interface MachineType {
  readonly name: string
  /** Quantities by resource, as a Node has them. */
  readonly capacity: Readonly<Record<string, string>>
  readonly allocatable?: Readonly<Record<string, string>> | undefined
  /** In whatever currency and span of time, for all types the same. */
  readonly price: number
  readonly max: number
  readonly labels: Readonly<Record<string, string>>
  readonly taints: readonly unknown[]
}

const isRecord = (u: unknown): u is Readonly<Record<string, unknown>> =>
  typeof u === 'object' && u !== null && !Array.isArray(u)

const isTexts = (u: unknown): u is Readonly<Record<string, string>> =>
  isRecord(u) && Object.values(u).every((text) => typeof text === 'string')

/** No cluster has more of one type. */
const MAX = 100_000
const KNOWN = ['type', 'cpu', 'memory', 'price', 'max', 'ephemeral-storage', 'pods']

interface Cell {
  readonly key: string
  readonly value: unknown
  readonly line: number
  readonly column: number
}

type Complain = (at: { readonly line: number; readonly column: number }, message: string, hint?: string) => void

const isResource = (key: string): boolean => key.includes('/') || /^hugepages-/.test(key)

const typeOf = (
  cells: readonly Cell[],
  row: { readonly line: number; readonly column: number },
  complain: Complain,
): MachineType => {
  const capacity: Record<string, string> = {}
  const texts: Record<string, Cell> = {}
  let labels: Readonly<Record<string, string>> = {}
  let taints: readonly unknown[] = []
  let allocatable: Readonly<Record<string, string>> | undefined
  for (const cell of cells) {
    const { key, value } = cell
    if (key === 'labels' && isTexts(value)) {
      labels = value
      continue
    }
    if (key === 'allocatable' && isRecord(value)) {
      allocatable = Object.fromEntries(Object.entries(value).map(([name, text]) => [name, String(text)]))
      continue
    }
    if (key === 'taints' && Array.isArray(value)) {
      taints = value
      continue
    }
    if (typeof value !== 'string' && typeof value !== 'number') {
      const hint = key === 'labels' ? 'labels are texts: put quotes around their values' : undefined
      complain(cell, `\`${key}\` is not what it should be`, hint)
      continue
    }
    const text = String(value).trim()
    if (key === 'type' || key === 'price' || key === 'max') {
      texts[key] = { ...cell, value: text }
      continue
    }
    if (!KNOWN.includes(key) && !isResource(key)) {
      complain(cell, `unknown field \`${key}\``, suggestion(key, [...KNOWN, 'labels', 'taints', 'allocatable']))
      continue
    }
    if (text === '') continue
    const quantity = parseQuantity(text)
    if (isLeft(quantity)) complain(cell, `\`${key}\`: ${quantity.left}`)
    else capacity[key] = text
  }
  for (const key of ['type', 'price'] as const)
    if ((texts[key]?.value ?? '') === '') complain(texts[key] ?? row, `\`${key}\` is missing`)
  for (const key of ['cpu', 'memory'])
    if (capacity[key] === undefined) complain(cells.find((cell) => cell.key === key) ?? row, `\`${key}\` is missing`)
  const numberOf = (key: 'price' | 'max', fallback: number): number => {
    const cell = texts[key]
    if (cell === undefined || cell.value === '') return fallback
    const number = Number(cell.value)
    if (!(number >= 0) || !Number.isFinite(number)) complain(cell, `\`${key}\` is no number from 0: "${cell.value}"`)
    else if (key === 'max' && !(Number.isInteger(number) && number <= MAX))
      complain(cell, `\`max\` is no whole number up to ${MAX}: "${cell.value}"`)
    return number
  }
  return {
    name: String(texts.type?.value ?? ''),
    capacity,
    allocatable,
    price: numberOf('price', 0),
    max: numberOf('max', MAX),
    labels,
    taints,
  }
}

const rowsOfCsv = (text: string, complain: Complain) => {
  const { header, rows, problems } = readCsv(text)
  for (const { message, hint, ...place } of problems) complain(place, message, hint)
  const top = header[0] ?? { line: 1, column: 1 }
  const names = header.map((cell) => cell.text)
  for (const needed of ['type', 'cpu', 'memory', 'price'])
    if (!names.includes(needed)) complain(top, `the table has no column \`${needed}\``, suggestion(needed, names))
  const unknown = header.filter((cell) => !KNOWN.includes(cell.text) && !isResource(cell.text))
  for (const cell of unknown)
    complain(cell, `unknown column \`${cell.text}\``, suggestion(cell.text, KNOWN) ?? 'extended resources have a `/`')
  if (unknown.length > 0 || ['type', 'cpu', 'memory', 'price'].some((n) => !names.includes(n))) return []
  return rows.map((row) => ({
    at: row[0]!,
    cells: row.map(({ text: value, line, column }, i) => ({ key: names[i]!, value, line, column })),
  }))
}

const rowsOfYaml = (text: string, complain: Complain) => {
  const { documents, issues } = readYaml(text)
  for (const { message, hint, line, column } of issues) complain({ line, column }, message, hint)
  const [document] = documents
  if (document === undefined || issues.length > 0) return []
  const list = document.value
  if (!Array.isArray(list)) {
    complain(
      { line: 1, column: 1 },
      'a price list is a list of types',
      '- { type: m, cpu: 4, memory: 16Gi, price: 0.2 }',
    )
    return []
  }
  return list.flatMap((item, i) => {
    const at = document.positionOf([i])
    if (!isRecord(item)) {
      complain(at, 'a type is a mapping', '- { type: m, cpu: 4, memory: 16Gi, price: 0.2 }')
      return []
    }
    const cells = Object.entries(item).map(([key, value]) => ({ key, value, ...document.positionOf([i, key]) }))
    return [{ at, cells }]
  })
}

/**
 * A price list: CSV with the columns `type,cpu,memory,price`, and `max` and other resources if there are; or YAML, a list
 * of mappings with the same fields, which may have `labels`, `taints` and `allocatable` besides.
 */
export const readPriceList = (file: string, text: string): Either<readonly LocatedIssue[], readonly MachineType[]> => {
  const issues: LocatedIssue[] = []
  const complain: Complain = ({ line, column }, message, hint) => {
    const help = hint === undefined ? {} : { hint }
    issues.push({ file, line, column, code: 'WT041', severity: 'error', path: [], message, ...help })
  }
  const rows = /\.ya?ml$/i.test(file) ? rowsOfYaml(text, complain) : rowsOfCsv(text, complain)
  const types = rows.map(({ at, cells }) => typeOf(cells, at, complain))
  const seen = new Set<string>()
  types.forEach(({ name }, i) => {
    if (name !== '' && seen.has(name)) complain(rows[i]!.at, `type "${name}" is there twice`)
    seen.add(name)
  })
  if (types.length === 0 && issues.length === 0) complain({ line: 1, column: 1 }, 'the list has no types')
  return issues.length > 0 ? left(issues) : right(types)
}
