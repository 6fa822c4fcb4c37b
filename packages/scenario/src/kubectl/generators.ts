import type { KubectlCommand } from '@wavetank/cluster'
import { decodeObject, type JsonObject, parseSelector, type Selector } from '@wavetank/cluster/api'
import { fingerprint } from '@wavetank/kernel'
import { isLeft } from 'fp-ts/lib/Either.js'
import { SAVE_CONFIG, saved } from './apply.ts'
import { type Arguments, type FlagSpec, flagOf, integerOf, NAMESPACE, switchOf, takes, toggles } from './arguments.ts'
import { defineVerb, type VerbDefinition } from './define-verb.ts'
import { isPort, listOf, pairsOf, quantitiesOf, refuse } from './flag-values.ts'
import type { LineProblem, Word } from './shell-words.ts'
import { namespaceOf } from './targets.ts'

/**
 * `kubectl create KIND NAME …`: a manifest from flags, and then what `create -f` does with one.
 *
 * Source: staging/src/k8s.io/kubectl/pkg/cmd/create/create_*.go.
 */

type Json = Readonly<Record<string, unknown>>

/** The object with this name, checked as the API server would check it. */
export const generated = (
  args: Arguments,
  manifest: JsonObject,
  name: Word,
  problems: LineProblem[],
): JsonObject | undefined => {
  const decoded = decodeObject(manifest)
  if (!isLeft(decoded)) return saved(args, manifest, problems)
  for (const { message } of decoded.left) refuse(problems, name, message)
  return undefined
}

/** The one NAME before `--`. Source: create.go, NameFromCommandArgs. */
export const nameOf = (args: Arguments, verb: string, problems: LineProblem[]): Word | undefined => {
  const [name, stray] = args.positional.slice(0, args.beforeDash)
  if (name === undefined) {
    problems.push({
      code: 'WT032',
      message: 'exactly one NAME is required, got 0',
      hint: `\`${verb} NAME\``,
      offset: args.end,
    })
  } else if (stray !== undefined) refuse(problems, stray, `exactly one NAME is required, got ${args.beforeDash}`)
  return stray === undefined ? name : undefined
}

const required = (args: Arguments, flag: string, example: string, problems: LineProblem[]): Word | undefined => {
  const word = flagOf(args, flag)
  if (word !== undefined && word.text !== '') return word
  const message = `required flag(s) "${flag}" not set`
  problems.push({ code: 'WT032', message, hint: `for example \`--${flag}=${example}\``, offset: args.end })
  return undefined
}

const commandOf = ({ positional, beforeDash }: Arguments): readonly string[] =>
  positional.slice(beforeDash).map(({ text }) => text)

interface Generator {
  /** The last words of the verb, and other spellings of them. */
  readonly kind: string
  readonly aliases?: readonly string[]
  readonly usage: string
  readonly doc: string
  readonly flags: readonly FlagSpec[]
  readonly apiVersion: string
  readonly object: string
  readonly namespaced?: false
  /** What kubectl puts in front of the API server's words when it is refused. */
  readonly failure?: string
  /** The manifest but for version, kind and name. */
  readonly rest: (args: Arguments, name: string, problems: LineProblem[]) => Json & { readonly metadata?: Json }
}

const generator = (definition: Generator): VerbDefinition => {
  const { kind, aliases = [], usage, doc, flags, apiVersion, object, namespaced = true, failure, rest } = definition
  const verb = `create ${kind}`
  return defineVerb({
    name: verb,
    aliases: aliases.map((alias) => `create ${alias}`),
    usage: `${verb} ${usage}`,
    doc,
    flags: [...(namespaced ? [NAMESPACE] : []), ...flags, SAVE_CONFIG],
    read: (args, _scene, problems): KubectlCommand | undefined => {
      const before = problems.length
      const name = nameOf(args, verb, problems)
      const { metadata, ...more } = rest(args, name?.text ?? '', problems)
      if (name === undefined || problems.length > before) return undefined
      const own = { name: name.text, ...(namespaced ? { namespace: namespaceOf(args) } : {}) }
      const manifest = { apiVersion, kind: object, metadata: { ...metadata, ...own }, ...more }
      const whole = generated(args, manifest, name, problems)
      if (whole === undefined) return undefined
      return { verb: 'create', manifests: [whole], ...(failure === undefined ? {} : { failure }) }
    },
  })
}

