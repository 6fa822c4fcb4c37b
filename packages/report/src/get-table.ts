import { type ClusterView, findObject } from '@wavetank/cluster'
import { EVERYTHING, formatLabels, parseSelector, type Selector } from '@wavetank/cluster/api'
import { isLeft } from 'fp-ts/lib/Either.js'
import type { KindColumns, Listed, Moment } from './columns/define-columns.ts'
import { columnsOf } from './columns/registry.ts'
import type { KubeEvent } from './kube-events/kube-event.ts'
import { renderKubeEvent } from './kube-events/render-kube-event.ts'
import { formatJson } from './output/json.ts'
import { formatYaml } from './output/yaml.ts'
import { kindPrefix, qualifiedPlural, type Resource, resourcesNamed } from './resources.ts'
import { formatTable } from './table.ts'

/** What `kubectl get` is asked for. */
export interface GetOptions {
  /** As typed: `['pods']`, `['rc,rs']`, `['all']`, or objects as `['pod/web', 'rc/web']`. */
  readonly kinds: readonly string[]
  readonly names?: readonly string[] | undefined
  /** `default`, unless given. */
  readonly namespace?: string | { readonly all: true } | undefined
  /** As `-l` takes it. */
  readonly selector?: string | undefined
  readonly output?: 'wide' | 'name' | 'yaml' | 'json' | undefined
  readonly showLabels?: boolean | undefined
  /** `-L`. */
  readonly labelColumns?: readonly string[] | undefined
  readonly noHeaders?: boolean | undefined
  /** The core/v1 Events of that time, from `foldKubeEvents`; without them there are none. */
  readonly kubeEvents?: readonly KubeEvent[] | undefined
}

/** What kubectl would write, and where. */
export interface GetResult {
  /** To standard output; empty, or ends in a line feed. */
  readonly text: string
  /** To standard error, one line each; nothing is wrong. */
  readonly notices: readonly string[]
  /** To standard error, one line each; kubectl exits with 1. */
  readonly errors: readonly string[]
}

/** Objects of one kind, in the order of the API server's answer. */
interface Found {
  readonly resource: Resource
  readonly objects: readonly Listed[]
}

interface Query {
  readonly found: readonly Found[]
  readonly errors: readonly string[]
  /** More than one kind was asked for: names say which. */
  readonly severalKinds: boolean
  /** One object was asked for by name: YAML and JSON are that of the object, not of a list. */
  readonly single: boolean
}

const refusal = (error: string): GetResult => ({ text: '', notices: [], errors: [error] })

/** The API server answers in the order of its keys. */
const keyOf = ({ namespace, name }: Listed): string => `${namespace}/${name}`
const byKey = (a: Listed, b: Listed): number => (keyOf(a) < keyOf(b) ? -1 : keyOf(a) > keyOf(b) ? 1 : 0)

const listed = (
  resource: Resource,
  moment: Moment,
  namespace: string | { readonly all: true },
  matches: Selector['matches'],
): readonly Listed[] => {
  const objects: Listed[] = []
  for (const object of columnsOf(resource.kind).list(moment)) {
    if (resource.namespaced && typeof namespace === 'string' && object.namespace !== namespace) continue
    if (matches(object.labels)) objects.push(object)
  }
  return objects.sort(byKey)
}

const notFound = (resource: Resource, name: string): string =>
  `Error from server (NotFound): ${qualifiedPlural(resource)} "${name}" not found`

/** Objects by name, each asked for by itself: what is missing does not keep the others back. */
const named = (
  asked: readonly { readonly resource: Resource; readonly name: string }[],
  moment: Moment,
  namespace: string,
): Query => {
  const found: Found[] = []
  const errors: string[] = []
  for (const { resource, name } of asked) {
    const object = listed(resource, moment, namespace, EVERYTHING.matches).find((other) => other.name === name)
    if (object === undefined) {
      errors.push(notFound(resource, name))
      continue
    }
    const last = found[found.length - 1]
    if (last?.resource.kind === resource.kind)
      found[found.length - 1] = { resource, objects: [...last.objects, object] }
    else found.push({ resource, objects: [object] })
  }
  const severalKinds = new Set(asked.map(({ resource }) => resource.kind)).size > 1
  return { found, errors, severalKinds, single: asked.length === 1 }
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

const query = (options: GetOptions, moment: Moment): GetResult | Query => {
  const { kinds, names = [], namespace = 'default' } = options
  const refs = kinds.filter((kind) => kind.includes('/'))
  if (refs.length > 0 && (refs.length < kinds.length || names.length > 0)) {
    return refusal(
      'error: there is no need to specify a resource type as a separate argument when passing arguments in resource/name form',
    )
  }
  const asked: { resource: Resource; name: string }[] = []
  const resources: Resource[] = []
  for (const text of kinds) {
    const slash = text.indexOf('/')
    const parsed = resourcesNamed(moment.view, slash === -1 ? text : text.slice(0, slash))
    if (isLeft(parsed)) return refusal(parsed.left)
    resources.push(...parsed.right)
    for (const name of slash === -1 ? names : [text.slice(slash + 1)]) {
      asked.push(...parsed.right.map((resource) => ({ resource, name })))
    }
  }
  if (asked.length > 0) {
    if (typeof namespace === 'object' && resources.some(({ namespaced }) => namespaced)) {
      return refusal('error: a resource cannot be retrieved by name across all namespaces')
    }
    if (options.selector !== undefined && options.selector !== '') {
      return refusal('error: name cannot be provided when a selector is specified')
    }
    return named(asked, moment, typeof namespace === 'string' ? namespace : '')
  }
  const selector = parseSelector(options.selector ?? '')
  if (isLeft(selector)) return refusal(`Error from server (BadRequest): ${selector.left}`)
  const found = resources.map((resource) => ({
    resource,
    objects: listed(resource, moment, namespace, selector.right.matches),
  }))
  return { found, errors: [], severalKinds: resources.length > 1, single: false }
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
  if ('text' in answer) return answer
  const text = textOf(answer, moment, options)
  const notices = text === '' && answer.errors.length === 0 ? [nothing(answer, options.namespace)] : []
  return { text, notices, errors: answer.errors }
}
