import type { JsonObject } from '../api/codec.ts'
import type { Container } from '../api/core/container.ts'
import { qosClass } from '../api/core/pod-resources.ts'
import type { PodSpec } from '../api/core/pod-spec.ts'
import type { ContainerStatus } from '../pod/events.ts'
import type { Pod, PodConditionType } from '../pod/pod.ts'
import { podSpecOf } from '../pod/spec.ts'
import type { ClusterView, DeepReadonly } from '../tables.ts'
import { renderContainerStatus } from './container-status.ts'
import { generateNameOf } from './generate-name.ts'
import { sorted, sortedOnce, unlessBlank, unlessEmpty } from './json.ts'
import { memoised } from './memo.ts'
import { renderMetadata, timestamp } from './metadata.ts'

type PodView = DeepReadonly<Pod>

/** Others' conditions stand before the kubelet's own. Source: pkg/kubelet/kubelet_pods.go, generateAPIPodStatus. */
const CONDITION_ORDER: readonly PodConditionType[] = [
  'DisruptionTarget',
  'PodReadyToStartContainers',
  'Initialized',
  'Ready',
  'ContainersReady',
  'PodScheduled',
]

const hostAddress = (view: ClusterView, pod: PodView): string | undefined =>
  view.nodes.get(pod.node)?.addresses.find(({ type }) => type === 'InternalIP')?.address

const renderConditions = (view: ClusterView, pod: PodView): readonly JsonObject[] =>
  CONDITION_ORDER.flatMap((wanted) =>
    pod.conditions
      .filter(({ type }) => type === wanted)
      .map(({ type, status, reason, message, lastTransitionAt }) => ({
        lastProbeTime: null,
        lastTransitionTime: timestamp(view, lastTransitionAt),
        message: unlessBlank(message),
        // Unlike the kubelet, which may be one write behind: whoever wrote the condition had seen the newest spec.
        observedGeneration: pod.generation,
        reason: unlessBlank(reason),
        status,
        type,
      })),
  )

const renderContainers = (
  view: ClusterView,
  pod: PodView,
  specs: DeepReadonly<readonly Container[]>,
  statuses: readonly DeepReadonly<ContainerStatus>[],
): readonly JsonObject[] =>
  statuses.map((status) =>
    renderContainerStatus(view, pod, specs.find(({ name }) => name === status.name)?.image ?? '', status),
  )

const renderStatus = (view: ClusterView, pod: PodView): JsonObject => {
  const { spec } = pod.template
  const { startedAt, ip } = pod
  const hostIP = startedAt === undefined ? undefined : hostAddress(view, pod)
  return {
    conditions: unlessEmpty(renderConditions(view, pod)),
    containerStatuses: unlessEmpty(renderContainers(view, pod, spec.containers, pod.containers)),
    hostIP,
    hostIPs: hostIP === undefined ? undefined : [{ ip: hostIP }],
    initContainerStatuses: unlessEmpty(renderContainers(view, pod, spec.initContainers ?? [], pod.initContainers)),
    message: unlessBlank(pod.message),
    observedGeneration: startedAt === undefined ? undefined : pod.generation,
    phase: pod.phase,
    podIP: ip,
    podIPs: ip === undefined ? undefined : [{ ip }],
    qosClass: qosClass(spec as PodSpec),
    reason: unlessBlank(pod.reason),
    startTime: startedAt === undefined ? undefined : timestamp(view, startedAt),
  }
}

const renderSpec = (pod: PodView): JsonObject => {
  const spec = sortedOnce(podSpecOf(pod))
  const hostname = unlessBlank(pod.hostname)
  const subdomain = unlessBlank(pod.subdomain)
  const nodeName = unlessBlank(pod.node)
  if (hostname === spec.hostname && subdomain === spec.subdomain && nodeName === spec.nodeName) return spec
  return sorted({ ...spec, hostname, nodeName, subdomain })
}

/** A pod as `kubectl get pod -o yaml` shows it. */
export const renderPod = memoised<PodView>(
  (view, pod) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: sorted({
      ...renderMetadata(view, pod, { generation: true, gracePeriod: true }),
      generateName: generateNameOf(pod),
    }),
    spec: renderSpec(pod),
    status: sorted(renderStatus(view, pod)),
  }),
  hostAddress,
)
