/**
 * Every kind of the Kubernetes API, by all the names that kubectl takes.
 *
 * One row a kind. `versions` lists the current version first, then the ones that manifests of older clusters still
 * have; the first one is what objects are converted to. Source: the API reference of 1.34, the deprecation guide for
 * what was served before, `kubectl api-resources` for short names.
 */

export interface KindInfo {
  readonly kind: string
  readonly plural: string
  readonly singular: string
  readonly shortNames: readonly string[]
  /** The group of the current version; empty for core. */
  readonly group: string
  /** Group and version, as in `apiVersion:`; the current one first. */
  readonly versions: readonly string[]
  readonly namespaced: boolean
  /** False for kinds that are loaded and kept, and that nothing reacts to. */
  readonly simulated: boolean
}

interface Row {
  readonly plural?: string
  readonly short?: readonly string[]
  readonly cluster?: true
  readonly simulated?: true
}

const pluralOf = (singular: string): string => {
  if (/(s|x|z|ch|sh)$/.test(singular)) return `${singular}es`
  return /[^aeiou]y$/.test(singular) ? `${singular.slice(0, -1)}ies` : `${singular}s`
}

const row = (kind: string, versions: readonly [string, ...string[]], options: Row = {}): KindInfo => {
  const singular = kind.toLowerCase()
  const [current] = versions
  const slash = current.indexOf('/')
  return {
    kind,
    plural: options.plural ?? pluralOf(singular),
    singular,
    shortNames: options.short ?? [],
    group: slash === -1 ? '' : current.slice(0, slash),
    versions,
    namespaced: options.cluster !== true,
    simulated: options.simulated === true,
  }
}

const RBAC = [
  'rbac.authorization.k8s.io/v1',
  'rbac.authorization.k8s.io/v1beta1',
  'rbac.authorization.k8s.io/v1alpha1',
] as const
const ADMISSION = ['admissionregistration.k8s.io/v1', 'admissionregistration.k8s.io/v1beta1'] as const
const POLICIES = [...ADMISSION, 'admissionregistration.k8s.io/v1alpha1'] as const
const STORAGE = ['storage.k8s.io/v1', 'storage.k8s.io/v1beta1'] as const
const STORAGE_ALPHA = [...STORAGE, 'storage.k8s.io/v1alpha1'] as const
const RESOURCE = [
  'resource.k8s.io/v1',
  'resource.k8s.io/v1beta2',
  'resource.k8s.io/v1beta1',
  'resource.k8s.io/v1alpha3',
  'resource.k8s.io/v1alpha2',
] as const
const FLOWCONTROL = [
  'flowcontrol.apiserver.k8s.io/v1',
  'flowcontrol.apiserver.k8s.io/v1beta3',
  'flowcontrol.apiserver.k8s.io/v1beta2',
  'flowcontrol.apiserver.k8s.io/v1beta1',
] as const

