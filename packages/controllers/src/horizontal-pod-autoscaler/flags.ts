import type { Flags, FlagValues } from '@wavetank/cluster'

/** Source: cmd/kube-controller-manager/app/options/hpacontroller.go. */
export const autoscalerFlags = {
  'horizontal-pod-autoscaler-sync-period': {
    type: 'duration',
    default: 15_000,
    min: 1,
    doc: 'How often each HorizontalPodAutoscaler is looked at.',
  },
  'horizontal-pod-autoscaler-downscale-stabilization': {
    type: 'duration',
    default: 300_000,
    doc: 'How long a higher recommendation keeps replicas from going down.',
  },
  'horizontal-pod-autoscaler-tolerance': {
    type: 'number',
    default: 0.1,
    min: 0,
    doc: 'How far from 1 the ratio of a metric to its target has to be before anything is scaled.',
  },
  'horizontal-pod-autoscaler-cpu-initialization-period': {
    type: 'duration',
    default: 300_000,
    doc: 'After the start of a pod, CPU samples of it count only while it is ready.',
  },
  'horizontal-pod-autoscaler-initial-readiness-delay': {
    type: 'duration',
    default: 30_000,
    doc: 'A pod whose readiness changed only in this time after its start has not been ready yet.',
  },
} as const satisfies Flags

export type AutoscalerConfig = FlagValues<typeof autoscalerFlags>
