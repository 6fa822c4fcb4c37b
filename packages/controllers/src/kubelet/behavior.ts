import type { UsageCurve } from '@wavetank/cluster'
import type { Distribution } from '@wavetank/kernel'
import type { Answer } from './probe-answers.ts'

/** What a probe is answered: each step until the next one starts, unless what it needs is down, or by bad luck. */
export interface ProbeAnswers {
  /** `from` counts milliseconds since the container started, or requests from 1. */
  readonly by: 'time' | 'requests'
  /** Without any: `refused` until the process has started up, then 200. */
  readonly steps: readonly { readonly from: number; readonly status: Answer; readonly output?: string | undefined }[]
  /** What is answered while something that the process depends on is down. */
  readonly needs?:
    | readonly { readonly dependency: string; readonly status: Answer; readonly output?: string | undefined }[]
    | undefined
  /** Any request may fail, each with the same probability. */
  readonly chance?:
    | { readonly probability: number; readonly status: Answer; readonly output?: string | undefined }
    | undefined
}

export type ProbeKind = 'liveness' | 'readiness' | 'startup'

/** How a container acts: what no manifest says. */
export interface ContainerBehavior {
  /** Until it serves; milliseconds. */
  readonly startup: Distribution
  /** Why no process ever starts; absent for one that does. */
  readonly startError?:
    | { readonly reason: 'RunContainerError' | 'CreateContainerError'; readonly message: string }
    | undefined
  /** When the process ends by itself; never, if absent. */
  readonly run?:
    | {
        readonly for: Distribution
        /** Annotation of the pod that says how long, in place of `for`. */
        readonly forAnnotation?: string | undefined
        readonly exitCode: number
        /** Of the first run, the second, …, the last one for all after it; in place of `exitCode`. */
        readonly exitCodes?: readonly number[] | undefined
        /** How often the work is saved, in milliseconds: a restart goes on from there. */
        readonly checkpoint?: number | undefined
        /** The volume that keeps it for other pods, if a claim is behind it. */
        readonly checkpointVolume?: string | undefined
      }
    | undefined
  /** When it ends by itself if nothing else ends it before. */
  readonly crash?: { readonly after: Distribution; readonly exitCode: number } | undefined
  readonly probes: { readonly [K in ProbeKind]?: ProbeAnswers | undefined }
  /** Bytes in use over time. */
  readonly memory?: UsageCurve | undefined
  /** Which of the settings' usages it has; nothing is in use without one. */
  readonly usage?: number | undefined
  /** Lifecycle hooks that are no `sleep`. */
  readonly hooks?:
    | {
        readonly [K in 'postStart' | 'preStop']?:
          | { readonly takes: Distribution /** Probability. */; readonly fails: number }
          | undefined
      }
    | undefined
  /** What the process does when a write to a full disk fails: nothing, if absent. */
  readonly onFullDisk?: 'ignore' | { readonly exitCode: number } | undefined
  readonly onSigterm?: 'ignore' | { readonly exitCode: number; readonly after: number } | undefined
}

/** Serves at once, runs until it is stopped, and ends on SIGTERM. */
export const DEFAULT_BEHAVIOR: ContainerBehavior = { startup: { constant: 0 }, probes: {} }

/** A container, with all that a behaviour can choose it by. */
export interface BehaviorSubject {
  readonly namespace: string
  readonly labels: Readonly<Record<string, string>>
  /** Its owners, direct and further up; looked up only where a behaviour goes by them. */
  readonly owners: () => readonly { readonly kind: string; readonly name: string }[]
  readonly image: string
  readonly container: string
}

/** The behaviour of a container; it must be a function of the subject alone. */
export type BehaviorOf = (subject: BehaviorSubject) => ContainerBehavior
