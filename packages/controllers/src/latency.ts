import type { ClusterView } from '@wavetank/cluster'
import { type Distribution, type Draw, millis, samplerOf } from '@wavetank/kernel'

/** One span from the latency model, in whole milliseconds; the key makes it the same in every what-if. */
export const sample = (distribution: Distribution, draw: Draw, stream: string, key: string): number =>
  millis(samplerOf(distribution)(draw(stream, key)))

/**
 * From a change of an object to the moment when a controller’s writes about it are stored: watch, sync, API call. The
 * wait is taken before the sync, so that what it reads and what it writes belong to one instant.
 */
export const reactionTime = (view: ClusterView, draw: Draw, controller: string, key: string, at: number): number => {
  const { watch, controllerSync, apiWrite } = view.settings.latencies
  const id = `${controller} ${key} ${at}`
  return (
    sample(watch, draw, 'watch', id) +
    sample(controllerSync, draw, 'sync', id) +
    sample(apiWrite, draw, 'api-write', id)
  )
}
