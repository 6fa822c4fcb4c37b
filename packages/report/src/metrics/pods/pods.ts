import { PodCreated, PodDeleted, PodFailed, type PodPhase, PodStatusReported } from '@wavetank/cluster'
import { defineMetric } from '../../metric.ts'

export interface PodCounts {
  readonly created: number
  readonly deleted: number
  /** Ended as Failed without anyone having asked for their deletion. */
  readonly failed: number
  readonly succeeded: number
  /** The pods that there are, by phase; phases of no pod are left out. */
  readonly byPhase: Readonly<Partial<Record<PodPhase, number>>>
  /** Of them, those that are being deleted. */
  readonly terminating: number
}

interface State {
  created: number
  deleted: number
  failed: number
  succeeded: number
  /** Pods that have ended, so that each is counted once. */
  readonly ended: Set<string>
}

const ended = (state: State, key: string, phase: PodPhase, deleted: boolean): void => {
  if ((phase !== 'Failed' && phase !== 'Succeeded') || deleted || state.ended.has(key)) return
  state.ended.add(key)
  if (phase === 'Failed') state.failed++
  else state.succeeded++
}

const PHASES = ['Pending', 'Running', 'Succeeded', 'Failed', 'Unknown'] as const

export const pods = defineMetric({
  name: 'pods',
  doc: 'How many pods were created and deleted, how they ended, and what is there at the end.',
  unit: 'pods',
  facts: { PodCreated, PodDeleted, PodFailed, PodStatusReported },
  initial: (): State => ({ created: 0, deleted: 0, failed: 0, succeeded: 0, ended: new Set() }),
  apply: {
    PodCreated: (state) => {
      state.created++
    },
    PodDeleted: (state, { event }) => {
      state.deleted++
      state.ended.delete(event.pod)
    },
    PodFailed: (state, { event }, view) =>
      ended(state, event.pod, 'Failed', view.pods.get(event.pod)?.deletion !== undefined),
    PodStatusReported: (state, { event }, view) =>
      ended(state, event.pod, event.phase, view.pods.get(event.pod)?.deletion !== undefined),
  },
  result: ({ created, deleted, failed, succeeded }, { view }): PodCounts => {
    const counts = new Map<PodPhase, number>()
    let terminating = 0
    for (const { phase, deletion } of view.pods.values()) {
      counts.set(phase, (counts.get(phase) ?? 0) + 1)
      if (deletion !== undefined) terminating++
    }
    const byPhase = Object.fromEntries(
      PHASES.flatMap((phase) => (counts.has(phase) ? [[phase, counts.get(phase)]] : [])),
    )
    return { created, deleted, failed, succeeded, byPhase, terminating }
  },
})
