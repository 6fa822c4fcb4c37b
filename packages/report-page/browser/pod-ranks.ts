import { POD_STATES, type PodState } from '@wavetank/report/page'
import type { Model } from './data.ts'

export const RANKS: Readonly<Record<PodState, number>> = Object.fromEntries(
  POD_STATES.map((state, rank) => [state, rank]),
) as Record<PodState, number>

/** The rank of each status of a pod's lane. */
export const statusRanks = ({ pods }: Model): Uint8Array => Uint8Array.from(pods.stateOf, (state) => RANKS[state])
