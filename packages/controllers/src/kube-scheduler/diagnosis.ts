import type { Status } from './status.ts'

/** Why no node fits: what the message, the preemption and the queue need to know. */
export interface Diagnosis {
  /** How many nodes gave each reason. */
  readonly reasons: ReadonlyMap<string, number>
  /** Of PreFilter, if it refused the pod as a whole. */
  readonly preFilter: string
  /** Who refused: their queueing hints decide when the pod is tried again. */
  readonly plugins: readonly string[]
  readonly statusOf: (node: string) => Status['code']
  /** Nodes where removing pods may help, in the order of the node tree. */
  readonly helpable: () => readonly string[]
}

/** Where a pod goes, or why it goes nowhere. */
export type Placement =
  | {
      readonly node: string
      /** How many nodes were filtered. */
      readonly evaluated: number
    }
  | { readonly diagnosis: Diagnosis }
