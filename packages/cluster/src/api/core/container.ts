import type * as t from 'io-ts'
import type { Codec, Filled, Mutable } from '../codec.ts'
import {
  anything,
  defaultedZero,
  filled,
  flag,
  integer,
  list,
  omitEmpty,
  optional,
  present,
  requiredText,
  resourceList,
  struct,
  text,
  words,
} from '../codec.ts'
import { Lifecycle, Probe } from './probe.ts'

const resourceRequirements = struct('ResourceRequirements', {
  limits: optional(resourceList),
  requests: optional(resourceList),
  claims: optional(anything),
})
export interface ResourceRequirements extends t.TypeOf<typeof resourceRequirements> {}
export const ResourceRequirements: Codec<ResourceRequirements> = resourceRequirements

const containerPort = struct('ContainerPort', {
  name: omitEmpty(text),
  containerPort: integer,
  protocol: defaultedZero(words('TCP', 'UDP', 'SCTP'), 'TCP'),
  hostPort: omitEmpty(integer),
  hostIP: omitEmpty(text),
})
export interface ContainerPort extends t.TypeOf<typeof containerPort> {}
export const ContainerPort: Codec<ContainerPort> = containerPort

const objectFieldSelector = struct('ObjectFieldSelector', {
  apiVersion: defaultedZero(text, 'v1'),
  fieldPath: requiredText,
})

const envVarSource = struct('EnvVarSource', {
  fieldRef: optional(objectFieldSelector),
  resourceFieldRef: optional(anything),
  configMapKeyRef: optional(anything),
  secretKeyRef: optional(anything),
  fileKeyRef: optional(anything),
})

const envVar = struct('EnvVar', {
  name: requiredText,
  value: omitEmpty(text),
  valueFrom: optional(envVarSource),
})
export interface EnvVar extends t.TypeOf<typeof envVar> {}
export const EnvVar: Codec<EnvVar> = envVar

const volumeMount = struct('VolumeMount', {
  name: requiredText,
  mountPath: requiredText,
  readOnly: optional(flag),
  recursiveReadOnly: optional(text),
  subPath: omitEmpty(text),
  subPathExpr: omitEmpty(text),
  mountPropagation: optional(words('None', 'HostToContainer', 'Bidirectional')),
})
export interface VolumeMount extends t.TypeOf<typeof volumeMount> {}
export const VolumeMount: Codec<VolumeMount> = volumeMount

const containerRestartRule = struct('ContainerRestartRule', {
  action: words('Restart'),
  exitCodes: optional(
    struct('ContainerRestartRuleOnExitCodes', { operator: words('In', 'NotIn'), values: list(integer) }),
  ),
})

/** The tag of an image: `latest` when there is neither tag nor digest, empty when there is only a digest. */
export const imageTag = (image: string): string => {
  const digest = image.indexOf('@')
  const name = digest === -1 ? image : image.slice(0, digest)
  // A colon before the last slash belongs to the port of the registry.
  const colon = name.indexOf(':', name.lastIndexOf('/') + 1)
  if (colon !== -1) return name.slice(colon + 1)
  return digest === -1 ? 'latest' : ''
}

const containerFields = {
  name: requiredText,
  image: defaultedZero(text, ''),
  command: optional(list(text)),
  args: optional(list(text)),
  workingDir: omitEmpty(text),
  ports: optional(list(ContainerPort)),
  envFrom: optional(anything),
  env: optional(list(EnvVar)),
  resources: present(ResourceRequirements),
  resizePolicy: optional(anything),
  restartPolicy: omitEmpty(words('Always', 'Never', 'OnFailure')),
  restartPolicyRules: optional(list(containerRestartRule)),
  volumeMounts: optional(list(VolumeMount)),
  volumeDevices: optional(anything),
  livenessProbe: optional(Probe),
  readinessProbe: optional(Probe),
  startupProbe: optional(Probe),
  lifecycle: optional(Lifecycle),
  terminationMessagePath: defaultedZero(text, '/dev/termination-log'),
  terminationMessagePolicy: defaultedZero(words('File', 'FallbackToLogsOnError'), 'File'),
  imagePullPolicy: omitEmpty(words('Always', 'Never', 'IfNotPresent')),
  securityContext: optional(anything),
  stdin: optional(flag),
  stdinOnce: optional(flag),
  tty: optional(flag),
} as const

type Pullable = Mutable<{ readonly image: string; readonly imagePullPolicy?: 'Always' | 'Never' | 'IfNotPresent' }>

/** `SetDefaults_Container`: an image that may move under its tag is always asked for. */
const completePullPolicy = (container: Pullable): void => {
  container.imagePullPolicy ??= imageTag(container.image) === 'latest' ? 'Always' : 'IfNotPresent'
}

const container = struct('Container', containerFields, { complete: completePullPolicy })
export interface Container extends Filled<t.TypeOf<typeof container>, 'imagePullPolicy'> {}
export const Container: Codec<Container> = filled(container)

const ephemeralContainer = struct(
  'EphemeralContainer',
  { ...containerFields, targetContainerName: omitEmpty(text) },
  { complete: completePullPolicy },
)
export interface EphemeralContainer extends Filled<t.TypeOf<typeof ephemeralContainer>, 'imagePullPolicy'> {}
export const EphemeralContainer: Codec<EphemeralContainer> = filled(ephemeralContainer)

/** True for an init container that keeps running beside the regular ones. */
export const isSidecar = (container: Container): boolean => container.restartPolicy === 'Always'
