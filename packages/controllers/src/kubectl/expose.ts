import {
  type ClusterView,
  createObject,
  type Expose,
  HEADLESS,
  pendingKeys,
  type RenderedObject,
} from '@wavetank/cluster'
import { decodeObject } from '@wavetank/cluster/api'
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js'
import { type Gathering, gathering, type Outcome, outcomeOf, printedName } from './outcome.ts'
import { findTargets } from './targets.ts'

/**
 * `kubectl expose`: a Service for the pods of something. Source: staging/src/k8s.io/kubectl/pkg/cmd/expose/expose.go.
 */

type Labels = Readonly<Record<string, string>>
type Json = Readonly<Record<string, unknown>>

interface Container {
  readonly ports?: readonly { readonly containerPort: number; readonly protocol?: string }[]
}

/** An object as far as it is exposed. */
interface Exposed {
  readonly metadata?: { readonly labels?: Labels }
  readonly spec?: {
    readonly selector?: Labels | { readonly matchLabels?: Labels; readonly matchExpressions?: readonly unknown[] }
    readonly template?: { readonly spec?: { readonly containers?: readonly Container[] } }
    readonly containers?: readonly Container[]
    readonly ports?: readonly { readonly port: number; readonly protocol?: string }[]
  }
}

/** A complaint about the command line, as kubectl prints it. Source: cmd/util/helpers.go, UsageErrorf. */
const usage = (message: string): string => `${message}\nSee 'kubectl expose -h' for help and examples`

/** Source: polymorphichelpers/mapbasedselectorforobject.go. */
const selectorFor = (kind: string, { metadata, spec = {} }: Exposed): Either<string, Labels> => {
  if (kind === 'Pod') {
    const { labels = {} } = metadata ?? {}
    return Object.keys(labels).length === 0 ? left('the pod has no labels and cannot be exposed') : right(labels)
  }
  const { selector } = spec
  if (kind === 'Service' || kind === 'ReplicationController') {
    if (selector !== undefined) return right(selector as Labels)
    return left(
      kind === 'Service' ? 'the service has no pod selector set' : 'the replication controller has no pod selector set',
    )
  }
  const { matchLabels = {}, matchExpressions = [] } = (selector ?? {}) as Exclude<typeof selector, undefined | Labels>
  if (matchExpressions.length === 0) return right(matchLabels)
  const shown = (matchExpressions as readonly { key: string; operator: string; values?: readonly string[] }[])
    .map(({ key, operator, values = [] }) => `{Key:${key} Operator:${operator} Values:[${values.join(' ')}]}`)
    .join(' ')
  return left(`couldn't convert expressions - "[${shown}]" to map-based selector format`)
}

/** Ports with their protocols. Source: polymorphichelpers/portsforobject.go, multiprotocolsforobject.go. */
const portsFor = (kind: string, { spec = {} }: Exposed): ReadonlyMap<number, string> => {
  if (kind === 'Service') return new Map((spec.ports ?? []).map(({ port, protocol = 'TCP' }) => [port, protocol]))
  const { containers = [] } = kind === 'Pod' ? spec : (spec.template?.spec ?? {})
  return new Map(
    containers.flatMap(({ ports = [] }) =>
      ports.map(({ containerPort, protocol = 'TCP' }): [number, string] => [containerPort, protocol]),
    ),
  )
}

/** Source: expose.go, createService. */
const manifestOf = (command: Expose, object: RenderedObject): Either<string, Json> => {
  const { kind } = object
  const exposed = object.render() as Exposed
  const selector = command.selector === undefined ? selectorFor(kind, exposed) : right(command.selector)
  if (isLeft(selector)) {
    return left(usage(`couldn't retrieve selectors via --selector flag or introspection: ${selector.left}`))
  }
  const found = portsFor(kind, exposed)
  const ports = command.ports ?? [...found.keys()]
  if (ports.length === 0 && command.clusterIP !== HEADLESS) {
    return left(usage("couldn't find port via --port flag or introspection"))
  }
  const labels = command.labels ?? exposed.metadata?.labels
  return right({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name: command.name ?? object.name.slice(0, 63),
      namespace: command.namespace,
      ...(labels === undefined ? {} : { labels }),
    },
    spec: {
      selector: selector.right,
      ports: ports.map((port, i) => ({
        ...(ports.length > 1 ? { name: `port-${i + 1}` } : {}),
        port,
        protocol: command.protocol ?? found.get(port) ?? 'TCP',
        targetPort: command.targetPort ?? port,
      })),
      ...(command.type === undefined ? {} : { type: command.type }),
      ...(command.clusterIP === undefined ? {} : { clusterIP: command.clusterIP }),
      ...(command.externalIP === undefined ? {} : { externalIPs: [command.externalIP] }),
      ...(command.loadBalancerIP === undefined ? {} : { loadBalancerIP: command.loadBalancerIP }),
      ...(command.sessionAffinity === undefined ? {} : { sessionAffinity: command.sessionAffinity }),
    },
  })
}

const exposeOne = (
  view: ClusterView,
  at: number,
  command: Expose,
  object: RenderedObject,
  result: Gathering,
  pending: Set<string>,
): void => {
  const manifest = manifestOf(command, object)
  if (isLeft(manifest)) {
    result.problems.push(manifest.left)
    return
  }
  const service = decodeObject(manifest.right)
  if (isLeft(service)) {
    const causes = service.left.map(({ message }) => message)
    const { name } = manifest.right.metadata as { readonly name: string }
    result.problems.push({ reason: 'Invalid', message: causes.join(', '), kind: 'Service', name, causes })
    return
  }
  const created = createObject(view, at, service.right, pending)
  if (isLeft(created)) {
    result.problems.push(created.left)
    return
  }
  for (const key of pendingKeys(service.right, created.right)) pending.add(key)
  result.events.push(...created.right)
  result.output.push(`${printedName('Service', service.right.metadata.name)} exposed`)
}

export const expose = (view: ClusterView, at: number, command: Expose): Outcome => {
  const { objects, problems } = findTargets(view, command.targets)
  const result = gathering(problems)
  const pending = new Set<string>()
  for (const object of objects) exposeOne(view, at, command, object, result, pending)
  return outcomeOf(result)
}
