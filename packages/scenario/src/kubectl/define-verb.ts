import type { KubectlCommand } from '@wavetank/cluster'
import type { Either } from 'fp-ts/lib/Either.js'
import type { LoadedObject } from '../cluster-objects.ts'
import type { Problem } from '../codec.ts'
import type { Arguments, FlagSpec } from './arguments.ts'
import type { LineProblem } from './shell-words.ts'

/** What a command line is read with. */
export interface KubectlScene {
  /** The objects of a file that the command names. */
  readonly objectsOf: (path: string) => Either<Problem, readonly LoadedObject[]>
}

/** A kubectl verb of the timeline. */
export interface VerbDefinition {
  /** `scale`, or of more words: `rollout undo`, `create service clusterip`. */
  readonly name: string
  /** Other spellings: `create ns`. */
  readonly aliases?: readonly string[]
  /** As `kubectl <verb> --help` shows it. */
  readonly usage: string
  readonly doc: string
  readonly flags: readonly FlagSpec[]
  /** Flags that kubectl has and that cannot be simulated, with what to do instead. */
  readonly refused?: Readonly<Record<string, string>>
  /** The command, if it could be read; what is wrong is added to `problems`. */
  readonly read: (args: Arguments, scene: KubectlScene, problems: LineProblem[]) => KubectlCommand | undefined
}

export const defineVerb = (definition: VerbDefinition): VerbDefinition => definition
