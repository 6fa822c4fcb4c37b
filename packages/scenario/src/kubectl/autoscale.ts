import type { AutoscaleTarget } from '@wavetank/cluster'
import { dnsSubdomainProblems, parseQuantity } from '@wavetank/cluster/api'
import { isLeft } from 'fp-ts/lib/Either.js'
import { type Arguments, flagOf, integerOf, NAMESPACE, takes } from './arguments.ts'
import { defineVerb } from './define-verb.ts'
import type { LineProblem } from './shell-words.ts'
import { FILENAME, readTargets } from './targets.ts'

const SCALABLE = ['Deployment', 'ReplicaSet', 'StatefulSet', 'ReplicationController']

/** What a number without a unit is. Source: getDefaultUnitForResource. */
const UNITS = { cpu: 'm', memory: 'Mi' } as const

/** Source: staging/src/k8s.io/kubectl/pkg/cmd/autoscale/autoscale.go, parseResourceInput. */
const targetOf = (
  args: Arguments,
  resource: 'cpu' | 'memory',
  problems: LineProblem[],
): AutoscaleTarget | undefined => {
  const word = flagOf(args, resource)
  if (word === undefined) return undefined
  const refuse = (message: string): undefined => {
    const hint = resource === 'cpu' ? 'such as `70%` or `500m`' : 'such as `70%` or `200Mi`'
    problems.push({ code: 'WT034', message, hint, offset: word.start })
    return undefined
  }
  const written = word.text.trim()
  if (written.endsWith('%')) {
    const percent = written.slice(0, -1)
    const value = Number(percent)
    if (!/^\+?\d+$/.test(percent) || value > 2_147_483_647) return refuse(`invalid percentage value: ${percent}`)
    return { resource, utilization: value }
  }
  const quantity = /^[-+]?(\d+\.?\d*|\.\d+)$/.test(written) ? `${Number(written)}${UNITS[resource]}` : written
  const parsed = parseQuantity(quantity)
  if (isLeft(parsed)) return refuse(`invalid resource ${resource} value: ${word.text}`)
  if (parsed.right.nanos <= 0n) return refuse('must be positive')
  return { resource, average: quantity }
}

export const autoscale = defineVerb({
  name: 'autoscale',
  usage: 'autoscale (-f FILENAME | TYPE NAME) [--min=MINPODS] --max=MAXPODS [--cpu=CPU] [--memory=MEMORY]',
  doc: 'Creates a HorizontalPodAutoscaler for a Deployment, ReplicaSet, StatefulSet or ReplicationController.',
  flags: [
    NAMESPACE,
    FILENAME,
    takes('min'),
    takes('max'),
    takes('cpu'),
    takes('memory'),
    takes('cpu-percent'),
    takes('name'),
  ],
  read: (args, scene, problems) => {
    const before = problems.length
    const targets = readTargets(args, scene, problems)
    const offset = args.positional[0]?.start ?? args.end
    if (!args.flags.has('max')) {
      const hint = 'for example `--max=10`'
      problems.push({ code: 'WT032', message: 'required flag(s) "max" not set', hint, offset: args.end })
    }
    const lowest = Number.MIN_SAFE_INTEGER
    const min = integerOf(args, 'min', lowest, problems) ?? -1
    const max = integerOf(args, 'max', lowest, problems)
    const percent = integerOf(args, 'cpu-percent', lowest, problems) ?? -1
    const maxAt = flagOf(args, 'max')?.start ?? args.end
    if (max !== undefined && max < 1) {
      const message = `--max=MAXPODS is required and must be at least 1, max: ${max}`
      problems.push({ code: 'WT034', message, offset: maxAt })
    } else if (max !== undefined && max < min) {
      const message = `--max=MAXPODS must be larger or equal to --min=MINPODS, max: ${max}, min: ${min}`
      problems.push({ code: 'WT034', message, offset: maxAt })
    }
    if (percent > 0 && args.flags.has('cpu')) {
      const message = '--cpu-percent and --cpu are mutually exclusive'
      problems.push({ code: 'WT034', message, offset: flagOf(args, 'cpu-percent')?.start ?? args.end })
    }
    const cpu = targetOf(args, 'cpu', problems)
    const memory = targetOf(args, 'memory', problems)
    const name = flagOf(args, 'name')
    if (name !== undefined && name.text !== '') {
      for (const message of dnsSubdomainProblems(name.text)) {
        problems.push({ code: 'WT034', message: `the name "${name.text}": ${message}`, offset: name.start })
      }
    }
    const refs = targets?.by === 'name' ? targets.refs : []
    for (const kind of new Set(refs.map((ref) => ref.kind))) {
      if (SCALABLE.includes(kind)) continue
      const hint = `what can be autoscaled: ${SCALABLE.join(', ')}`
      problems.push({ code: 'WT034', message: `cannot autoscale a ${kind}`, hint, offset })
    }
    if (problems.length > before || targets === undefined || max === undefined) return undefined
    const wanted = [percent > 0 ? { resource: 'cpu' as const, utilization: percent } : cpu, memory]
    return {
      verb: 'autoscale',
      targets,
      max,
      ...(min > 0 ? { min } : {}),
      ...(name === undefined || name.text === '' ? {} : { name: name.text }),
      metrics: wanted.filter((one) => one !== undefined),
    }
  },
})
