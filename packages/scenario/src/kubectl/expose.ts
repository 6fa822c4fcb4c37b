import type { Expose } from '@wavetank/cluster'
import { type Arguments, flagOf, NAMESPACE, takes } from './arguments.ts'
import { defineVerb } from './define-verb.ts'
import { isPort, labelsOf, refuse, wordOf } from './flag-values.ts'
import type { LineProblem } from './shell-words.ts'
import { FILENAME, kindsOf, namespaceOf, readTargets } from './targets.ts'

const EXPOSABLE = ['Pod', 'Service', 'ReplicationController', 'Deployment', 'ReplicaSet']
const TYPES = ['ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName']
const PROTOCOLS = ['TCP', 'UDP', 'SCTP']
const AFFINITIES = ['None', 'ClientIP']

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
    const kinds = targets === undefined ? [] : kindsOf(targets)
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
