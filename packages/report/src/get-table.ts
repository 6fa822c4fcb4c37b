import { type ClusterView, findObject } from '@wavetank/cluster'
import { formatLabels } from '@wavetank/cluster/api'
import { chain, type Either, isLeft, map, mapLeft, right } from 'fp-ts/lib/Either.js'
import type { KindColumns, Listed, Moment } from './columns/define-columns.ts'
import { columnsOf } from './columns/registry.ts'
import type { KubeEvent } from './kube-events/kube-event.ts'
import { renderKubeEvent } from './kube-events/render-kube-event.ts'
import { formatJson } from './output/json.ts'
import { type CustomColumn, customCell, printJsonPath } from './output/json-path.ts'
import { sortBy } from './output/sort-by.ts'
import { formatYaml } from './output/yaml.ts'
import { type Found, type GetOptions, type Query, query } from './query.ts'
import { kindPrefix, type Resource } from './resources.ts'
import { formatTable, type Widths } from './table.ts'

/** What kubectl would write, and where. */
export interface GetResult {
  /** To standard output; empty, or ends in a line feed. */
  readonly text: string
  /** To standard error, one line each; nothing is wrong. */
  readonly notices: readonly string[]
  /** To standard error, one line each; kubectl exits with 1. */
  readonly errors: readonly string[]
}

const headerOfLabel = (label: string): string => label.slice(label.lastIndexOf('/') + 1)

const tableOf = (
  { columns }: KindColumns,
  { resource, objects }: Found,
  moment: Moment,
  options: GetOptions,
  severalKinds: boolean,
  widths?: Widths,
): string => {
  const { labelColumns = [], showLabels = false } = options
  const shown = columns.filter(({ wide }) => wide !== true || options.output === 'wide')
  const withNamespace = typeof options.namespace === 'object' && resource.namespaced
  const headers = [
    ...(withNamespace ? ['NAMESPACE'] : []),
    ...shown.map(({ header }) => header),
    ...labelColumns.map(headerOfLabel),
    ...(showLabels ? ['LABELS'] : []),
  ]
  const rows = objects.map((object) => [
    ...(withNamespace ? [object.namespace] : []),
    ...shown.map(({ header, cell }) => {
      const text = cell(object, moment)
      return severalKinds && header === 'NAME' ? `${kindPrefix(resource)}/${text}` : text
    }),
    ...labelColumns.map((label) => object.labels[label] ?? ''),
    ...(showLabels ? [formatLabels(object.labels)] : []),
  ])
  return formatTable({ headers, rows }, options.noHeaders, widths)
}

const nothing = ({ found }: Query, namespace: GetOptions['namespace']): string =>
  typeof namespace !== 'object' && found.every(({ resource }) => resource.namespaced)
    ? `No resources found in ${namespace ?? 'default'} namespace.`
    : 'No resources found'

const render = ({ view }: Moment, { kind }: Resource, object: Listed): Readonly<Record<string, unknown>> =>
  kind === 'Event'
    ? renderKubeEvent(view, object as KubeEvent)
    : (findObject(view, kind, object.namespace, object.name)?.render() ?? {})

/** One object, or a `v1` List of all of them. */
const documentOf = ({ found, single }: Query, moment: Moment): Readonly<Record<string, unknown>> | undefined => {
  const items = found.flatMap(({ resource, objects }) => objects.map((object) => render(moment, resource, object)))
  return single ? items[0] : { apiVersion: 'v1', items, kind: 'List', metadata: { resourceVersion: '' } }
}

/** The widths of the columns of each kind, for tables that go on. */
type WidthsOfKinds = Map<string, Widths>

const widthsOf = (kinds: WidthsOfKinds | undefined, kind: string): Widths | undefined => {
  if (kinds === undefined) return undefined
  const widths = kinds.get(kind) ?? []
  kinds.set(kind, widths)
  return widths
}

const tablesOf = (answer: Query, moment: Moment, options: GetOptions, widths?: WidthsOfKinds): string =>
  answer.found
    .filter(({ objects }) => objects.length > 0)
    .map((found) => {
      const { kind } = found.resource
      return tableOf(columnsOf(kind), found, moment, options, answer.severalKinds, widthsOf(widths, kind))
    })
    .join(options.noHeaders === true ? '' : '\n')

const customTable = (
  columns: readonly CustomColumn[],
  { found }: Query,
  moment: Moment,
  { noHeaders }: GetOptions,
): string => {
  const rows = found.flatMap(({ resource, objects }) =>
    objects.map((object) => {
      const rendered = render(moment, resource, object)
      return columns.map((column) => customCell(column, rendered))
    }),
  )
  return rows.length === 0
    ? ''
    : formatTable({ headers: columns.map(({ header }) => header), rows, headersAsGiven: true }, noHeaders)
}

const textOf = (answer: Query, moment: Moment, options: GetOptions, widths?: WidthsOfKinds): Either<string, string> => {
  const { output } = options
  if (output === undefined || output === 'wide') return right(tablesOf(answer, moment, options, widths))
  if (output === 'name') {
    const names = answer.found.flatMap(({ resource, objects }) =>
      objects.map(({ name }) => `${kindPrefix(resource)}/${name}\n`),
    )
    return right(names.join(''))
  }
  if (typeof output === 'object' && 'customColumns' in output)
    return right(customTable(output.customColumns, answer, moment, options))
  const document = documentOf(answer, moment)
  if (document === undefined) return right('')
  if (output === 'yaml') return right(formatYaml(document))
  if (output === 'json') return right(formatJson(document))
  return mapLeft((problem: string) => `error: error executing jsonpath: Error executing template: ${problem}`)(
    printJsonPath(output.jsonPath, document),
  )
}

