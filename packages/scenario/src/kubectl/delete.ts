import type { Cascade } from '@wavetank/cluster'
import { suggestion } from '../suggestion.ts'
import { flagOf, integerOf, switchOf, takes, toggles } from './arguments.ts'
import { defineVerb } from './define-verb.ts'
import { readTargets, TARGET_FLAGS } from './targets.ts'

const CASCADES: readonly Cascade[] = ['background', 'orphan', 'foreground']
/** What kubectl took before it had words for it, and still takes (Go's strconv.ParseBool). */
const BOOLEAN_CASCADES: Readonly<Record<string, Cascade>> = Object.fromEntries([
  ...['1', 't', 'T', 'TRUE', 'true', 'True'].map((text) => [text, 'background']),
  ...['0', 'f', 'F', 'FALSE', 'false', 'False'].map((text) => [text, 'orphan']),
])
const isCascade = (text: string): text is Cascade => CASCADES.some((cascade) => cascade === text)

export const deleteVerb = defineVerb({
  name: 'delete',
  usage: 'delete ([-f FILENAME] | TYPE [(NAME | -l label | --all)])',
  doc: 'Deletes objects; what they own goes with them unless `--cascade=orphan`.',
  flags: [
    ...TARGET_FLAGS,
    { long: 'cascade', bare: 'background' },
    takes('grace-period'),
    toggles('force'),
    toggles('now'),
    toggles('ignore-not-found'),
    takes('timeout'),
  ],
  read: (args, scene, problems) => {
    const targets = readTargets(args, scene, problems)
    const written = flagOf(args, 'cascade')
    let cascade: Cascade = 'background'
    if (written !== undefined)
      if (isCascade(written.text)) cascade = written.text
      else if (Object.hasOwn(BOOLEAN_CASCADES, written.text)) cascade = BOOLEAN_CASCADES[written.text]!
      else
        problems.push({
          code: 'WT034',
          message: `invalid cascade value (${written.text}). Must be "background", "foreground", or "orphan"`,
          hint: suggestion(written.text, CASCADES),
          offset: written.start,
        })
    // -1 is kubectl's word for: not given.
    const gracePeriod = integerOf(args, 'grace-period', -1, problems)
    const now = switchOf(args, 'now', problems)
    const force = switchOf(args, 'force', problems)
    if (now && gracePeriod !== undefined && gracePeriod !== -1)
      problems.push({
        code: 'WT034',
        message: '--now and --grace-period cannot be specified together',
        offset: flagOf(args, 'now')!.start,
      })
    if (force && gracePeriod !== undefined && gracePeriod > 0)
      problems.push({
        code: 'WT034',
        message: '--force and --grace-period greater than 0 cannot be specified together',
        offset: flagOf(args, 'force')!.start,
      })
    if (targets === undefined) return undefined
    // kubectl: without --force, a grace period of 0 becomes 1, and the kubelet still confirms.
    const seconds = force ? 0 : now || gracePeriod === 0 ? 1 : gracePeriod
    return {
      verb: 'delete',
      targets,
      cascade,
      ...(seconds === undefined || seconds < 0 ? {} : { gracePeriodSeconds: seconds }),
      force,
      ignoreNotFound: switchOf(args, 'ignore-not-found', problems),
    }
  },
})