/** Source: create_deployment.go, sanitizeAndUniquify. */
const containerName = (image: string): string => {
  const name = image.slice(image.lastIndexOf('/') + 1).replace(/[:@].*$/, '')
  if (!/[_.]/.test(name)) return name
  const suffix = fingerprint(image).toString(36).slice(-5)
  return `${name.replace(/[_.]/g, '-')}-${suffix}`
}

const deployment = generator({
  kind: 'deployment',
  aliases: ['deploy', 'dep'],
  usage: 'NAME --image=image [--replicas=N] [--port=PORT] -- [COMMAND] [args...]',
  doc: 'Creates a Deployment with a container for each `--image`.',
  flags: [takes('image'), takes('replicas', 'r'), takes('port')],
  apiVersion: 'apps/v1',
  object: 'Deployment',
  failure: 'failed to create deployment: ',
  rest: (args, name, problems) => {
    required(args, 'image', 'nginx', problems)
    const images = listOf(args, 'image') ?? []
    const replicas = integerOf(args, 'replicas', 0, problems) ?? 1
    const port = integerOf(args, 'port', -1, problems)
    const command = commandOf(args)
    if (images.length > 1 && command.length > 0) {
      refuse(problems, flagOf(args, 'image')!, 'cannot specify multiple --image options and command')
    }
    const labels = { app: name }
    const containers = images.map((image, i) => ({
      name: containerName(image),
      image,
      ...(command.length === 0 ? {} : { command }),
      ...(i > 0 || port === undefined || port < 0 ? {} : { ports: [{ containerPort: port }] }),
    }))
    return {
      metadata: { labels },
      spec: { replicas, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers } } },
    }
  },
})

const cronJob = generator({
  kind: 'cronjob',
  aliases: ['cj'],
  usage: "NAME --image=image --schedule='0/5 * * * ?' -- [COMMAND] [args...]",
  doc: 'Creates a CronJob of one container.',
  flags: [takes('image'), takes('schedule'), takes('restart')],
  apiVersion: 'batch/v1',
  object: 'CronJob',
  failure: 'failed to create cronjob: ',
  rest: (args, name, problems) => {
    const image = required(args, 'image', 'busybox', problems)?.text
    const schedule = required(args, 'schedule', '"*/5 * * * *"', problems)?.text
    const command = commandOf(args)
    const container = { name, image, ...(command.length === 0 ? {} : { command }) }
    const restartPolicy = flagOf(args, 'restart')?.text ?? 'OnFailure'
    const template = { spec: { containers: [container], restartPolicy } }
    return { spec: { schedule, jobTemplate: { metadata: { name }, spec: { template } } } }
  },
})

const namespace = generator({
  kind: 'namespace',
  aliases: ['ns'],
  usage: 'NAME',
  doc: 'Creates a namespace.',
  flags: [],
  apiVersion: 'v1',
  object: 'Namespace',
  namespaced: false,
  rest: () => ({}),
})

const quota = generator({
  kind: 'quota',
  aliases: ['resourcequota'],
  usage: 'NAME [--hard=key1=value1,key2=value2] [--scopes=Scope1,Scope2]',
  doc: 'Creates a ResourceQuota.',
  flags: [takes('hard'), takes('scopes')],
  apiVersion: 'v1',
  object: 'ResourceQuota',
  failure: 'failed to create quota: ',
  rest: (args, _name, problems) => {
    const hard = quantitiesOf(flagOf(args, 'hard'), problems)
    const scopes = listOf(args, 'scopes')
    return { spec: { ...(args.flags.has('hard') ? { hard } : {}), ...(scopes === undefined ? {} : { scopes }) } }
  },
})

