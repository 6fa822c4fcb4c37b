import { selects } from '@wavetank/cluster'
import { EVERYTHING, parseSelector, type Selector } from '@wavetank/cluster/api'
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js'
import type { Listed, Moment } from './columns/define-columns.ts'
import { columnsOf } from './columns/registry.ts'
import type { KubeEvent } from './kube-events/kube-event.ts'
import type { OutputFormat } from './output/output-format.ts'
import { qualifiedPlural, type Resource, resourcesNamed } from './resources.ts'

/** What `kubectl get` is asked for. */
export interface GetOptions {
  /** As typed: `['pods']`, `['rc,rs']`, `['all']`, or objects as `['pod/web', 'rc/web']`. */
  readonly kinds: readonly string[]
  readonly names?: readonly string[] | undefined
  /** `default`, unless given. */
  readonly namespace?: string | { readonly all: true } | undefined
  /** As `-l` takes it. */
  readonly selector?: string | undefined
  readonly output?: OutputFormat | undefined
  /** The field that objects are sorted by: `.metadata.creationTimestamp`. */
  readonly sortBy?: string | undefined
  readonly showLabels?: boolean | undefined
  /** `-L`. */
  readonly labelColumns?: readonly string[] | undefined
  readonly noHeaders?: boolean | undefined
  /** The core/v1 Events of that time, from `foldKubeEvents`; without them there are none. */
  readonly kubeEvents?: readonly KubeEvent[] | undefined
}

/** Objects of one kind, in the order of the API server's answer. */
export interface Found {
  readonly resource: Resource
  readonly objects: readonly Listed[]
}

export interface Query {
  readonly found: readonly Found[]
  readonly errors: readonly string[]
  /** More than one kind was asked for: names say which. */
  readonly severalKinds: boolean
  /** One object was asked for by name: YAML and JSON are that of the object, not of a list. */
  readonly single: boolean
}

/** The API server answers in the order of its keys. */
const keyOf = ({ namespace, name }: Listed): string => `${namespace}/${name}`
const byKey = (a: Listed, b: Listed): number => (keyOf(a) < keyOf(b) ? -1 : keyOf(a) > keyOf(b) ? 1 : 0)

const listed = (
  resource: Resource,
  moment: Moment,
  namespace: string | { readonly all: true },
  selector: Selector,
): readonly Listed[] => {
  const objects: Listed[] = []
  for (const object of columnsOf(resource.kind).list(moment)) {
    if (resource.namespaced && typeof namespace === 'string' && object.namespace !== namespace) continue
    if (selects(selector, object.labels)) objects.push(object)
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
    const object = listed(resource, moment, namespace, EVERYTHING).find((other) => other.name === name)
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

/**
 * The objects that somebody asks for.
 *
 * @returns on the left, kubectl's refusal
 */
export const query = (options: GetOptions, moment: Moment): Either<string, Query> => {
  const { kinds, names = [], namespace = 'default' } = options
  const refs = kinds.filter((kind) => kind.includes('/'))
  if (refs.length > 0 && (refs.length < kinds.length || names.length > 0)) {
    return left(
      'error: there is no need to specify a resource type as a separate argument when passing arguments in resource/name form',
    )
  }
  const asked: { resource: Resource; name: string }[] = []
  const resources: Resource[] = []
  for (const text of kinds) {
    const slash = text.indexOf('/')
    const parsed = resourcesNamed(moment.view, slash === -1 ? text : text.slice(0, slash))
    if (isLeft(parsed)) return left(parsed.left)
    resources.push(...parsed.right)
    for (const name of slash === -1 ? names : [text.slice(slash + 1)]) {
      asked.push(...parsed.right.map((resource) => ({ resource, name })))
    }
  }
  if (asked.length > 0) {
    if (typeof namespace === 'object' && resources.some(({ namespaced }) => namespaced)) {
      return left('error: a resource cannot be retrieved by name across all namespaces')
    }
    if (options.selector !== undefined && options.selector !== '') {
      return left('error: name cannot be provided when a selector is specified')
    }
    return right(named(asked, moment, typeof namespace === 'string' ? namespace : ''))
  }
  const selector = parseSelector(options.selector ?? '')
  if (isLeft(selector)) return left(`Error from server (BadRequest): ${selector.left}`)
  const found = resources.map((resource) => ({
    resource,
    objects: listed(resource, moment, namespace, selector.right),
  }))
  return right({ found, errors: [], severalKinds: resources.length > 1, single: false })
}
