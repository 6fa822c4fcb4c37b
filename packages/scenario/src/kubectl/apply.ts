import { withLastApplied } from '@wavetank/cluster'
import type { JsonObject } from '@wavetank/cluster/api'
import { isNamespaced, type LoadedObject, sentManifest, textMap } from '../cluster-objects.ts'
import { type Arguments, flagOf, NAMESPACE, switchOf, toggles } from './arguments.ts'
import { defineVerb, type KubectlScene, type VerbDefinition } from './define-verb.ts'
import type { LineProblem } from './shell-words.ts'
import { FILENAME, matcherOf, namespaceOf, objectsOfFiles, SELECTOR } from './targets.ts'

export const SAVE_CONFIG = toggles('save-config')

/** The manifest as it is sent, with the annotation of `apply` if `--save-config` says so. */
export const saved = (args: Arguments, manifest: JsonObject, problems: LineProblem[]): JsonObject =>
  switchOf(args, 'save-config', problems) ? withLastApplied(manifest) : manifest

const wrongNamespace = (args: Arguments, { object, ownNamespace }: LoadedObject): LineProblem | undefined => {
  const word = flagOf(args, 'namespace')
  if (word === undefined || ownNamespace === undefined || ownNamespace === word.text || !isNamespaced(object)) {
    return undefined
  }
  return {
    code: 'WT034',
    message: `the namespace from the provided object "${ownNamespace}" does not match the namespace "${word.text}". You must pass '--namespace=${ownNamespace}' to perform this operation.`,
    offset: word.start,
  }
}

/** The manifests of `-f`, those that `-l` chooses; nothing, if they cannot be read. */
const manifestsOf = (
  name: string,
  args: Arguments,
  scene: KubectlScene,
  problems: LineProblem[],
): readonly JsonObject[] => {
  const [stray] = args.positional
  if (stray !== undefined)
    problems.push({
      code: 'WT034',
      message: `unexpected argument "${stray.text}"`,
      hint: `\`kubectl ${name}\` takes files: \`${name} -f FILE\``,
      offset: stray.start,
    })
  else if (!args.flags.has('filename'))
    problems.push({ code: 'WT032', message: 'must specify -f', hint: `\`${name} -f FILE\``, offset: args.end })
  const chooses = matcherOf(args, problems)
  return objectsOfFiles(args, scene, problems)
    .filter(({ json }) => chooses(textMap(json, ['metadata', 'labels'])))
    .map((loaded) => {
      const problem = wrongNamespace(args, loaded)
      if (problem !== undefined) problems.push(problem)
      return sentManifest(loaded, namespaceOf(args))
    })
}

export const apply: VerbDefinition = defineVerb({
  name: 'apply',
  usage: 'apply -f FILENAME',
  doc: 'Creates the objects of files, or changes them to what the files say; what they no longer say goes.',
  flags: [NAMESPACE, FILENAME, SELECTOR],
  refused: {
    prune: '`delete` what is to go',
    force: '`delete` the object, and `create` it in a later entry of the timeline',
  },
  read: (args, scene, problems) => ({ verb: 'apply', manifests: manifestsOf('apply', args, scene, problems) }),
})

export const create: VerbDefinition = defineVerb({
  name: 'create',
  usage: 'create -f FILENAME',
  doc: 'Creates the objects of files.',
  flags: [NAMESPACE, FILENAME, SELECTOR, SAVE_CONFIG],
  read: (args, scene, problems) => ({
    verb: 'create',
    manifests: manifestsOf('create', args, scene, problems).map((manifest) => saved(args, manifest, problems)),
  }),
})

export const replace: VerbDefinition = defineVerb({
  name: 'replace',
  usage: 'replace -f FILENAME',
  doc: 'Makes objects what files say, and nothing else: what a file leaves out gets its default.',
  flags: [NAMESPACE, FILENAME, SAVE_CONFIG],
  refused: { force: '`delete` the object, and `create` it in a later entry of the timeline' },
  read: (args, scene, problems) => ({
    verb: 'replace',
    manifests: manifestsOf('replace', args, scene, problems),
    saves: switchOf(args, 'save-config', problems),
  }),
})
