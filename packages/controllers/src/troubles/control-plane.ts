import { type ClusterView, idleSince } from '@wavetank/cluster'
import { formatMillis } from '@wavetank/kernel'
import { DEFAULT_SCHEDULER_NAME } from '../kube-scheduler/profile.ts'
import type { TroubleOf } from './trouble.ts'

/** That a controller is not at work, in a sentence for each reason of it. */
export const idleReasons = (view: ClusterView, controllers: readonly string[]): readonly string[] => {
  const reasons = new Set<string>()
  for (const controller of controllers) {
    const idle = idleSince(view, controller)
    if (idle !== undefined) reasons.add(`${idle.process} has not been at work since ${formatMillis(idle.since)}`)
  }
  return [...reasons]
}

/** The same trouble, and whether nobody is there who could do something about it. */
export const lookedAfterBy =
  (controller: string, troubleOf: TroubleOf): TroubleOf =>
  (cluster, key) => {
    const trouble = troubleOf(cluster, key)
    if (trouble === undefined) return undefined
    const waits = trouble.reasons.some((reason) => reason.includes('is not scheduled'))
    const idle = idleReasons(cluster.view, waits ? [controller, DEFAULT_SCHEDULER_NAME] : [controller])
    return idle.length === 0 ? trouble : { ...trouble, reasons: [...idle, ...trouble.reasons] }
  }
