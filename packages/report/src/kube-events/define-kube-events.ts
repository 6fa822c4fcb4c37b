import type { ClusterView, DeepReadonly, Pod } from '@wavetank/cluster'
import type { Entry, SimEvent } from '@wavetank/kernel'
import type { FactOf, Facts } from '../facts.ts'
import type { InvolvedObject, KubeEventDraft, KubeEventSource } from './kube-event.ts'

/** What a component says about one entry. It sees the cluster as it is after the entry. */
type Say<E extends SimEvent> = (entry: Entry<E>, view: ClusterView) => readonly KubeEventDraft[]

/** A function for each fact; a forgotten one does not compile. */
export type SayAll<F extends Facts> = { readonly [K in keyof F]: Say<FactOf<F[K]>> }

/** What a component has said by a time without another entry of the log: it repeats itself. */
export const LATER = Symbol('later')
interface Later {
  readonly [LATER]?: (view: ClusterView, at: number) => readonly KubeEventDraft[]
}

/** Which facts make a component record Events, and what it says. */
export interface KubeEventComponent {
  readonly component: string
  /** A new memory for each fold of a log. */
  readonly create: () => Readonly<Record<string, Say<SimEvent>>> & Later
  /** The recorder that loses its memory with this entry: its process has started anew. */
  readonly restarted?: ((entry: Entry) => KubeEventSource | undefined) | undefined
}

export const defineKubeEvents = <F extends Facts>(definition: {
  readonly component: string
  /** By the kind of the event. */
  readonly facts: F
  readonly create: () => SayAll<F> & Later
  readonly restarted?: KubeEventComponent['restarted']
}): KubeEventComponent => definition as unknown as KubeEventComponent

export const SILENT: readonly KubeEventDraft[] = []

type PodView = DeepReadonly<Pod>

export const podReference = ({ namespace, name, uid }: PodView, fieldPath?: string): InvolvedObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  namespace,
  name,
  uid,
  fieldPath,
})

/** Where a container stands in its pod. Source: pkg/kubelet/container/ref.go, fieldPath. */
export const containerReference = (pod: PodView, container: string): InvolvedObject => {
  const isInit = (pod.template.spec.initContainers ?? []).some(({ name }) => name === container)
  return podReference(pod, `spec.${isInit ? 'initContainers' : 'containers'}{${container}}`)
}

export const nodeReference = (name: string, uid: string): InvolvedObject => ({
  apiVersion: 'v1',
  kind: 'Node',
  namespace: '',
  name,
  uid,
})