/** Objects of each kind in the order that is asked for. */
const inOrder = (answer: Query, moment: Moment, expression: string | undefined): Either<string, Query> => {
  if (expression === undefined) return right(answer)
  const found: Found[] = []
  for (const { resource, objects } of answer.found) {
    const sorted = sortBy(objects, expression, (object) => render(moment, resource, object))
    if (isLeft(sorted)) return sorted
    found.push({ resource, objects: sorted.right })
  }
  return right({ ...answer, found })
}

/**
 * `kubectl get`, at an instant of the run.
 *
 * Source: cli-runtime/pkg/printers/tableprinter.go, kubectl/pkg/cmd/get/get.go.
 *
 * @param at milliseconds of the run, for ages; not before the view's last entry
 */
export const getTable = (view: ClusterView, at: number, options: GetOptions): GetResult =>
  tableAt(view, at, options, undefined)

const tableAt = (view: ClusterView, at: number, options: GetOptions, widths: WidthsOfKinds | undefined): GetResult => {
  const moment: Moment = { view, at, kubeEvents: options.kubeEvents ?? [] }
  const answer = chain((all: Query) => inOrder(all, moment, options.sortBy))(query(options, moment))
  if (isLeft(answer)) return { text: '', notices: [], errors: [answer.left] }
  const { right: found } = answer
  const text = textOf(found, moment, options, widths)
  if (isLeft(text)) return { text: '', notices: [], errors: [...found.errors, text.left] }
  const isEmpty = found.errors.length === 0 && found.found.every(({ objects }) => objects.length === 0)
  const isDocument = typeof options.output === 'object' && 'jsonPath' in options.output
  const notices = isEmpty && !isDocument && text.right === '' ? [nothing(found, options.namespace)] : []
  return { text: text.right, notices, errors: found.errors }
}

/** `kubectl get --watch`: a table that goes on with a line for each object that has changed. */
export interface TableWatch {
  readonly start: (view: ClusterView, at: number) => GetResult
  /** What has changed since it was last asked: one line for each object, those that are gone in their last state. */
  readonly changes: (view: ClusterView, at: number) => GetResult
}

interface Watched {
  readonly object: Listed & { readonly resourceVersion?: number }
  readonly resource: Resource
  readonly version: number | undefined
  /** Its line, for when it is gone. */
  readonly text: string
}

/**
 * Source: kubectl/pkg/cmd/get/get.go, watch. Several changes of an object within one instant are one line.
 *
 * @param outputWatchEvents `--output-watch-events`: what happened, in front of each line
 */
export const watchTable = (options: GetOptions, outputWatchEvents = false): TableWatch => {
  const widths: WidthsOfKinds = new Map()
  const known = new Map<string, Watched>()
  const perLine: GetOptions = { ...options, noHeaders: true }

  const lineOf = (resource: Resource, object: Listed, moment: Moment, answer: Query): Either<string, string> =>
    map((text: string) => (options.output === 'yaml' ? `---\n${text}` : text))(
      textOf({ ...answer, found: [{ resource, objects: [object] }], single: true }, moment, perLine, widths),
    )

  const labelled = (event: string, text: string): string => (outputWatchEvents ? `${event.padEnd(11)}${text}` : text)

  const look = (view: ClusterView, at: number): GetResult => {
    const moment: Moment = { view, at, kubeEvents: [] }
    const answer = query(options, moment)
    if (isLeft(answer)) return { text: '', notices: [], errors: [answer.left] }
    const lines: string[] = []
    const errors: string[] = []
    const seen = new Set<string>()
    for (const { resource, objects } of answer.right.found) {
      for (const object of objects as readonly Watched['object'][]) {
        const key = `${resource.kind} ${object.namespace}/${object.name} ${object.createdAt}`
        seen.add(key)
        const before = known.get(key)
        const version = object.resourceVersion
        if (before !== undefined && before.version === version) continue
        const text = lineOf(resource, object, moment, answer.right)
        if (isLeft(text)) {
          errors.push(text.left)
          continue
        }
        known.set(key, { object, resource, version, text: text.right })
        lines.push(labelled(before === undefined ? 'ADDED' : 'MODIFIED', text.right))
      }
    }
    for (const [key, { text }] of known) {
      if (seen.has(key)) continue
      known.delete(key)
      lines.push(labelled('DELETED', text))
    }
    return { text: lines.join(''), notices: [], errors }
  }

  return {
    start: (view, at) => {
      const first = tableAt(view, at, options, widths)
      const lines = look(view, at)
      if (!outputWatchEvents) return first
      const isTable = (options.output ?? 'wide') === 'wide' && options.noHeaders !== true
      const header = isTable && first.text !== '' ? labelled('EVENT', `${first.text.split('\n')[0]}\n`) : ''
      return { ...lines, text: `${header}${lines.text}`, notices: first.notices }
    },
    changes: look,
  }
}