/** All kinds; core first, then by group. */
export const CATALOG: readonly KindInfo[] = [
  row('Pod', ['v1'], { short: ['po'], simulated: true }),
  row('ReplicationController', ['v1'], { short: ['rc'], simulated: true }),
  row('Node', ['v1'], { short: ['no'], cluster: true, simulated: true }),
  row('Namespace', ['v1'], { short: ['ns'], cluster: true, simulated: true }),
  row('Service', ['v1'], { short: ['svc'], simulated: true }),
  row('Endpoints', ['v1'], { plural: 'endpoints', short: ['ep'] }),
  row('PersistentVolume', ['v1'], { short: ['pv'], cluster: true, simulated: true }),
  row('PersistentVolumeClaim', ['v1'], { short: ['pvc'], simulated: true }),
  row('ConfigMap', ['v1'], { short: ['cm'], simulated: true }),
  row('Secret', ['v1'], { simulated: true }),
  row('ServiceAccount', ['v1'], { short: ['sa'] }),
  row('ResourceQuota', ['v1'], { short: ['quota'], simulated: true }),
  row('LimitRange', ['v1'], { short: ['limits'], simulated: true }),
  row('PodTemplate', ['v1']),
  row('Event', ['v1', 'events.k8s.io/v1', 'events.k8s.io/v1beta1'], { short: ['ev'] }),
  row('Binding', ['v1']),
  row('ComponentStatus', ['v1'], { short: ['cs'], cluster: true }),

  row('ReplicaSet', ['apps/v1', 'apps/v1beta2', 'extensions/v1beta1'], { short: ['rs'], simulated: true }),
  row('Deployment', ['apps/v1', 'apps/v1beta2', 'apps/v1beta1', 'extensions/v1beta1'], {
    short: ['deploy'],
    simulated: true,
  }),
  row('DaemonSet', ['apps/v1', 'apps/v1beta2', 'extensions/v1beta1'], { short: ['ds'], simulated: true }),
  row('StatefulSet', ['apps/v1', 'apps/v1beta2', 'apps/v1beta1'], { short: ['sts'], simulated: true }),
  row('ControllerRevision', ['apps/v1', 'apps/v1beta2', 'apps/v1beta1'], { simulated: true }),

  row('Job', ['batch/v1'], { simulated: true }),
  row('CronJob', ['batch/v1', 'batch/v1beta1', 'batch/v2alpha1'], { short: ['cj'], simulated: true }),

  row('HorizontalPodAutoscaler', ['autoscaling/v2', 'autoscaling/v1', 'autoscaling/v2beta2', 'autoscaling/v2beta1'], {
    short: ['hpa'],
    simulated: true,
  }),
  row('Scale', ['autoscaling/v1', 'extensions/v1beta1', 'apps/v1beta1', 'apps/v1beta2']),

  row('PodDisruptionBudget', ['policy/v1', 'policy/v1beta1'], { short: ['pdb'], simulated: true }),
  row('Eviction', ['policy/v1', 'policy/v1beta1']),
  row('PodSecurityPolicy', ['policy/v1beta1', 'extensions/v1beta1'], { short: ['psp'], cluster: true }),

  row('PriorityClass', ['scheduling.k8s.io/v1', 'scheduling.k8s.io/v1beta1', 'scheduling.k8s.io/v1alpha1'], {
    short: ['pc'],
    cluster: true,
    simulated: true,
  }),

  row('StorageClass', STORAGE, { short: ['sc'], cluster: true, simulated: true }),
  row('VolumeAttachment', STORAGE_ALPHA, { cluster: true }),
  row('CSIDriver', STORAGE, { cluster: true }),
  row('CSINode', STORAGE, { cluster: true }),
  row('CSIStorageCapacity', STORAGE_ALPHA),
  row('VolumeAttributesClass', STORAGE_ALPHA, { short: ['vac'], cluster: true }),

  row('EndpointSlice', ['discovery.k8s.io/v1', 'discovery.k8s.io/v1beta1', 'discovery.k8s.io/v1alpha1'], {
    simulated: true,
  }),
  row('Lease', ['coordination.k8s.io/v1', 'coordination.k8s.io/v1beta1'], { simulated: true }),
  row('LeaseCandidate', [
    'coordination.k8s.io/v1beta1',
    'coordination.k8s.io/v1alpha2',
    'coordination.k8s.io/v1alpha1',
  ]),

  row('Ingress', ['networking.k8s.io/v1', 'networking.k8s.io/v1beta1', 'extensions/v1beta1'], { short: ['ing'] }),
  row('IngressClass', ['networking.k8s.io/v1', 'networking.k8s.io/v1beta1'], { cluster: true }),
  row('NetworkPolicy', ['networking.k8s.io/v1', 'extensions/v1beta1'], { short: ['netpol'] }),
  row('IPAddress', ['networking.k8s.io/v1', 'networking.k8s.io/v1beta1', 'networking.k8s.io/v1alpha1'], {
    short: ['ip'],
    cluster: true,
  }),
  row('ServiceCIDR', ['networking.k8s.io/v1', 'networking.k8s.io/v1beta1', 'networking.k8s.io/v1alpha1'], {
    cluster: true,
  }),

  row('Role', RBAC),
  row('RoleBinding', RBAC),
  row('ClusterRole', RBAC, { cluster: true }),
  row('ClusterRoleBinding', RBAC, { cluster: true }),

  row('RuntimeClass', ['node.k8s.io/v1', 'node.k8s.io/v1beta1', 'node.k8s.io/v1alpha1'], { cluster: true }),

  row('MutatingWebhookConfiguration', ADMISSION, { cluster: true }),
  row('ValidatingWebhookConfiguration', ADMISSION, { cluster: true }),
  row('ValidatingAdmissionPolicy', POLICIES, { cluster: true }),
  row('ValidatingAdmissionPolicyBinding', POLICIES, { cluster: true }),
  row('MutatingAdmissionPolicy', ['admissionregistration.k8s.io/v1beta1', 'admissionregistration.k8s.io/v1alpha1'], {
    cluster: true,
  }),
  row(
    'MutatingAdmissionPolicyBinding',
    ['admissionregistration.k8s.io/v1beta1', 'admissionregistration.k8s.io/v1alpha1'],
    { cluster: true },
  ),

  row('CustomResourceDefinition', ['apiextensions.k8s.io/v1', 'apiextensions.k8s.io/v1beta1'], {
    short: ['crd', 'crds'],
    cluster: true,
  }),
  row('APIService', ['apiregistration.k8s.io/v1', 'apiregistration.k8s.io/v1beta1'], { cluster: true }),

  row('CertificateSigningRequest', ['certificates.k8s.io/v1', 'certificates.k8s.io/v1beta1'], {
    short: ['csr'],
    cluster: true,
  }),
  row('ClusterTrustBundle', ['certificates.k8s.io/v1beta1', 'certificates.k8s.io/v1alpha1'], { cluster: true }),
  row('PodCertificateRequest', ['certificates.k8s.io/v1alpha1']),

  row('FlowSchema', FLOWCONTROL, { cluster: true }),
  row('PriorityLevelConfiguration', FLOWCONTROL, { cluster: true }),

  row('DeviceClass', RESOURCE, { cluster: true }),
  row('ResourceClaim', RESOURCE),
  row('ResourceClaimTemplate', RESOURCE),
  row('ResourceSlice', RESOURCE, { cluster: true }),
  row('DeviceTaintRule', ['resource.k8s.io/v1alpha3'], { cluster: true }),

  row('StorageVersion', ['internal.apiserver.k8s.io/v1alpha1'], { cluster: true }),
  row('StorageVersionMigration', ['storagemigration.k8s.io/v1alpha1'], { cluster: true }),

  row('TokenReview', ['authentication.k8s.io/v1', 'authentication.k8s.io/v1beta1'], { cluster: true }),
  row('TokenRequest', ['authentication.k8s.io/v1']),
  row('SelfSubjectReview', ['authentication.k8s.io/v1', 'authentication.k8s.io/v1beta1'], { cluster: true }),
  row('SubjectAccessReview', ['authorization.k8s.io/v1', 'authorization.k8s.io/v1beta1'], { cluster: true }),
  row('LocalSubjectAccessReview', ['authorization.k8s.io/v1', 'authorization.k8s.io/v1beta1']),
  row('SelfSubjectAccessReview', ['authorization.k8s.io/v1', 'authorization.k8s.io/v1beta1'], { cluster: true }),
  row('SelfSubjectRulesReview', ['authorization.k8s.io/v1', 'authorization.k8s.io/v1beta1'], { cluster: true }),
]

