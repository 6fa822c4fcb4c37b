import type * as t from 'io-ts'
import type { Codec } from '../codec.ts'
import {
  anything,
  defaulted,
  defaultedZero,
  flag,
  fullList,
  integer,
  list,
  omitEmpty,
  optional,
  present,
  requiredText,
  resourceList,
  struct,
  text,
  textMap,
  words,
} from '../codec.ts'
import { TemplateMeta } from '../meta/object-meta.ts'
import { Affinity, Toleration, TopologySpreadConstraint } from './affinity.ts'
import { Container, EphemeralContainer, ResourceRequirements } from './container.ts'
import { Volume } from './volume.ts'

export const RestartPolicy = words('Always', 'OnFailure', 'Never')
export type RestartPolicy = t.TypeOf<typeof RestartPolicy>

export const PreemptionPolicy = words('PreemptLowerPriority', 'Never')
export type PreemptionPolicy = t.TypeOf<typeof PreemptionPolicy>

const podSpec = struct(
  'PodSpec',
  {
    containers: fullList(Container),
    initContainers: optional(list(Container)),
    ephemeralContainers: optional(list(EphemeralContainer)),
    restartPolicy: defaultedZero(RestartPolicy, 'Always'),
    terminationGracePeriodSeconds: defaulted(integer, 30),
    activeDeadlineSeconds: optional(integer),
    nodeName: omitEmpty(text),
    nodeSelector: optional(textMap),
    affinity: optional(Affinity),
    tolerations: optional(list(Toleration)),
    topologySpreadConstraints: optional(list(TopologySpreadConstraint)),
    schedulerName: defaultedZero(text, 'default-scheduler'),
    schedulingGates: optional(list(struct('PodSchedulingGate', { name: requiredText }))),
    priorityClassName: omitEmpty(text),
    priority: optional(integer),
    preemptionPolicy: optional(PreemptionPolicy),
    overhead: optional(resourceList),
    resources: optional(ResourceRequirements),
    volumes: optional(list(Volume)),
    readinessGates: optional(list(struct('PodReadinessGate', { conditionType: requiredText }))),
    hostname: omitEmpty(text),
    subdomain: omitEmpty(text),
    hostNetwork: optional(flag),
    runtimeClassName: optional(text),
    serviceAccountName: omitEmpty(text),
    // The old name of serviceAccountName; both are written by the API server.
    serviceAccount: omitEmpty(text),
    dnsPolicy: defaultedZero(words('ClusterFirst', 'ClusterFirstWithHostNet', 'Default', 'None'), 'ClusterFirst'),
    enableServiceLinks: optional(flag),
    securityContext: defaulted(anything, {} as unknown),
    automountServiceAccountToken: optional(flag),
    dnsConfig: optional(anything),
    hostAliases: optional(anything),
    hostIPC: optional(flag),
    hostPID: optional(flag),
    hostUsers: optional(flag),
    hostnameOverride: optional(anything),
    imagePullSecrets: optional(anything),
    os: optional(anything),
    resourceClaims: optional(anything),
    setHostnameAsFQDN: optional(flag),
    shareProcessNamespace: optional(flag),
  },
  {
    complete: (spec) => {
      // Both names are stored (`pkg/apis/core/v1/conversion.go: Convert_core_PodSpec_To_v1_PodSpec`).
      const account = spec.serviceAccountName ?? spec.serviceAccount
      if (account === undefined) return
      spec.serviceAccountName = account
      spec.serviceAccount = account
    },
  },
)
export interface PodSpec extends t.TypeOf<typeof podSpec> {}
export const PodSpec: Codec<PodSpec> = podSpec

const podTemplateSpec = struct('PodTemplateSpec', { metadata: present(TemplateMeta), spec: PodSpec })
/** The pod that a workload makes; defaulted like a stored template, which is less than a pod (`defaultPodSpec`). */
export interface PodTemplateSpec extends t.TypeOf<typeof podTemplateSpec> {}
export const PodTemplateSpec: Codec<PodTemplateSpec> = podTemplateSpec
