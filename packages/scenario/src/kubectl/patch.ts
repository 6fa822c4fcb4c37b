import type { KubectlCommand } from '@wavetank/cluster'
import { isRecord } from '../codec.ts'
import { suggestion } from '../suggestion.ts'
import { readYaml } from '../yaml-source.ts'
import { flagOf, takes } from './arguments.ts'
import { defineVerb } from './define-verb.ts'
import type { LineProblem, Word } from './shell-words.ts'
import { readTargets, TARGET_FLAGS } from './targets.ts'

type PatchType = Extract<KubectlCommand, { verb: 'patch' }>['type']

const TYPES: readonly PatchType[] = ['strategic', 'merge', 'json']
const isType = (text: string): text is PatchType => TYPES.some((type) => type === text)

const readPatch = (word: Word, type: PatchType, problems: LineProblem[]): unknown => {
  const { documents, issues } = readYaml(word.text)
  const [issue] = issues
  const refuse = (message: string, hint?: string): undefined => {
    problems.push({ code: 'WT034', message, hint, offset: word.start })
    return undefined
  }
  if (issue !== undefined) return refuse(`unable to parse the patch: ${issue.message}`)
  const patch = documents[0]?.value
  if (documents.length !== 1) return refuse('the patch is not one document of JSON or YAML')
  if (type === 'json') {
    const operations = ['add', 'remove', 'replace', 'move', 'copy', 'test']
    if (!Array.isArray(patch))
      return refuse('a JSON patch is a list of operations', '[{"op": "replace", "path": "/spec/replicas", "value": 3}]')
    for (const operation of patch)
      if (!isRecord(operation) || !operations.includes(String(operation.op)) || !/^(\/|$)/.test(String(operation.path)))
        return refuse(
          `not an operation of a JSON patch: ${JSON.stringify(operation)}`,
          `it has an "op" (${operations.join(', ')}) and a "path" that starts with "/"`,
        )
  } else if (!isRecord(patch)) return refuse('the patch is not a mapping', '{"spec": {"replicas": 3}}')
  return patch
}

export const patch = defineVerb({
  name: 'patch',
  usage: 'patch (-f FILENAME | TYPE NAME) [-p PATCH]',
  doc: 'Changes fields of objects: strategic merge, JSON merge or JSON patch.',
  flags: [...TARGET_FLAGS, takes('type'), takes('patch', 'p')],
  read: (args, scene, problems) => {
    const targets = readTargets(args, scene, problems)
    const typeWord = flagOf(args, 'type')
    const type = typeWord?.text ?? 'strategic'
    if (!isType(type))
      problems.push({
        code: 'WT034',
        message: `--type must be one of [json merge strategic], not "${type}"`,
        hint: suggestion(type, TYPES),
        offset: typeWord!.start,
      })
    const word = flagOf(args, 'patch')
    if (word === undefined) problems.push({ code: 'WT032', message: 'must specify -p to patch', offset: args.end })
    if (word === undefined || !isType(type)) return undefined
    const value = readPatch(word, type, problems)
    return targets === undefined || value === undefined ? undefined : { verb: 'patch', targets, type, patch: value }
  },
})
