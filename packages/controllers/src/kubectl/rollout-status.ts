import type { ClusterView, KubectlCommand } from '@wavetank/cluster'
import { cancel, type Emission, type Entry, type EventOf, emit, QUIET, timer } from '@wavetank/kernel'
import { revisionOf } from '../deployment/annotations.ts'
import { KubectlCompleted, type KubectlIssued, RolloutStatusTimeoutDue } from './events.ts'
import { problemLines } from './outcome.ts'

/**
 * `kubectl rollout status`: prints what a rollout waits for, at once and whenever the Deployment changes, until it is
 * over, has failed or took too long.
 *
 * Source: staging/src/k8s.io/kubectl/pkg/cmd/rollout/rollout_status.go, polymorphichelpers/rollout_status.go.
 */

type StatusCommand = Extract<KubectlCommand, { readonly verb: 'rollout status' }>

interface Answer {
  readonly line: string
  /** What `kubectl` ends with; it goes on watching without. */
  readonly exitCode?: 0 | 1
}

const failed = (line: string): Answer => ({ line, exitCode: 1 })

/** Source: DeploymentStatusViewer.Status. */
const answerFor = (view: ClusterView, { target, revision }: StatusCommand): Answer => {
  const { kind, namespace, name } = target
  const deployment = kind === 'Deployment' ? view.deployments.get(`${namespace}/${name}`) : undefined
  if (deployment === undefined) {
    const [line = ''] = problemLines([{ reason: 'NotFound', message: `deployments.apps "${name}" not found` }])
    return failed(line)
  }
  if (revision > 0 && revisionOf(deployment) !== revision) {
    const running = revisionOf(deployment) ?? 0
    return failed(`error: desired revision (${revision}) is different from the running revision (${running})`)
  }
  const { status, replicas, generation } = deployment
  const { updatedReplicas, availableReplicas } = status
  if (generation > status.observedGeneration) return { line: 'Waiting for deployment spec update to be observed...' }
  const progress = status.conditions.find(({ type }) => type === 'Progressing')
  if (progress?.reason === 'ProgressDeadlineExceeded') {
    return failed(`error: deployment "${name}" exceeded its progress deadline`)
  }
  const waiting = (what: string): Answer => ({ line: `Waiting for deployment "${name}" rollout to finish: ${what}...` })
  if (updatedReplicas < replicas) {
    return waiting(`${updatedReplicas} out of ${replicas} new replicas have been updated`)
  }
  if (status.replicas > updatedReplicas) {
    return waiting(`${status.replicas - updatedReplicas} old replicas are pending termination`)
  }
  if (availableReplicas < updatedReplicas) {
    return waiting(`${availableReplicas} of ${updatedReplicas} updated replicas are available`)
  }
  return { line: `deployment "${name}" successfully rolled out`, exitCode: 0 }
}

export interface RunningWatch {
  readonly line: string
  readonly command: StatusCommand
  readonly object: string
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
  const { line, exitCode } = answerFor(view, watch.command)
  watch.output.push(line)
  if (exitCode !== undefined) end(watch, exitCode, seq)
  else if (!watch.command.watch) end(watch, 0, seq)
}

type ObjectEntry = Entry<{ readonly kind: string; readonly object: string }>

const lookAgain = ({ watches }: WatchOwn, { event, seq }: ObjectEntry, view: ClusterView): void => {
  for (const watch of watches.values()) {
    if (watch.object === event.object && watch.exitCode === undefined) look(watch, view, seq)
  }
}

const gone = ({ watches }: WatchOwn, { event, seq }: ObjectEntry): void => {
  for (const watch of watches.values()) {
    if (watch.object !== event.object || watch.exitCode !== undefined) continue
    watch.output.push('error: object has been deleted')
    end(watch, 1, seq)
  }
}

// ── folds ────────────────────────────────────────────────────────────────────────────────────────────────────────

/** What a watcher of a Deployment sees: every write to it. */
const CHANGES = [
  'DeploymentScaled',
  'DeploymentTemplateChanged',
  'DeploymentPaused',
  'DeploymentResumed',
  'DeploymentSpecChanged',
  'DeploymentLabelled',
  'DeploymentAnnotated',
  'DeploymentStatusReported',
] as const

export const applyRolloutStatus = {
  KubectlIssued: ({ watches }: WatchOwn, entry: Entry<EventOf<typeof KubectlIssued>>, view: ClusterView): void => {
    const command = entry.event.command as unknown as KubectlCommand
    if (command.verb !== 'rollout status') return
    const { namespace, name } = command.target
    const watch: RunningWatch = {
      line: entry.event.line,
      command,
      object: `${namespace}/${name}`,
      output: [],
      exitCode: undefined,
      overAt: undefined,
    }
    look(watch, view, entry.seq)
    watches.set(entry.seq, watch)
  },
  ...Object.fromEntries(CHANGES.map((kind) => [kind, lookAgain])),
  DeploymentDeleted: gone,
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
  ...Object.fromEntries([...CHANGES, 'DeploymentDeleted', 'RolloutStatusTimeoutDue'].map((kind) => [kind, tellOver])),
}
