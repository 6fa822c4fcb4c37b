import { type ClusterView, isApiServerUp, type KubectlCommand } from '@wavetank/cluster'
import { cancel, type Emission, type Entry, type EventOf, emit, QUIET, timer } from '@wavetank/kernel'
import { KubectlCompleted, type KubectlIssued, RolloutStatusTimeoutDue } from './events.ts'
import { rolloutAnswer } from './rollout-answer.ts'

/**
 * `kubectl rollout status`: prints what a rollout waits for, at once and whenever the object changes, until it is over,
 * has failed or took too long.
 *
 * Source: staging/src/k8s.io/kubectl/pkg/cmd/rollout/rollout_status.go.
 */

type StatusCommand = Extract<KubectlCommand, { readonly verb: 'rollout status' }>

export interface RunningWatch {
  readonly line: string
  readonly command: StatusCommand
  readonly output: string[]
  exitCode: 0 | 1 | undefined
  /** The entry with which it was over. */
  overAt: number | undefined
}

/** Watches that are under way, by the entry that issued them. */
export type Watches = Map<number, RunningWatch>
type WatchOwn = { readonly watches: Watches }

const end = (watch: RunningWatch, exitCode: 0 | 1, seq: number): void => {
  watch.exitCode = exitCode
  watch.overAt = seq
}

const look = (watch: RunningWatch, view: ClusterView, seq: number): void => {
  const { line, exitCode } = rolloutAnswer(view, watch.command)
  watch.output.push(line)
  if (exitCode !== undefined) end(watch, exitCode, seq)
  else if (!watch.command.watch) end(watch, 0, seq)
}

type ObjectEntry = Entry<{ readonly kind: string; readonly object: string }>

const isAbout = ({ command: { target }, exitCode }: RunningWatch, kind: string, object: string): boolean =>
  exitCode === undefined && target.kind === kind && `${target.namespace}/${target.name}` === object

const lookAgain =
  (kind: string) =>
  ({ watches }: WatchOwn, { event, seq }: ObjectEntry, view: ClusterView): void => {
    for (const watch of watches.values()) if (isAbout(watch, kind, event.object)) look(watch, view, seq)
  }

const gone =
  (kind: string) =>
  ({ watches }: WatchOwn, { event, seq }: ObjectEntry): void => {
    for (const watch of watches.values()) {
      if (!isAbout(watch, kind, event.object)) continue
      watch.output.push('error: object has been deleted')
      end(watch, 1, seq)
    }
  }

// ── folds ────────────────────────────────────────────────────────────────────────────────────────────────────────

/** What a watcher of an object sees: every write to it. */
const CHANGES: Readonly<Record<string, readonly string[]>> = {
  Deployment: [
    'Scaled',
    'TemplateChanged',
    'Paused',
    'Resumed',
    'SpecChanged',
    'Labelled',
    'Annotated',
    'StatusReported',
  ],
  DaemonSet: ['SpecChanged', 'Labelled', 'Annotated', 'StatusReported'],
  StatefulSet: ['Scaled', 'SpecChanged', 'Labelled', 'Annotated', 'StatusReported'],
}
const WATCHED: readonly string[] = Object.keys(CHANGES)
const changesOf = (kind: string): readonly string[] => CHANGES[kind]!.map((change) => `${kind}${change}`)

export const applyRolloutStatus = {
  KubectlIssued: ({ watches }: WatchOwn, entry: Entry<EventOf<typeof KubectlIssued>>, view: ClusterView): void => {
    const command = entry.event.command as unknown as KubectlCommand
    if (command.verb !== 'rollout status' || !isApiServerUp(view)) return
    const { line } = entry.event
    const watch: RunningWatch = { line, command, output: [], exitCode: undefined, overAt: undefined }
    look(watch, view, entry.seq)
    watches.set(entry.seq, watch)
  },
  ...Object.fromEntries(WATCHED.flatMap((kind) => changesOf(kind).map((change) => [change, lookAgain(kind)]))),
  ...Object.fromEntries(WATCHED.map((kind) => [`${kind}Deleted`, gone(kind)])),
  RolloutStatusTimeoutDue: (
    { watches }: WatchOwn,
    { event, seq }: Entry<EventOf<typeof RolloutStatusTimeoutDue>>,
  ): void => {
    const watch = watches.get(event.issued)
    if (watch === undefined || watch.exitCode !== undefined) return
    watch.output.push('error: timed out waiting for the condition')
    end(watch, 1, seq)
  },
  KubectlCompleted: ({ watches }: WatchOwn, { event }: Entry<EventOf<typeof KubectlCompleted>>): void => {
    for (const [issued, watch] of watches) {
      if (watch.exitCode !== undefined && watch.line === event.line) watches.delete(issued)
    }
  },
}

// ── reactions ────────────────────────────────────────────────────────────────────────────────────────────────────

const timeoutKey = (issued: number): string => `rollout status ${issued}`

const complete = (issued: number, { line, output, exitCode }: RunningWatch): readonly Emission[] => [
  cancel(timeoutKey(issued)),
  emit(KubectlCompleted({ line, exitCode: exitCode ?? 0, output: [...output] })),
]

export const startRolloutStatus = ({ own }: { readonly own: WatchOwn }, { seq }: Entry): readonly Emission[] => {
  const watch = own.watches.get(seq)
  if (watch === undefined) return QUIET
  if (watch.exitCode !== undefined) return complete(seq, watch)
  const { timeout } = watch.command
  return timeout === undefined ? QUIET : [timer(timeoutKey(seq), timeout, RolloutStatusTimeoutDue({ issued: seq }))]
}

/** Something was printed: the last word, maybe. */
const tellOver = ({ own }: { readonly own: WatchOwn }, { seq }: Entry): readonly Emission[] => {
  if (own.watches.size === 0) return QUIET
  return [...own.watches].flatMap(([issued, watch]) => (watch.overAt === seq ? complete(issued, watch) : []))
}

export const rolloutStatusReactions = {
  ...Object.fromEntries(
    [...WATCHED.flatMap((kind) => [...changesOf(kind), `${kind}Deleted`]), 'RolloutStatusTimeoutDue'].map((kind) => [
      kind,
      tellOver,
    ]),
  ),
}
