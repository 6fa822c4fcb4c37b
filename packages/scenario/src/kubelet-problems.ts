import { type KubeletNodeFlags, kubeletNodeFlags } from '@wavetank/cluster'
import type { ProblemAt } from './codec.ts'

/** Settings with which a kubelet would not start. Source: pkg/kubelet/apis/config/validation/validation.go. */
export const kubeletProblems = (flags: KubeletNodeFlags): readonly ProblemAt[] => {
  const { shutdownGracePeriod, shutdownGracePeriodCriticalPods, shutdownGracePeriodByPodPriority } = flags
  const problems: ProblemAt[] = []
  const contradict = (flag: keyof KubeletNodeFlags, message: string): void => {
    problems.push([[flag], { code: 'WT029', message }])
  }
  for (const signal of Object.keys(flags.evictionSoft)) {
    if (flags.evictionSoftGracePeriod[signal] === undefined)
      contradict('evictionSoft', `grace period must be specified for the soft eviction threshold ${signal}`)
  }
  const {
    imageGCHighThresholdPercent: high,
    imageGCLowThresholdPercent: low,
    imageMinimumGCAge,
    imageMaximumGCAge,
  } = flags
  if (high > 100) contradict('imageGCHighThresholdPercent', 'must be between 0 and 100, inclusive')
  if (low > 100) contradict('imageGCLowThresholdPercent', 'must be between 0 and 100, inclusive')
  // At the one that somebody has set.
  const set = low === kubeletNodeFlags.imageGCLowThresholdPercent.default ? 'High' : 'Low'
  if (low >= high && high <= 100)
    contradict(
      `imageGC${set}ThresholdPercent`,
      `images are removed from ${high} % in use down to ${low} %, which is no less`,
    )
  if (imageMaximumGCAge !== 0 && imageMaximumGCAge <= imageMinimumGCAge)
    contradict('imageMaximumGCAge', 'must be greater than `imageMinimumGCAge`')
  if (shutdownGracePeriodCriticalPods > shutdownGracePeriod)
    contradict('shutdownGracePeriodCriticalPods', 'critical pods cannot have more than the whole `shutdownGracePeriod`')
  if (shutdownGracePeriodByPodPriority.length > 0 && shutdownGracePeriod > 0)
    contradict('shutdownGracePeriodByPodPriority', 'this and `shutdownGracePeriod` exclude each other')
  return problems
}
