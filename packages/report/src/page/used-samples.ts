import { type ClusterView, cpuAt, memoryAt } from '@wavetank/cluster'
import type { Entry } from '@wavetank/kernel'
import { newSeries, type Series, setTo } from './series.ts'

/** What the containers use whose behaviour says it, looked at now and then. */
export interface UsedSamples {
  /** To be called with every entry, after the view has it. */
  readonly apply: (entry: Entry, view: ClusterView) => void
  readonly finish: (view: ClusterView, at: number) => void
  readonly cpuMillis: Series
  readonly memoryBytes: Series
}

const SAMPLES = 240

/**
 * Use follows curves between entries, so no entry says when it changes: it is sampled at fixed instants. A process that
 * ends with the entry that passes such an instant still counts for it; one whose pod goes with it does not.
 */
export const createUsedSamples = (duration: number): UsedSamples => {
  const cpuMillis = newSeries()
  const memoryBytes = newSeries()
  const every = Math.max(1, Math.ceil(duration / SAMPLES))
  let due = 0
  let any = false

  const sample = (view: ClusterView, at: number): void => {
    let cpu = 0
    let memory = 0
    for (const processes of view.usage.values()) {
      for (const process of processes) {
        cpu += cpuAt(process, at)
        memory += memoryAt(process, at)
      }
    }
    setTo(cpuMillis, Math.round(cpu), at)
    setTo(memoryBytes, Math.round(memory), at)
  }

  const pass = (view: ClusterView, at: number): void => {
    if (!any && view.usage.size > 0) any = true
    while (due <= at) {
      if (any) sample(view, due)
      due += every
    }
  }
  return {
    apply: ({ at }, view) => {
      if (at >= due) pass(view, at - 1)
    },
    finish: (view, at) => {
      pass(view, at)
      if (any) sample(view, at)
    },
    cpuMillis,
    memoryBytes,
  }
}
