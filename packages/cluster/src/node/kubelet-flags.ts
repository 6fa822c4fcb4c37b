import type { Flags, FlagValues } from '../define-controller.ts'

/** What can be reserved, but for pids, which nobody requests. Source: cmd/kubelet/app/server.go, parseResourceList. */
const RESERVABLE = ['cpu', 'memory', 'ephemeral-storage'] as const

/**
 * What pods are evicted for. Thresholds of `containerfs.*` are not among them: a kubelet ignores them and takes those of the
 * file system that it is on. Source: pkg/kubelet/eviction/helpers.go, UpdateContainerFsThresholds.
 */
export const EVICTION_SIGNALS = [
  'memory.available',
  'nodefs.available',
  'nodefs.inodesFree',
  'imagefs.available',
  'imagefs.inodesFree',
  'pid.available',
] as const
export type EvictionSignal = (typeof EVICTION_SIGNALS)[number]

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
    default: {
      'memory.available': '100Mi',
      'nodefs.available': '10%',
      'nodefs.inodesFree': '5%',
      'imagefs.available': '15%',
      'imagefs.inodesFree': '5%',
    },
    keys: EVICTION_SIGNALS,
    doc: 'What is kept free: pods are evicted at once while less is available; memory and nodefs that are kept free are not allocatable. A signal that is not named has no threshold.',
  },
  evictionSoft: {
    type: 'thresholds',
    default: {},
    keys: EVICTION_SIGNALS,
    doc: 'Pods are evicted when less than this has been available for `evictionSoftGracePeriod`.',
  },
  evictionSoftGracePeriod: {
    type: 'durations',
    default: {},
    keys: EVICTION_SIGNALS,
    doc: 'How long a soft threshold is put up with; each needs one.',
  },
  evictionMinimumReclaim: {
    type: 'thresholds',
    default: {},
    keys: EVICTION_SIGNALS,
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
  imageGCHighThresholdPercent: {
    type: 'integer',
    default: 85,
    min: 0,
    doc: 'Use of the file system of images, in percent, from which unused ones are removed; 100 is never.',
  },
  imageGCLowThresholdPercent: {
    type: 'integer',
    default: 80,
    min: 0,
    doc: 'Use down to which images are removed then, in percent.',
  },
  imageMinimumGCAge: {
    type: 'duration',
    default: 120_000,
    doc: 'How long an unused image has been known, at least, when it is removed to make room.',
  },
  imageMaximumGCAge: {
    type: 'duration',
    default: 0,
    doc: 'Images that have not been used for longer are removed in any case; 0 is never.',
  },
  containerLogMaxSize: {
    type: 'quantity',
    default: '10Mi',
    doc: 'Size of a container’s log at which it is rotated.',
  },
  containerLogMaxFiles: {
    type: 'integer',
    default: 5,
    min: 2,
    doc: 'How many files of a container’s log are kept: more than that many times `containerLogMaxSize` it never takes.',
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