const COUNT = /^[0-9]+%?$/
const countOf = (word: Word): string | number => (word.text.endsWith('%') ? word.text : Number(word.text))

const budget = generator({
  kind: 'poddisruptionbudget',
  aliases: ['pdb'],
  usage: 'NAME --selector=SELECTOR (--min-available=N | --max-unavailable=N)',
  doc: 'Creates a PodDisruptionBudget.',
  flags: [takes('selector'), takes('min-available'), takes('max-unavailable')],
  apiVersion: 'policy/v1',
  object: 'PodDisruptionBudget',
  failure: 'failed to create poddisruptionbudgets: ',
  rest: (args, _name, problems) => {
    const selector = required(args, 'selector', 'app=web', problems)
    const min = flagOf(args, 'min-available')
    const max = flagOf(args, 'max-unavailable')
    const parsed = selector === undefined ? undefined : parseSelector(selector.text)
    if (parsed !== undefined && isLeft(parsed)) refuse(problems, selector!, parsed.left)
    if (min === undefined && max === undefined) {
      const message = 'one of min-available or max-unavailable must be specified'
      problems.push({ code: 'WT032', message, offset: args.end })
    }
    if (min !== undefined && max !== undefined) {
      refuse(problems, max, 'min-available and max-unavailable cannot be both specified')
    }
    for (const [flag, word] of [
      ['min-available', min],
      ['max-unavailable', max],
    ] as const) {
      if (word !== undefined && !COUNT.test(word.text)) {
        refuse(problems, word, `invalid format specified for ${flag}`, 'a number of pods, or a share: `50%`')
      }
    }
    return {
      spec: {
        ...(min === undefined ? {} : { minAvailable: countOf(min) }),
        ...(max === undefined ? {} : { maxUnavailable: countOf(max) }),
        ...(parsed === undefined || isLeft(parsed) ? {} : { selector: labelSelectorOf(parsed.right) }),
      },
    }
  },
})

/** Source: apimachinery/pkg/apis/meta/v1/helpers.go, ParseToLabelSelector. */
const labelSelectorOf = ({ requirements }: Selector): Json => {
  const matchLabels: Record<string, string> = {}
  const matchExpressions: Json[] = []
  for (const { key, operator, values } of requirements) {
    if (operator === 'Equals') matchLabels[key] = values[0] ?? ''
    else {
      const word = operator === 'NotEquals' ? 'NotIn' : operator
      matchExpressions.push({ key, operator: word, ...(values.length > 0 ? { values } : {}) })
    }
  }
  return {
    ...(Object.keys(matchLabels).length > 0 ? { matchLabels } : {}),
    ...(matchExpressions.length > 0 ? { matchExpressions } : {}),
  }
}

const priorityClass = generator({
  kind: 'priorityclass',
  aliases: ['pc'],
  usage: 'NAME --value=VALUE [--global-default] [--preemption-policy=Never] [--description=TEXT]',
  doc: 'Creates a PriorityClass.',
  flags: [takes('value'), toggles('global-default'), takes('preemption-policy'), takes('description')],
  apiVersion: 'scheduling.k8s.io/v1',
  object: 'PriorityClass',
  namespaced: false,
  failure: 'failed to create priorityclass: ',
  rest: (args, _name, problems) => ({
    value: integerOf(args, 'value', -2_147_483_648, problems) ?? 0,
    globalDefault: switchOf(args, 'global-default', problems),
    description: flagOf(args, 'description')?.text ?? '',
    preemptionPolicy: flagOf(args, 'preemption-policy')?.text ?? 'PreemptLowerPriority',
  }),
})

const configMap = generator({
  kind: 'configmap',
  aliases: ['cm'],
  usage: 'NAME [--from-literal=key1=value1]',
  doc: 'Creates a ConfigMap.',
  flags: [takes('from-literal')],
  apiVersion: 'v1',
  object: 'ConfigMap',
  failure: 'failed to create configmap: ',
  rest: (args, _name, problems) => {
    const data = pairsOf(args, 'from-literal', problems)
    return data === undefined ? {} : { data }
  },
})

