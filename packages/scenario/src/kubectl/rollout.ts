import type { Targets } from '@wavetank/cluster'
import { type Arguments, integerOf, switchOf, takes } from './arguments.ts'
import { defineVerb, type KubectlScene, type VerbDefinition } from './define-verb.ts'
import type { LineProblem } from './shell-words.ts'
import { kindsOf, readTargets, TARGET_FLAGS } from './targets.ts'
import { timeoutOf } from './timeouts.ts'

/** Workloads that have revisions. */
const REVISED = ['Deployment', 'DaemonSet', 'StatefulSet']
const DEPLOYMENTS = ['Deployment']

const readRollout = (
  args: Arguments,
  scene: KubectlScene,
  problems: LineProblem[],
  { action, kinds }: { readonly action: string; readonly kinds: readonly string[] },
): Targets | undefined => {
  const targets = readTargets(args, scene, problems)
  if (targets === undefined) return undefined
  for (const kind of new Set(kindsOf(targets)))
    if (!kinds.includes(kind))
      problems.push({
        code: 'WT034',
        message: `rollout ${action} of a ${kind} cannot be simulated`,
        hint: `what it takes: ${kinds.join(', ')}`,
        offset: args.positional[0]?.start ?? args.end,
      })
  return targets
}

const simple = (action: 'restart' | 'pause' | 'resume', kinds: readonly string[], doc: string): VerbDefinition =>
  defineVerb({
    name: `rollout ${action}`,
    usage: `rollout ${action} RESOURCE`,
    doc,
    flags: TARGET_FLAGS,
    read: (args, scene, problems) => {
      const targets = readRollout(args, scene, problems, { action, kinds })
      return targets === undefined ? undefined : { verb: `rollout ${action}`, targets }
    },
  })

const undo = defineVerb({
  name: 'rollout undo',
  usage: 'rollout undo (TYPE NAME | TYPE/NAME) [--to-revision=N]',
  doc: 'Brings back the template of an earlier revision.',
  flags: [...TARGET_FLAGS, takes('to-revision')],
  read: (args, scene, problems) => {
    const targets = readRollout(args, scene, problems, { action: 'undo', kinds: REVISED })
    const toRevision = integerOf(args, 'to-revision', 0, problems) ?? 0
    return targets === undefined ? undefined : { verb: 'rollout undo', targets, toRevision }
  },
})

const history = defineVerb({
  name: 'rollout history',
  usage: 'rollout history (TYPE NAME | TYPE/NAME)',
  doc: 'Prints the revisions that there are, with the cause of each.',
  flags: TARGET_FLAGS,
  read: (args, scene, problems) => {
    const targets = readRollout(args, scene, problems, { action: 'history', kinds: REVISED })
    return targets === undefined ? undefined : { verb: 'rollout history', targets }
  },
})

const status = defineVerb({
  name: 'rollout status',
  usage: 'rollout status (TYPE NAME | TYPE/NAME) [--watch=false] [--timeout=DURATION]',
  doc: 'Prints how a rollout goes on, until it is over or fails.',
  flags: [...TARGET_FLAGS, { long: 'watch', short: 'w', bare: 'true' }, takes('timeout'), takes('revision')],
  read: (args, scene, problems) => {
    const targets = readRollout(args, scene, problems, { action: 'status', kinds: REVISED })
    const watch = args.flags.has('watch') ? switchOf(args, 'watch', problems) : true
    const timeout = timeoutOf(args, problems)
    const revision = integerOf(args, 'revision', 0, problems) ?? 0
    if (targets === undefined) return undefined
    const [target, ...more] = targets.by === 'name' ? targets.refs : []
    if (target === undefined || more.length > 0) {
      problems.push({
        code: 'WT034',
        message: 'rollout status is about one object here: name it',
        offset: args.positional[0]?.start ?? args.end,
      })
      return undefined
    }
    return { verb: 'rollout status', target, watch, revision, ...(timeout === undefined ? {} : { timeout }) }
  },
})

export const rolloutVerbs: readonly VerbDefinition[] = [
  history,
  simple('pause', DEPLOYMENTS, 'Stops a rollout where it is; later changes wait.'),
  simple('restart', REVISED, 'Replaces every pod, by an annotation of the template.'),
  simple('resume', DEPLOYMENTS, 'Lets a paused rollout go on, with all changes since.'),
  status,
  undo,
]
