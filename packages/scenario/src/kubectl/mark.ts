import { labelKeyProblem, labelValueProblem } from '../cluster-objects.ts'
import { switchOf, toggles } from './arguments.ts'
import { defineVerb, type VerbDefinition } from './define-verb.ts'
import { isPair } from './pairs.ts'
import { readTargets, TARGET_FLAGS } from './targets.ts'

const markVerb = (name: 'label' | 'annotate', what: 'label' | 'annotation', doc: string): VerbDefinition =>
  defineVerb({
    name,
    usage: `${name} [--overwrite] (-f FILENAME | TYPE NAME) KEY_1=VAL_1 ... KEY_N=VAL_N KEY-`,
    doc,
    flags: [...TARGET_FLAGS, toggles('overwrite')],
    read: (args, scene, problems) => {
      const firstPair = args.positional.findIndex(isPair)
      const pairs = firstPair < 0 ? [] : args.positional.slice(firstPair)
      const targets = readTargets(
        args,
        scene,
        problems,
        firstPair < 0 ? args.positional : args.positional.slice(0, firstPair),
      )
      const set: Record<string, string> = {}
      const remove: string[] = []
      for (const pair of pairs) {
        const { text, start } = pair
        const equals = text.indexOf('=')
        if (!isPair(pair)) {
          problems.push({
            code: 'WT034',
            message: `unexpected args: ${text}`,
            hint: `names come before the first ${what}`,
            offset: start,
          })
          continue
        }
        const key = equals >= 0 ? text.slice(0, equals) : text.slice(0, -1)
        const value = equals >= 0 ? text.slice(equals + 1) : undefined
        const wrongKey = labelKeyProblem(key)
        if (wrongKey !== undefined)
          problems.push({ code: 'WT034', message: `invalid ${what} key "${key}": ${wrongKey}`, offset: start })
        const wrongValue = what === 'label' && value !== undefined ? labelValueProblem(value) : undefined
        if (wrongValue !== undefined)
          problems.push({
            code: 'WT034',
            message: `invalid label value: "${value}": ${wrongValue}`,
            offset: start + equals + 1,
          })
        if (Object.hasOwn(set, key) || remove.includes(key))
          problems.push({
            code: 'WT034',
            message: `"${key}" is there twice`,
            hint: `a ${what} is set or removed once`,
            offset: start,
          })
        if (value === undefined) remove.push(key)
        else set[key] = value
      }
      if (pairs.length === 0)
        problems.push({
          code: 'WT032',
          message: `at least one ${what} update is required`,
          hint: '`key=value` sets, `key-` removes',
          offset: args.end,
        })
      if (targets === undefined) return undefined
      return { verb: name, targets, set, remove, overwrite: switchOf(args, 'overwrite', problems) }
    },
  })

export const label = markVerb('label', 'label', 'Sets and removes labels.')
export const annotate = markVerb('annotate', 'annotation', 'Sets and removes annotations.')
