import type { Container } from '../api/core/container.ts'
import type { PodSpec } from '../api/core/pod-spec.ts'
import type { Volume } from '../api/core/volume.ts'
import type { ClusterView, DeepReadonly } from '../tables.ts'
import type { Pod } from './pod.ts'
import { podSpecOf } from './spec.ts'

/**
 * The ConfigMaps and Secrets that a pod names, and what the kubelet says of one that is not there.
 *
 * Source: pkg/kubelet/kubelet_pods.go (makeEnvironmentVariables), pkg/volume/configmap, pkg/volume/secret,
 * pkg/volume/projected.
 */

type ConfigKind = 'ConfigMap' | 'Secret'

interface Reference {
  readonly kind: ConfigKind
  readonly name: string
  /** All of these keys; none for the object as a whole. */
  readonly keys: readonly string[]
}

/** Something that is named and not there. */
export interface MissingObject {
  /** `ConfigMap/shop/settings`, as the cluster keeps it. */
  readonly object: string
  readonly message: string
}

/** A volume that cannot be mounted. */
export interface UnmountableVolume {
  readonly volume: string
  readonly message: string
  readonly missing: readonly MissingObject[]
}

type Json = Readonly<Record<string, unknown>>
const record = (u: unknown): Json => (typeof u === 'object' && u !== null ? (u as Json) : {})
const list = (u: unknown): readonly Json[] => (Array.isArray(u) ? u.map(record) : [])

const referenceTo = (kind: ConfigKind, ref: unknown, name: unknown, keys: readonly unknown[]): readonly Reference[] =>
  ref === undefined || record(ref).optional === true ? [] : [{ kind, name: String(name ?? ''), keys: keys.map(String) }]

const EMPTY: readonly never[] = []

/** In the order in which the kubelet looks: all of `envFrom` before `env`. */
const environmentOf = (container: DeepReadonly<Container>): readonly Reference[] => {
  const { env = EMPTY, envFrom } = container
  const references: Reference[] = []
  for (const { configMapRef, secretRef } of list(envFrom)) {
    references.push(...referenceTo('ConfigMap', configMapRef, record(configMapRef).name, []))
    references.push(...referenceTo('Secret', secretRef, record(secretRef).name, []))
  }
  for (const { valueFrom } of env) {
    const config = record(valueFrom?.configMapKeyRef)
    const secret = record(valueFrom?.secretKeyRef)
    references.push(...referenceTo('ConfigMap', valueFrom?.configMapKeyRef, config.name, [config.key]))
    references.push(...referenceTo('Secret', valueFrom?.secretKeyRef, secret.name, [secret.key]))
  }
  return references
}

const keysOf = (items: unknown): readonly unknown[] => list(items).map(({ key }) => key)

const volumeReferences = ({ configMap, secret, projected }: DeepReadonly<Volume>): readonly Reference[] => [
  ...referenceTo('ConfigMap', configMap, configMap?.name, keysOf(configMap?.items)),
  ...referenceTo('Secret', secret, secret?.secretName, keysOf(secret?.items)),
  ...list(projected?.sources).flatMap((source) => [
    ...referenceTo('Secret', source.secret, record(source.secret).name, keysOf(record(source.secret).items)),
    ...referenceTo(
      'ConfigMap',
      source.configMap,
      record(source.configMap).name,
      keysOf(record(source.configMap).items),
    ),
  ]),
]

interface VolumeNeeds {
  readonly volume: string
  readonly references: readonly Reference[]
}

const volumesOf = (spec: DeepReadonly<PodSpec>): readonly VolumeNeeds[] => {
  const needs: VolumeNeeds[] = []
  for (const volume of spec.volumes ?? EMPTY) {
    const references = volumeReferences(volume)
    if (references.length > 0) needs.push({ volume: volume.name, references })
  }
  return needs
}

const environments = new WeakMap<object, readonly Reference[]>()
const volumes = new WeakMap<object, readonly VolumeNeeds[]>()

/** Specs are shared by all pods of a template, and never change. */
const remembered = <K extends object, V>(memory: WeakMap<object, V>, key: K, compute: (key: K) => V): V => {
  let value = memory.get(key)
  if (value === undefined) {
    value = compute(key)
    memory.set(key, value)
  }
  return value
}

/** Every namespace has it. Source: pkg/controller/certificates/rootcacertpublisher. */
const ROOT_CA = 'kube-root-ca.crt'

const hasKey = (body: Json, key: string, inBinary: boolean): boolean =>
  key in record(body.data) || key in record(body.stringData) || (inBinary && key in record(body.binaryData))