const groupOf = (apiVersion: string): string => {
  const slash = apiVersion.indexOf('/')
  return slash === -1 ? '' : apiVersion.slice(0, slash)
}

/** The groups that Kubernetes itself serves or served; other groups are custom resources. */
export const BUILT_IN_GROUPS: ReadonlySet<string> = new Set(CATALOG.flatMap(({ versions }) => versions.map(groupOf)))

const byVersion = new Map<string, KindInfo>()
const byName = new Map<string, KindInfo>()
for (const info of CATALOG) {
  for (const version of info.versions) {
    byVersion.set(`${version} ${info.kind}`, info)
    // `deployments.apps` and `deployments.v1.apps` are names too; of an old group only as long as nobody else has it.
    const slash = version.indexOf('/')
    if (slash === -1) continue
    const group = version.slice(0, slash)
    for (const name of [info.plural, info.singular, ...info.shortNames]) {
      for (const full of [`${name}.${group}`, `${name}.${version.slice(slash + 1)}.${group}`]) {
        if (!byName.has(full)) byName.set(full, info)
      }
    }
  }
  for (const name of [info.plural, info.singular, ...info.shortNames]) if (!byName.has(name)) byName.set(name, info)
}

/** The kind that an object claims to be; undefined for custom resources and spelling mistakes. */
export const kindOf = (apiVersion: string, kind: string): KindInfo | undefined => byVersion.get(`${apiVersion} ${kind}`)

/** True if Kubernetes itself serves, or once served, the group of this `apiVersion`. */
export const isBuiltInVersion = (apiVersion: string): boolean => BUILT_IN_GROUPS.has(groupOf(apiVersion))

/** The kind by any name that kubectl takes: `rc`, `deploy`, `Deployment`, `deployments.apps`, `po`. */
export const kindByName = (name: string): KindInfo | undefined => byName.get(name.toLowerCase())

/** Kinds of the built-in groups with this exact name, whatever their version. */
export const kindsNamed = (kind: string): readonly KindInfo[] => CATALOG.filter((info) => info.kind === kind)
