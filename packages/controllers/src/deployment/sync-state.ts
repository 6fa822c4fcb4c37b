import type {
  ClusterView,
  DeepReadonly,
  Deployment,
  DeploymentStatus,
  PodTemplate,
  ReplicaSet,
  TemplateContent,
} from '@wavetank/cluster'
import type { SimEvent } from '@wavetank/kernel'

export type DeploymentView = DeepReadonly<Deployment>
export type SetView = DeepReadonly<ReplicaSet>
export type StatusView = DeepReadonly<DeploymentStatus>

/** A ReplicaSet as a sync knows it: as it was read, or as the API server answered when the sync wrote it. */
export interface SetCopy
  extends Pick<
    SetView,
    'key' | 'name' | 'uid' | 'createdAt' | 'replicas' | 'minReadySeconds' | 'annotations' | 'generation' | 'deletion'
  > {
  readonly template: DeepReadonly<PodTemplate> | TemplateContent
  readonly status: SetView['status']
}

/** The ReplicaSets of a Deployment: the one with its template, and all others. */
export interface Family {
  readonly newSet: SetCopy | undefined
  readonly oldSets: readonly SetCopy[]
}

export const allOf = ({ newSet, oldSets }: Family): readonly SetCopy[] =>
  newSet === undefined ? oldSets : [...oldSets, newSet]

/** Those that should have pods. Source: FilterActiveReplicaSets. */
export const activeOf = (sets: readonly SetCopy[]): readonly SetCopy[] => sets.filter(({ replicas }) => replicas > 0)

export const sumOf = (sets: readonly SetCopy[], count: (set: SetCopy) => number): number => {
  let sum = 0
  for (const set of sets) sum += count(set)
  return sum
}
export const specReplicas = ({ replicas }: SetCopy): number => replicas
export const availableReplicas = ({ status }: SetCopy): number => status.availableReplicas
export const actualReplicas = ({ status }: SetCopy): number => status.replicas

/** A sync under way: what it reads stays as it was when it began, what it writes is gathered here. */
export interface Sync {
  readonly view: ClusterView
  readonly at: number
  readonly deployment: DeploymentView
  /** Requests and facts, in order. */
  readonly events: SimEvent[]
  /** The status with the conditions that the sync itself has written so far. */
  status: StatusView
  /** The annotation `deployment.kubernetes.io/revision`, where the sync writes it. */
  revision: string | undefined
}

/** Why a sync has to be tried again. `quiet`: it need not be, the namespace is going. */
export interface SyncFailure {
  readonly message: string
  readonly quiet?: true
}

/** A time as the API stores it: whole seconds of the wall clock. */
export const storedTime = (view: ClusterView, at: number): number =>
  Math.floor((view.settings.start + at) / 1_000) * 1_000 - view.settings.start

/** Older first, then by name. Source: ReplicaSetsByCreationTimestamp. */
export const byCreation =
  (view: ClusterView) =>
  (a: SetCopy, b: SetCopy): number =>
    storedTime(view, a.createdAt) - storedTime(view, b.createdAt) || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)
