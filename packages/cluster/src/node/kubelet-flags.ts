import type { Flags, FlagValues } from '../define-controller.ts'

/** What can be reserved, but for pids, which nobody requests. Source: cmd/kubelet/app/server.go, parseResourceList. */
const RESERVABLE = ['cpu', 'memory', 'ephemeral-storage'] as const

/** Settings of a kubelet that may differ from node to node, by their names in the KubeletConfiguration. */
export const kubeletNodeFlags = {
  maxPods: {
    type: 'integer',
    default: 110,
    min: 0,
    doc: 'Pods that a node takes, where its capacity does not say.',
  },
  kubeReserved: {
    type: 'quantities',
    default: {},
    keys: RESERVABLE,
    doc: 'What is kept for Kubernetes’ own daemons; not allocatable.',
  },
  systemReserved: {
    type: 'quantities',
    default: {},
    keys: RESERVABLE,
    doc: 'What is kept for the operating system; not allocatable.',
  },
  evictionHard: {
    type: 'thresholds',
    // Source: pkg/kubelet/apis/config/v1beta1/defaults_linux.go, DefaultEvictionHard.
    default: { 'memory.available': '100Mi', 'nodefs.available': '10%' },
    keys: ['memory.available', 'nodefs.available'],
    doc: 'What is kept free: less of it is not allocatable, and pods are evicted at once while less memory is available. A signal that is not named has no threshold.',
  },
  evictionSoft: {
    type: 'thresholds',
    default: {},
    keys: ['memory.available'],
    doc: 'Pods are evicted when less than this has been available for `evictionSoftGracePeriod`.',
  },
  evictionSoftGracePeriod: {
    type: 'durations',
    default: {},
    keys: ['memory.available'],
    doc: 'How long a soft threshold is put up with; each needs one.',
  },
  evictionMinimumReclaim: {
    type: 'thresholds',
    default: {},
    keys: ['memory.available'],
    doc: 'How much more than the threshold must be available until evictions stop.',
  },
  evictionPressureTransitionPeriod: {
    type: 'duration',
    default: 300_000,
    doc: 'How long the node says that it is under pressure after it was last seen to be.',
  },
  evictionMaxPodGracePeriod: {
    type: 'integer',
    default: 0,
    min: 0,
    doc: 'Seconds that a pod evicted for a soft threshold has at most, to end.',
  },
  shutdownGracePeriod: {
    type: 'duration',
    default: 0,
    doc: 'How long a shutdown of the machine waits for its pods; 0 is not at all.',
  },
  shutdownGracePeriodCriticalPods: {
    type: 'duration',
    default: 0,
    doc: 'How much of it is kept for critical pods (priority 2000000000 and more), which end last.',
  },
  shutdownGracePeriodByPodPriority: {
    type: 'shutdownPeriods',
    default: [],
    doc: 'The same in bands of priority, lowest first; in place of the other two.',
  },
} as const satisfies Flags
export type KubeletNodeFlags = FlagValues<typeof kubeletNodeFlags>
