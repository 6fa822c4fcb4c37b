import {
  type ClusterView,
  createClusterStore,
  PodCreated,
  PodStatusReported,
  PodTemplateRecorded,
} from '@wavetank/cluster'
import type { Entry, SimEvent } from '@wavetank/kernel'

/** A cluster whose history a test writes, entry by entry; `t=0` is 2025-01-01T00:00:00Z. */
export interface Story {
  readonly view: ClusterView
  readonly entries: readonly Entry[]
  /** One more thing happens, `at` milliseconds after the start. */
  readonly add: (at: number, event: SimEvent, by?: string) => Entry
}

export const createStory = (watch: (entry: Entry, view: ClusterView) => void = () => {}): Story => {
  const store = createClusterStore()
  const entries: Entry[] = []
  return {
    view: store.view,
    entries,
    add: (at, event, by = 'test') => {
      const seq = entries.length
      const entry: Entry = { seq, at, cause: seq === 0 ? null : seq - 1, by, event }
      entries.push(entry)
      store.apply(entry)
      watch(entry, store.view)
      return entry
    },
  }
}

type Reported = Parameters<typeof PodStatusReported>[0]

export interface PodStory {
  readonly spec?: Record<string, unknown>
  readonly labels?: Record<string, string>
  readonly at?: number
  readonly status?: Partial<Omit<Reported, 'pod'>>
}

type Containers = readonly Readonly<Record<string, unknown>>[]

/** Fields that the API's defaults would have filled. */
const filled = (containers: unknown): Containers =>
  ((containers ?? []) as Containers).map((container) => ({ resources: {}, ...container }))

/** A pod with one container `app` (image `web:1.0`), unless its spec says otherwise. */
export const addPod = (story: Story, pod: string, { spec = {}, labels = {}, at = 0, status }: PodStory = {}): void => {
  const template = `template-of-${pod}`
  const wholeSpec = {
    ...spec,
    containers: filled(spec.containers ?? [{ name: 'app', image: 'web:1.0', imagePullPolicy: 'IfNotPresent' }]),
    initContainers: filled(spec.initContainers),
  }
  story.add(at, PodTemplateRecorded({ template, labels, spec: wholeSpec }))
  story.add(at, PodCreated({ pod, uid: `uid-${pod}`, template }))
  if (status !== undefined) {
    story.add(at, PodStatusReported({ pod, phase: 'Running', ready: false, containers: [], ...status }))
  }
}