/** What is missing of it; `of` words it for a key. Environments do not read binary data. */
const missing = (
  view: ClusterView,
  namespace: string,
  { kind, name, keys }: Reference,
  inBinary: boolean,
  of: (kind: ConfigKind, key: string) => string,
): MissingObject | undefined => {
  if (view.settings.assumedKinds.includes(kind) || (kind === 'ConfigMap' && name === ROOT_CA)) return undefined
  const object = `${kind}/${namespace}/${name}`
  const body = view.inertObjects.get(object)?.body
  if (body === undefined) return { object, message: `${kind.toLowerCase()} "${name}" not found` }
  const key = keys.find((one) => !hasKey(body as Json, one, inBinary))
  return key === undefined ? undefined : { object, message: of(kind, key) }
}

/** The first thing that a container's environment names and that is not there. */
export const missingFromEnvironment = (
  view: ClusterView,
  { namespace }: DeepReadonly<Pick<Pod, 'namespace'>>,
  container: DeepReadonly<Container>,
): MissingObject | undefined => {
  // Hot path: most containers name nothing.
  if (container.env === undefined && container.envFrom === undefined) return undefined
  for (const reference of remembered(environments, container, environmentOf)) {
    const found = missing(
      view,
      namespace,
      reference,
      false,
      (kind, key) => `couldn't find key ${key} in ${kind} ${namespace}/${reference.name}`,
    )
    if (found !== undefined) return found
  }
  return undefined
}

const volumeKey = (kind: ConfigKind, key: string): string =>
  kind === 'ConfigMap'
    ? `configmap references non-existent config key: ${key}`
    : `references non-existent secret key: ${key}`

/** The volumes of a pod that cannot be mounted as things are, in the order of its spec. */
export const unmountableVolumes = (view: ClusterView, pod: DeepReadonly<Pod>): readonly UnmountableVolume[] => {
  const needs = remembered(volumes, podSpecOf(pod), volumesOf)
  if (needs.length === 0) return EMPTY
  const found: UnmountableVolume[] = []
  for (const { volume, references } of needs) {
    const absent = references.flatMap((reference) => missing(view, pod.namespace, reference, true, volumeKey) ?? [])
    if (absent.length === 0) continue
    const [first] = absent
    // Source: apimachinery/pkg/util/errors/errors.go, aggregate.Error.
    const message = absent.length === 1 ? first!.message : `[${absent.map((one) => one.message).join(', ')}]`
    found.push({ volume, message, missing: absent })
  }
  return found
}

/** The ConfigMaps and Secrets without which a pod does not come up, each once. */
export const neededObjects = (spec: DeepReadonly<PodSpec>): readonly { kind: ConfigKind; name: string }[] => {
  const containers = [...(spec.initContainers ?? EMPTY), ...spec.containers]
  const all = [...containers.flatMap(environmentOf), ...volumesOf(spec).flatMap(({ references }) => references)]
  const found = new Map(all.map(({ kind, name }) => [`${kind}/${name}`, { kind, name }]))
  found.delete(`ConfigMap/${ROOT_CA}`)
  return [...found.values()]
}

const objectsOf = (namespace: string, references: readonly Reference[]): readonly string[] => [
  ...new Set(references.map(({ kind, name }) => `${kind}/${namespace}/${name}`)),
]

/** Everything that a container's environment names, as the cluster keeps it. */
export const environmentObjects = (namespace: string, container: DeepReadonly<Container>): readonly string[] =>
  objectsOf(namespace, remembered(environments, container, environmentOf))

/** Everything that a volume of the pod names. */
export const volumeObjects = (pod: DeepReadonly<Pod>, volume: string): readonly string[] =>
  objectsOf(
    pod.namespace,
    remembered(volumes, podSpecOf(pod), volumesOf).find((one) => one.volume === volume)?.references ?? EMPTY,
  )

/** What the kubelet's log calls a pod. Source: pkg/kubelet/util/format/pod.go. */
const formatPod = ({ name, namespace, uid }: DeepReadonly<Pick<Pod, 'name' | 'namespace' | 'uid'>>): string =>
  `${name}_${namespace}(${uid})`

/**
 * Why a container may not run as the user that it would run as.
 *
 * Source: pkg/kubelet/kuberuntime/security_context.go, verifyRunAsNonRoot.
 *
 * @param isRoot whether the image names no user, or root
 */
export const rootRefused = (
  pod: DeepReadonly<Pod>,
  container: DeepReadonly<Container>,
  isRoot: (image: string) => boolean,
): string | undefined => {
  const ofPod = record(pod.template.spec.securityContext)
  const own = record(container.securityContext)
  if ((own.runAsNonRoot ?? ofPod.runAsNonRoot) !== true) return undefined
  const user = own.runAsUser ?? ofPod.runAsUser
  const subject = `(pod: "${formatPod(pod)}", container: ${container.name})`
  if (user === 0) return `container's runAsUser breaks non-root policy ${subject}`
  return user === undefined && isRoot(container.image)
    ? `container has runAsNonRoot and image will run as root ${subject}`
    : undefined
}
