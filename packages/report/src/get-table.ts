import { type ClusterView, findObject } from '@wavetank/cluster'
import { formatLabels } from '@wavetank/cluster/api'
import { isLeft } from 'fp-ts/lib/Either.js'
import type { KindColumns, Listed, Moment } from './columns/define-columns.ts'
import { columnsOf } from './columns/registry.ts'
import type { KubeEvent } from './kube-events/kube-event.ts'
import { renderKubeEvent } from './kube-events/render-kube-event.ts'
import { formatJson } from './output/json.ts'
import { formatYaml } from './output/yaml.ts'
import { type Found, type GetOptions, type Query, query } from './query.ts'
import { kindPrefix, type Resource } from './resources.ts'
import { formatTable } from './table.ts'

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
  return formatTable({ headers, rows }, options.noHeaders)
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

const tablesOf = (answer: Query, moment: Moment, options: GetOptions): string =>
  answer.found
    .filter(({ objects }) => objects.length > 0)
    .map((found) => tableOf(columnsOf(found.resource.kind), found, moment, options, answer.severalKinds))
    .join(options.noHeaders === true ? '' : '\n')

const textOf = (answer: Query, moment: Moment, options: GetOptions): string => {
  const { output } = options
  if (output === 'yaml' || output === 'json') {
    const document = documentOf(answer, moment)
    if (document === undefined) return ''
    return output === 'yaml' ? formatYaml(document) : formatJson(document)
  }
  if (output !== 'name') return tablesOf(answer, moment, options)
  return answer.found
    .flatMap(({ resource, objects }) => objects.map(({ name }) => `${kindPrefix(resource)}/${name}\n`))
    .join('')
}

/**
 * `kubectl get`, at an instant of the run.
 *
 * Source: cli-runtime/pkg/printers/tableprinter.go, kubectl/pkg/cmd/get/get.go.
 *
 * @param at milliseconds of the run, for ages; not before the view's last entry
 */
export const getTable = (view: ClusterView, at: number, options: GetOptions): GetResult => {
  const moment: Moment = { view, at, kubeEvents: options.kubeEvents ?? [] }
  const answer = query(options, moment)
  if (isLeft(answer)) return { text: '', notices: [], errors: [answer.left] }
  const { right: found } = answer
  const text = textOf(found, moment, options)
  const notices = text === '' && found.errors.length === 0 ? [nothing(found, options.namespace)] : []
  return { text, notices, errors: found.errors }
}
