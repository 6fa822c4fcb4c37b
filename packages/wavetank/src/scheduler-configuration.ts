import {
  DEFAULT_CONFIGURATION,
  decodeKubeSchedulerConfiguration,
  type SchedulerConfiguration,
} from '@wavetank/controllers'
import { invariant } from '@wavetank/kernel'
import type { CheckSchedulerConfiguration } from '@wavetank/scenario'
import { isLeft, isRight } from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'

/** What is wrong with a KubeSchedulerConfiguration; what a scenario is checked with. */
export const checkSchedulerConfiguration: CheckSchedulerConfiguration = (json) => {
  const decoded = decodeKubeSchedulerConfiguration(json)
  return isLeft(decoded) ? decoded.left : []
}

/** A KubeSchedulerConfiguration in the header of a log, as its file said it. */
export const SchedulerConfigurationJson = t.refinement(
  t.UnknownRecord,
  (json) => isRight(decodeKubeSchedulerConfiguration(json)),
  'KubeSchedulerConfiguration',
)

/** What the scheduler of a run goes by. */
export const schedulerConfigurationOf = (json: unknown): SchedulerConfiguration => {
  if (json === undefined) return DEFAULT_CONFIGURATION
  const decoded = decodeKubeSchedulerConfiguration(json)
  invariant(isRight(decoded), 'a KubeSchedulerConfiguration that was not checked when it was loaded')
  return decoded.right
}
