import { type Arguments, flagOf, switchOf, takes, toggles } from './arguments.ts'
import { defineVerb, type VerbDefinition } from './define-verb.ts'
import { labelsIn, quantitiesOf, refuse } from './flag-values.ts'
import { splitAtPairs } from './pairs.ts'
import type { LineProblem } from './shell-words.ts'
import { kindsOf, readTargets, TARGET_FLAGS } from './targets.ts'

const missing = (args: Arguments, message: string, hint: string, problems: LineProblem[]): void => {
  problems.push({ code: 'WT032', message, hint, offset: args.end })
}

const image = defineVerb({
  name: 'set image',
  usage:
    'set image (-f FILENAME | TYPE NAME) CONTAINER_NAME_1=CONTAINER_IMAGE_1 ... CONTAINER_NAME_N=CONTAINER_IMAGE_N',
  doc: 'Changes the images of a pod template; `*` means every container.',
  flags: TARGET_FLAGS,
  read: (args, scene, problems) => {
    const { targets: words, pairs } = splitAtPairs(args, 'image', problems)
    const targets = readTargets(args, scene, problems, words)
    const images: Record<string, string> = {}
    for (const { text, start } of pairs) {
      const equals = text.indexOf('=')
      if (equals < 1 || equals === text.length - 1)
        problems.push({
          code: 'WT034',
          message: `invalid image format: ${text}`,
          hint: 'CONTAINER=IMAGE',
          offset: start,
        })
      else images[text.slice(0, equals)] = text.slice(equals + 1)
    }
    if (pairs.length === 0)
      missing(args, 'at least one image update is required', 'for example `web=nginx:1.28`', problems)
    if ('*' in images && pairs.length > 1)
      problems.push({
        code: 'WT034',
        message:
          'all containers are already specified by *, but saw more than one container_name=container_image pairs',
        offset: pairs[0]!.start,
      })
    return targets === undefined ? undefined : { verb: 'set image', targets, images }
  },
})

const CONTAINERS = takes('containers', 'c')
const containersOf = (args: Arguments): string => flagOf(args, 'containers')?.text ?? '*'

const resources = defineVerb({
  name: 'set resources',
  usage: 'set resources (-f FILENAME | TYPE NAME) ([--limits=LIMITS & --requests=REQUESTS])',
  doc: 'Changes requests and limits of the containers of a pod template.',
  flags: [...TARGET_FLAGS, CONTAINERS, takes('limits'), takes('requests')],
  read: (args, scene, problems) => {
    const targets = readTargets(args, scene, problems)
    const limits = quantitiesOf(flagOf(args, 'limits'), problems)
    const requests = quantitiesOf(flagOf(args, 'requests'), problems)
    if (!args.flags.has('limits') && !args.flags.has('requests')) {
      const message = 'you must specify an update to requests or limits (in the form of --requests/--limits)'
      missing(args, message, 'for example `--limits=cpu=200m,memory=512Mi`', problems)
    }
    if (targets === undefined) return undefined
    return { verb: 'set resources', targets, containers: containersOf(args), limits, requests }
  },
})

const env = defineVerb({
  name: 'set env',
  usage: 'set env RESOURCE/NAME KEY_1=VAL_1 ... KEY_N=VAL_N KEY-',
  doc: 'Sets and removes environment variables of the containers of a pod template.',
  flags: [...TARGET_FLAGS, CONTAINERS, takes('env', 'e'), toggles('overwrite')],
  refused: {
    from: 'what a ConfigMap or Secret holds is not read by containers here; name the variables: `KEY=value`',
    list: 'it changes nothing: ask the log after the run',
    resolve: 'it goes with `--list`, which changes nothing',
    keys: 'it goes with `--from`; name the variables: `KEY=value`',
    prefix: 'it goes with `--from`; name the variables: `KEY=value`',
  },
  read: (args, scene, problems) => {
    const { targets: words, pairs } = splitAtPairs(args, 'environment', problems)
    const targets = readTargets(args, scene, problems, words)
    const set: Record<string, string> = {}
    const remove: string[] = []
    for (const { text, start } of [...(args.flags.get('env') ?? []), ...pairs]) {
      const equals = text.indexOf('=')
      const name = equals < 0 ? text.slice(0, -1) : text.slice(0, equals)
      if (name === '' || (equals < 0 && !text.endsWith('-')))
        problems.push({ code: 'WT034', message: `environment variables must be of the form key=value`, offset: start })
      else if (equals < 0) remove.push(name)
      else set[name] = text.slice(equals + 1)
    }
    if (Object.keys(set).length === 0 && remove.length === 0)
      missing(args, 'at least one environment variable must be provided', '`KEY=value` sets, `KEY-` removes', problems)
    const overwrite = args.flags.has('overwrite') ? switchOf(args, 'overwrite', problems) : true
    if (targets === undefined) return undefined
    return { verb: 'set env', targets, containers: containersOf(args), set, remove, overwrite }
  },
})

const selector = defineVerb({
  name: 'set selector',
  usage: 'set selector (-f FILENAME | TYPE NAME) EXPRESSIONS',
  doc: 'Gives a Service another selector.',
  flags: TARGET_FLAGS,
  read: (args, scene, problems) => {
    const words = args.positional
    const expression = words[words.length - 1]
    const names = args.flags.has('filename') ? [] : words.slice(0, -1)
    const targets = readTargets({ ...args, positional: names }, scene, problems, names)
    if (expression === undefined || !/[=]/.test(expression.text)) {
      missing(args, 'one selector is required', 'for example `set selector service web app=web`', problems)
      return undefined
    }
    const labels = labelsIn(expression, problems)
    const kinds = targets === undefined ? [] : kindsOf(targets)
    for (const kind of new Set(kinds))
      if (kind !== 'Service')
        refuse(problems, words[0] ?? expression, `setting a selector is only supported for Services`)
    if (targets === undefined) return undefined
    return { verb: 'set selector', targets, selector: labels }
  },
})

export const setVerbs: readonly VerbDefinition[] = [env, image, resources, selector]