const serviceAccount = generator({
  kind: 'serviceaccount',
  aliases: ['sa'],
  usage: 'NAME',
  doc: 'Creates a ServiceAccount.',
  flags: [],
  apiVersion: 'v1',
  object: 'ServiceAccount',
  failure: 'failed to create serviceaccount: ',
  rest: () => ({}),
})

/** `5678:8080`, `5678`, `5678:http`. Source: create_service.go, parsePorts; the name is what was written. */
const servicePorts = (args: Arguments, problems: LineProblem[]): readonly Json[] =>
  (args.flags.get('tcp') ?? []).flatMap((word) =>
    word.text.split(',').flatMap((text): readonly Json[] => {
      const [port = '', target = port] = text.split(':')
      if (!isPort(port)) {
        refuse(problems, word, `--tcp: "${text}" is not a port`, 'written as `--tcp=PORT:TARGETPORT`')
        return []
      }
      const targetPort = isPort(target) ? Number(target) : target
      return [{ name: text.replaceAll(':', '-'), port: Number(port), protocol: 'TCP', targetPort }]
    }),
  )

const TCP = takes('tcp')

const service = (
  kind: string,
  type: string,
  usage: string,
  flags: readonly FlagSpec[],
  more: (args: Arguments, problems: LineProblem[]) => Json,
): VerbDefinition =>
  generator({
    kind: `service ${kind}`,
    aliases: [`svc ${kind}`],
    usage: `NAME ${usage}`,
    doc: `Creates a Service of type ${type} that selects \`app=NAME\`.`,
    flags: [TCP, ...flags],
    apiVersion: 'v1',
    object: 'Service',
    failure: `failed to create ${type} service: `,
    rest: (args, name, problems) => {
      const ports = servicePorts(args, problems)
      const isHeadless = flagOf(args, 'clusterip')?.text === 'None'
      if (ports.length === 0 && !isHeadless && type !== 'ExternalName') {
        const message = 'at least one tcp port specifier must be provided'
        problems.push({ code: 'WT032', message, hint: '`--tcp=PORT:TARGETPORT`', offset: args.end })
      }
      const { nodePort, ...spec } = more(args, problems)
      const [first, ...others] = ports
      const numbered = nodePort === undefined || first === undefined ? ports : [{ ...first, nodePort }, ...others]
      return {
        metadata: { labels: { app: name } },
        spec: { type, selector: { app: name }, ...(ports.length > 0 ? { ports: numbered } : {}), ...spec },
      }
    },
  })

const services: readonly VerbDefinition[] = [
  service('clusterip', 'ClusterIP', '[--tcp=<port>:<targetPort>] [--clusterip=None]', [takes('clusterip')], (args) => {
    const clusterIP = flagOf(args, 'clusterip')?.text
    return clusterIP === undefined ? {} : { clusterIP }
  }),
  service(
    'externalname',
    'ExternalName',
    '--external-name external.name',
    [takes('external-name')],
    (args, problems) => ({
      externalName: required(args, 'external-name', 'db.example.com', problems)?.text,
    }),
  ),
  service('loadbalancer', 'LoadBalancer', '[--tcp=port:targetPort]', [], () => ({})),
  service(
    'nodeport',
    'NodePort',
    '[--tcp=port:targetPort] [--node-port=PORT]',
    [takes('node-port')],
    (args, problems) => {
      const nodePort = integerOf(args, 'node-port', 0, problems)
      return nodePort === undefined || nodePort === 0 ? {} : { nodePort }
    },
  ),
]

export const generators: readonly VerbDefinition[] = [
  budget,
  configMap,
  cronJob,
  deployment,
  namespace,
  priorityClass,
  quota,
  serviceAccount,
  ...services,
]
