import type { KubectlCommand } from '@wavetank/cluster'
import { findResource, labelKeyProblem, labelValueProblem } from '../cluster-objects.ts'
import { suggestion } from '../suggestion.ts'
import { switchOf, toggles } from './arguments.ts'
import { defineVerb } from './define-verb.ts'
import type { LineProblem, Word } from './shell-words.ts'
import { readNodeTargets, SELECTOR } from './targets.ts'

type Taint = Extract<KubectlCommand, { verb: 'taint' }>
type TaintEffect = Taint['add'][number]['effect']

const EFFECTS: readonly TaintEffect[] = ['NoSchedule', 'PreferNoSchedule', 'NoExecute']
const isEffect = (text: string): text is TaintEffect => EFFECTS.some((effect) => effect === text)

/** `key=value:Effect`, `key:Effect`, `key:Effect-`, `key-`; names of nodes have neither a colon nor a trailing dash. */
const isTaint = ({ text }: Word): boolean => /[:=]/.test(text) || text.endsWith('-')

const readTaint = (
  { text, start }: Word,
  add: Taint['add'][number][],
  remove: Taint['remove'][number][],
  problems: LineProblem[],
): void => {
  const removes = text.endsWith('-')
  const body = removes ? text.slice(0, -1) : text
  const colon = body.indexOf(':')
  const pair = colon < 0 ? body : body.slice(0, colon)
  const equals = pair.indexOf('=')
  const key = equals < 0 ? pair : pair.slice(0, equals)
  const value = equals < 0 ? '' : pair.slice(equals + 1)
  const effect = colon < 0 ? undefined : body.slice(colon + 1)
  const before = problems.length
  const wrongKey = labelKeyProblem(key)
  if (wrongKey !== undefined)
    problems.push({ code: 'WT034', message: `invalid taint key "${key}": ${wrongKey}`, offset: start })
  const wrongValue = labelValueProblem(value)
  if (wrongValue !== undefined)
    problems.push({
      code: 'WT034',
      message: `invalid taint value "${value}": ${wrongValue}`,
      offset: start + equals + 1,
    })
  if (effect === undefined && !removes)
    problems.push({
      code: 'WT032',
      message: `invalid taint spec: ${text}`,
      hint: `a taint has an effect: \`${text}:NoSchedule\``,
      offset: start,
    })
  if (effect !== undefined && !isEffect(effect))
    problems.push({
      code: 'WT034',
      message: `invalid taint effect: ${effect}, unsupported taint effect`,
      hint: suggestion(effect, EFFECTS),
      offset: start + colon + 1,
    })
  if (problems.length > before) return
  if (removes) remove.push({ key, ...(effect !== undefined && isEffect(effect) ? { effect } : {}) })
  else if (effect !== undefined && isEffect(effect)) add.push({ key, value, effect })
}

export const taint = defineVerb({
  name: 'taint',
  usage: 'taint NODE NAME KEY_1=VAL_1:TAINT_EFFECT_1 ... KEY_N=VAL_N:TAINT_EFFECT_N',
  doc: 'Sets and removes taints of nodes.',
  flags: [SELECTOR, toggles('all'), toggles('overwrite')],
  read: (args, _scene, problems) => {
    const [type, ...rest] = args.positional
    if (type === undefined || (findResource(type.text)?.kind !== 'Node' && !type.text.includes('/')))
      problems.push({
        code: type === undefined ? 'WT032' : 'WT033',
        message:
          type === undefined
            ? 'one or more nodes must be specified'
            : `only nodes can be tainted, found "${type.text}"`,
        hint: 'for example `taint nodes n1 key=value:NoSchedule`',
        offset: type?.start ?? args.end,
      })
    const words = type?.text.includes('/') ? args.positional : rest
    const firstTaint = words.findIndex(isTaint)
    const taints = firstTaint < 0 ? [] : words.slice(firstTaint)
    const names = firstTaint < 0 ? words : words.slice(0, firstTaint)
    const everyNode = switchOf(args, 'all', problems)
    const nodes = everyNode && names.length === 0 ? { selector: '' } : readNodeTargets(args, problems, names)
    const add: Taint['add'][number][] = []
    const remove: Taint['remove'][number][] = []
    for (const word of taints) readTaint(word, add, remove, problems)
    if (taints.length === 0)
      problems.push({
        code: 'WT032',
        message: 'at least one taint update is required',
        hint: '`key=value:Effect` sets, `key:Effect-` or `key-` removes',
        offset: args.end,
      })
    if (nodes === undefined) return undefined
    return { verb: 'taint', nodes, add, remove, overwrite: switchOf(args, 'overwrite', problems) }
  },
})
