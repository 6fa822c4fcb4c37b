import type { Expose } from '@wavetank/cluster'
import { labelKeyProblem, labelValueProblem } from '../cluster-objects.ts'
import { type Arguments, flagOf, NAMESPACE, takes } from './arguments.ts'
import { defineVerb } from './define-verb.ts'
import type { LineProblem, Word } from './shell-words.ts'
import { FILENAME, namespaceOf, readTargets } from './targets.ts'

const EXPOSABLE = ['Pod', 'Service', 'ReplicationController', 'Deployment', 'ReplicaSet']
const TYPES = ['ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName']
const PROTOCOLS = ['TCP', 'UDP', 'SCTP']
const AFFINITIES = ['None', 'ClientIP']

const refuse = (problems: LineProblem[], word: Word, message: string, hint?: string): void => {
  problems.push({ code: 'WT034', message, hint, offset: word.start })
}

/** `key=value,key=value`. Source: staging/src/k8s.io/kubectl/pkg/generate/generate.go, ParseLabels. */
const labelsOf = (args: Arguments, name: string, problems: LineProblem[]): Expose['labels'] => {
  const word = flagOf(args, name)
  if (word === undefined) return undefined
  const labels: Record<string, string> = {}
  for (const pair of word.text.split(',')) {
    const [key = '', value, ...rest] = pair.split('=')
    if (value === undefined || rest.length > 0) {
      refuse(problems, word, `unexpected label spec: ${pair}`, `written as \`--${name}=app=web,tier=front\``)
      continue
    }
    const problem = labelKeyProblem(key) ?? labelValueProblem(value)
    if (problem === undefined) labels[key] = value
    else refuse(problems, word, `--${name}: ${pair}: ${problem}`)
  }
  return labels
}

const wordOf = <W extends string>(
  args: Arguments,
  name: string,
  words: readonly W[],
  problems: LineProblem[],
): W | undefined => {
  const word = flagOf(args, name)
  const found = words.find((one) => one === word?.text)
  if (word !== undefined && found === undefined) {
    refuse(problems, word, `invalid value "${word.text}" for --${name}`, `one of ${words.join(', ')}`)
  }
  return found
}

const isPort = (text: string): boolean => /^[0-9]+$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535

/** One port, or several with commas between. */
const portsOf = (args: Arguments, problems: LineProblem[]): readonly number[] | undefined => {
  const word = flagOf(args, 'port')
  if (word === undefined) return undefined
  const wrong = word.text.split(',').filter((text) => !isPort(text))
  for (const text of wrong) refuse(problems, word, `--port: "${text}" is not a port`, 'a number from 1 to 65535')
  return word.text.split(',').map(Number)
}

const targetPortOf = (args: Arguments): number | string | undefined => {
  const text = (flagOf(args, 'target-port') ?? flagOf(args, 'container-port'))?.text
  return text !== undefined && /^[0-9]+$/.test(text) ? Number(text) : text
}

/** What is left of a command when its absent parts are left out. */
const withoutAbsent = <A extends object>(value: A): A =>
  Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as A

export const expose = defineVerb({
  name: 'expose',
  usage:
    'expose (-f FILENAME | TYPE NAME) [--port=port] [--protocol=TCP|UDP|SCTP] [--target-port=number-or-name] [--name=name] [--external-ip=external-ip-of-service] [--type=type]',
  doc: 'Makes a Service for the pods of a Deployment, ReplicaSet, ReplicationController, Service or of one pod.',
  flags: [
    NAMESPACE,
    FILENAME,
    takes('port'),
    takes('target-port'),
    takes('container-port'),
    takes('protocol'),
    takes('name'),
    takes('type'),
    takes('selector'),
    takes('labels', 'l'),
    takes('cluster-ip'),
    takes('external-ip'),
    takes('load-balancer-ip'),
    takes('session-affinity'),
  ],
  read: (args, scene, problems) => {
    const before = problems.length
    // What other verbs choose objects by says here what the Service selects.
    const choosing = { ...args, flags: new Map([...args.flags].filter(([name]) => name !== 'selector')) }
    const targets = readTargets(choosing, scene, problems)
    const kinds =
      targets === undefined ? [] : targets.by === 'name' ? targets.refs.map(({ kind }) => kind) : targets.kinds
    for (const kind of new Set(kinds)) {
      if (EXPOSABLE.includes(kind)) continue
      problems.push({
        code: 'WT034',
        message: `cannot expose a ${kind}`,
        hint: `what can be exposed: ${EXPOSABLE.join(', ')}`,
        offset: args.positional[0]?.start ?? args.end,
      })
    }
    const command = withoutAbsent<Omit<Expose, 'targets'>>({
      verb: 'expose',
      namespace: namespaceOf(args),
      name: flagOf(args, 'name')?.text,
      ports: portsOf(args, problems),
      targetPort: targetPortOf(args),
      protocol: wordOf(args, 'protocol', PROTOCOLS, problems),
      type: wordOf(args, 'type', TYPES, problems),
      selector: labelsOf(args, 'selector', problems),
      labels: labelsOf(args, 'labels', problems),
      clusterIP: flagOf(args, 'cluster-ip')?.text,
      externalIP: flagOf(args, 'external-ip')?.text,
      loadBalancerIP: flagOf(args, 'load-balancer-ip')?.text,
      sessionAffinity: wordOf(args, 'session-affinity', AFFINITIES, problems),
    })
    return targets === undefined || problems.length > before ? undefined : { ...command, targets }
  },
})
