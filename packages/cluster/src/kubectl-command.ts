import type { Millis } from '@wavetank/kernel'
import type { JsonObject } from './api/codec.ts'

/** `rc/hostname`, with the kind as the API spells it. */
export interface ObjectRef {
  readonly kind: string
  readonly namespace: string
  readonly name: string
}

/** What a command is about: named objects, or all of some kinds that a selector chooses. */
export type Targets =
  | { readonly by: 'name'; readonly refs: readonly ObjectRef[] }
  | {
      readonly by: 'selector'
      readonly kinds: readonly string[]
      /** `all` for every namespace. */
      readonly namespace: string | { readonly all: true }
      /** As `-l` takes it; empty: all of them. */
      readonly selector: string
    }

/** Which nodes: by name, or those that a selector chooses. */
export type NodeTargets = { readonly names: readonly string[] } | { readonly selector: string }

export type Cascade = 'background' | 'foreground' | 'orphan'
export type TaintEffect = 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute'

export interface Scale {
  readonly verb: 'scale'
  readonly targets: Targets
  readonly replicas: number
  /** Scales only what has this many now. */
  readonly currentReplicas?: number
  /** Scales only what has this `resourceVersion`. */
  readonly resourceVersion?: string
}
/** What `kubectl autoscale` wants of a resource: percent of the requests, or a quantity for each pod. */
export type AutoscaleTarget =
  | { readonly resource: 'cpu' | 'memory'; readonly utilization: number }
  | { readonly resource: 'cpu' | 'memory'; readonly average: string }
export interface Autoscale {
  readonly verb: 'autoscale'
  readonly targets: Targets
  readonly min?: number
  readonly max: number
  /** Of the autoscaler; without it, that of the target. */
  readonly name?: string
  /** Without any, the API server's default. */
  readonly metrics: readonly AutoscaleTarget[]
}
export interface Delete {
  readonly verb: 'delete'
  readonly targets: Targets
  readonly cascade: Cascade
  /** Without it, the object's own. */
  readonly gracePeriodSeconds?: number
  /** The object goes at once, without waiting for the kubelet. */
  readonly force: boolean
  readonly ignoreNotFound: boolean
}
/** `kubectl label` and `kubectl annotate`. */
export interface Mark {
  readonly verb: 'label' | 'annotate'
  readonly targets: Targets
  readonly set: Readonly<Record<string, string>>
  readonly remove: readonly string[]
  /** Without it, a key that has another value is an error. */
  readonly overwrite: boolean
}
export interface Cordon {
  readonly verb: 'cordon' | 'uncordon'
  readonly nodes: NodeTargets
}
export interface Drain {
  readonly verb: 'drain'
  readonly nodes: NodeTargets
  readonly ignoreDaemonSets: boolean
  readonly deleteEmptyDirData: boolean
  /** Also pods that no controller owns. */
  readonly force: boolean
  /** Deletes instead of evicting: disruption budgets do not count. */
  readonly disableEviction: boolean
  /** Without it, each pod's own. */
  readonly gracePeriodSeconds?: number
  /** Gives up after this long; without it, never. */
  readonly timeout?: Millis
  /** Only pods that it chooses; empty: all. */
  readonly podSelector: string
}
export interface Taint {
  readonly verb: 'taint'
  readonly nodes: NodeTargets
  readonly add: readonly { readonly key: string; readonly value: string; readonly effect: TaintEffect }[]
  /** Without an effect: every taint of the key. */
  readonly remove: readonly { readonly key: string; readonly effect?: TaintEffect }[]
  readonly overwrite: boolean
}
/** `kubectl apply -f`, `kubectl create -f`, and what comes to the latter: `create deployment`, `run`. */
export interface Apply {
  readonly verb: 'apply' | 'create'
  /** As they are written, with the namespace that they go to: what a manifest leaves out matters. */
  readonly manifests: readonly JsonObject[]
  /** What kubectl puts in front of the API server's words when it is refused. */
  readonly failure?: string
}
/** `kubectl replace -f`. */
export interface Replace {
  readonly verb: 'replace'
  readonly manifests: readonly JsonObject[]
  /** Writes the annotation of `apply`, also where the manifest has none. */
  readonly saves: boolean
}
/** `kubectl create job`. */
export interface CreateJob {
  readonly verb: 'create job'
  readonly namespace: string
  readonly name: string
  /** A CronJob whose template it takes, or an image and what to run in it. */
  readonly source: { readonly from: string } | { readonly image: string; readonly command: readonly string[] }
}
/** `kubectl expose`. What is absent is taken from the object. */
export interface Expose {
  readonly verb: 'expose'
  readonly targets: Targets
  /** Of the new Service. */
  readonly namespace: string
  readonly name?: string | undefined
  readonly ports?: readonly number[] | undefined
  readonly targetPort?: number | string | undefined
  readonly protocol?: string | undefined
  readonly type?: string | undefined
  readonly selector?: Readonly<Record<string, string>> | undefined
  readonly labels?: Readonly<Record<string, string>> | undefined
  readonly clusterIP?: string | undefined
  readonly externalIP?: string | undefined
  readonly loadBalancerIP?: string | undefined
  readonly sessionAffinity?: string | undefined
}
export interface Patch {
  readonly verb: 'patch'
  readonly targets: Targets
  readonly type: 'strategic' | 'merge' | 'json'
  /** An object for `strategic` and `merge`, a list of operations for `json`. */
  readonly patch: unknown
}

/** `kubectl rollout …` but `status`, `history` and `undo`. */
export interface Rollout {
  readonly verb: 'rollout restart' | 'rollout pause' | 'rollout resume'
  readonly targets: Targets
}
export interface RolloutUndo {
  readonly verb: 'rollout undo'
  readonly targets: Targets
  /** 0: the one before the current one. */
  readonly toRevision: number
}
export interface RolloutHistory {
  readonly verb: 'rollout history'
  readonly targets: Targets
}
export interface RolloutStatus {
  readonly verb: 'rollout status'
  readonly target: ObjectRef
  /** Prints every change until the rollout is over, instead of once. */
  readonly watch: boolean
  /** Gives up after this long; without it, never. */
  readonly timeout?: Millis
  /** An error if it is not the current one; 0: any. */
  readonly revision: number
}
export interface SetImage {
  readonly verb: 'set image'
  readonly targets: Targets
  /** By container; `*` for all. */
  readonly images: Readonly<Record<string, string>>
}
export interface SetResources {
  readonly verb: 'set resources'
  readonly targets: Targets
  /** Names of containers, with `*` for any letters. */
  readonly containers: string
  readonly limits: Readonly<Record<string, string>>
  readonly requests: Readonly<Record<string, string>>
}
export interface SetEnv {
  readonly verb: 'set env'
  readonly targets: Targets
  readonly containers: string
  readonly set: Readonly<Record<string, string>>
  readonly remove: readonly string[]
  readonly overwrite: boolean
}

export interface SetSelector {
  readonly verb: 'set selector'
  readonly targets: Targets
  readonly selector: Readonly<Record<string, string>>
}

/** A kubectl command line, read. */
export type KubectlCommand =
  | Scale
  | Autoscale
  | Delete
  | Mark
  | Cordon
  | Drain
  | Taint
  | Apply
  | Replace
  | CreateJob
  | Expose
  | Patch
  | Rollout
  | RolloutUndo
  | RolloutHistory
  | RolloutStatus
  | SetImage
  | SetResources
  | SetEnv
  | SetSelector
