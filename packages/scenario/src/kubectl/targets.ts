import type { NodeTargets, ObjectRef, Targets } from '@wavetank/cluster'
import { type KindInfo, type Labels, parseSelector, selects } from '@wavetank/cluster/api'
import { isLeft } from 'fp-ts/lib/Either.js'
import { findResource, isNamespaced, type LoadedObject, resourceWords, selectorProblem } from '../cluster-objects.ts'
import { suggestion } from '../suggestion.ts'
import { type Arguments, type FlagSpec, flagOf, NAMESPACE, switchOf, takes, toggles } from './arguments.ts'
import type { KubectlScene } from './define-verb.ts'
import type { LineProblem, Word } from './shell-words.ts'

export const FILENAME = takes('filename', 'f')
export const SELECTOR = takes('selector', 'l')

/** The flags that choose objects. */
export const TARGET_FLAGS: readonly FlagSpec[] = [
  NAMESPACE,
  SELECTOR,
  FILENAME,
  toggles('all'),
  toggles('all-namespaces', 'A'),
]

export const namespaceOf = (args: Arguments): string => flagOf(args, 'namespace')?.text ?? 'default'

const resourceAt = (text: string, offset: number, problems: LineProblem[]): KindInfo | undefined => {
  const resource = findResource(text)
  if (resource === undefined)
    problems.push({
      code: 'WT033',
      message: `the server doesn't have a resource type "${text}"`,
      hint: suggestion(text, resourceWords),
      offset,
    })
  return resource
}

const refTo = (resource: KindInfo, name: string, namespace: string): ObjectRef => ({
  kind: resource.kind,
  namespace: resource.namespaced ? namespace : '',
  name,
})

/** The objects of every `-f`, in order. */
export const objectsOfFiles = (
  args: Arguments,
  scene: KubectlScene,
  problems: LineProblem[],
): readonly LoadedObject[] =>
  (args.flags.get('filename') ?? []).flatMap((word) => {
    const objects = scene.objectsOf(word.text)
    if (!isLeft(objects)) return [...objects.right]
    problems.push({ ...objects.left, offset: word.start })
    return []
  })

/** An object as kubectl files it: its own namespace before the one of `-n`. */
export const refOfObject = ({ object, ownNamespace }: LoadedObject, namespace: string): ObjectRef => ({
  kind: object.kind,
  namespace: isNamespaced(object) ? (ownNamespace ?? namespace) : '',
  name: object.metadata.name,
})

const selectorOf = (args: Arguments, problems: LineProblem[]): string | undefined => {
  const word = flagOf(args, 'selector')
  if (word === undefined) return undefined
  const problem = selectorProblem(word.text)
  if (problem !== undefined) problems.push({ code: 'WT034', message: problem, offset: word.start })
  return word.text
}

/** The kinds that a command is about. */
export const kindsOf = (targets: Targets): readonly string[] =>
  targets.by === 'name' ? targets.refs.map(({ kind }) => kind) : targets.kinds

/** Whether `-l` chooses something with these labels. */
export const matcherOf = (args: Arguments, problems: LineProblem[]): ((labels: Labels) => boolean) => {
  const text = selectorOf(args, problems)
  const parsed = text === undefined ? undefined : parseSelector(text)
  if (parsed === undefined || isLeft(parsed)) return () => true
  return (labels) => selects(parsed.right, labels)
}

/**
 * `TYPE NAME…`, `TYPE/NAME…`, `TYPE -l SELECTOR`, `TYPE --all` or `-f FILE`; the words after the names are left to the
 * caller, who says where the names end.
 */
export const readTargets = (
  args: Arguments,
  scene: KubectlScene,
  problems: LineProblem[],
  words: readonly Word[] = args.positional,
): Targets | undefined => {
  const before = problems.length
  const namespace = namespaceOf(args)
  if (args.flags.has('filename')) {
    const refs = objectsOfFiles(args, scene, problems).map((object) => refOfObject(object, namespace))
    if (words.length > 0)
      problems.push({ code: 'WT034', message: 'arguments and -f exclude each other', offset: words[0]!.start })
    return problems.length > before ? undefined : { by: 'name', refs }
  }
  const [first, ...rest] = words
  if (first === undefined) {
    problems.push({
      code: 'WT032',
      message: 'you must specify the type of resource',
      hint: 'for example `rc web` or `rc/web`',
      offset: args.end,
    })
    return undefined
  }
  const refs: ObjectRef[] = []
  if (words.some(({ text }) => text.includes('/'))) {
    for (const { text, start } of words) {
      const slash = text.indexOf('/')
      if (slash < 0) {
        problems.push({
          code: 'WT034',
          message:
            'there is no need to specify a resource type as a separate argument when passing arguments in resource/name form',
          hint: `write \`${text}\` as TYPE/NAME as well, or all of them without a slash`,
          offset: start,
        })
        continue
      }
      const resource = resourceAt(text.slice(0, slash), start, problems)
      const name = text.slice(slash + 1)
      if (name === '' || name.includes('/'))
        problems.push({
          code: 'WT034',
          message: 'arguments in resource/name form must have a single resource and name',
          offset: start + slash + 1,
        })
      else if (resource !== undefined) refs.push(refTo(resource, name, namespace))
    }
    return problems.length > before ? undefined : { by: 'name', refs }
  }
  const resources: KindInfo[] = []
  let offset = first.start
  for (const word of first.text.split(',')) {
    const resource = resourceAt(word, offset, problems)
    if (resource !== undefined) resources.push(resource)
    offset += word.length + 1
  }
  const selector = selectorOf(args, problems)
  const all = switchOf(args, 'all', problems)
  if (rest.length > 0) {
    if (selector !== undefined)
      problems.push({
        code: 'WT034',
        message: 'name cannot be provided when a selector is specified',
        offset: rest[0]!.start,
      })
    for (const { text } of rest) for (const resource of resources) refs.push(refTo(resource, text, namespace))
    return problems.length > before ? undefined : { by: 'name', refs }
  }
  if (selector === undefined && !all) {
    problems.push({
      code: 'WT032',
      message: 'resource(s) were provided, but no name was specified',
      hint: 'add a name, `-l SELECTOR` or `--all`',
      offset: args.end,
    })
    return undefined
  }
  if (problems.length > before) return undefined
  return {
    by: 'selector',
    kinds: resources.map(({ kind }) => kind),
    namespace: switchOf(args, 'all-namespaces', problems) ? { all: true } : namespace,
    selector: selector ?? '',
  }
}

/** `NODE…`, `node/NODE…` or `-l SELECTOR`. */
export const readNodeTargets = (
  args: Arguments,
  problems: LineProblem[],
  words: readonly Word[] = args.positional,
): NodeTargets | undefined => {
  const before = problems.length
  const selector = selectorOf(args, problems)
  const names = words.map(({ text, start }) => {
    const slash = text.indexOf('/')
    if (slash < 0) return text
    if (findResource(text.slice(0, slash))?.kind !== 'Node')
      problems.push({ code: 'WT033', message: `"${text}" is not a node`, offset: start })
    return text.slice(slash + 1)
  })
  if (names.length > 0 && selector !== undefined)
    problems.push({
      code: 'WT034',
      message: 'cannot specify both a node name and a --selector option',
      offset: words[0]!.start,
    })
  if (names.length === 0 && selector === undefined)
    problems.push({
      code: 'WT032',
      message: 'the name of a node is missing',
      hint: 'add it, or `-l SELECTOR`',
      offset: args.end,
    })
  if (problems.length > before) return undefined
  return selector === undefined ? { names } : { selector }
}
