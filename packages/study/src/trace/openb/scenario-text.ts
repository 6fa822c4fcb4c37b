/**
 * The Alibaba openb trace as a scenario: machines as pools, pods as arrivals.
 *
 * 1. Machines that are alike are one pool, so that capacity can be searched pool by pool. Which machine a pod of the
 *    trace ran on is not known, so that their names mean nothing.
 * 2. A whole GPU is `nvidia.com/gpu`. A share is counted in thousandths, `alibabacloud.com/gpu-milli`, of which whole
 *    GPUs take 1000 each: a node gives away no more than it has, but a share may come from two devices, which no
 *    device would do.
 * 3. A pod runs as long as it did from the instant at which it was scheduled, whenever that is here; one that was never
 *    scheduled, as long as it waited.
 *
 * Source: the names of the shares and of the label are those of Alibaba Cloud and of the trace's own simulator.
 */

import type { OpenbNode, OpenbPod, OpenbQos } from './tables.ts'

const GPU = 'nvidia.com/gpu'
const GPU_MILLI = 'alibabacloud.com/gpu-milli'
const GPU_MODEL = 'alibabacloud.com/gpu-card-model'
const RUN_FOR = 'wavetank.dev/run-for'

export interface OpenbOptions {
  readonly name: string
  /** Seconds of the trace: what ended before is left out, what runs is there at the start. */
  readonly from: number
  /** Seconds of the trace at which the run ends; without it, when the last pod does. */
  readonly until?: number | undefined
  /** What each span of time is multiplied by: 0.01 makes an hour 36 s. */
  readonly scale: number
  /** At most so many pods, the first ones. */
  readonly pods?: number | undefined
  /** `milli`: thousandths are counted; `whole`: a share takes a whole GPU. */
  readonly shares: 'milli' | 'whole'
}

export interface OpenbScenario {
  readonly scenario: string
  /** The table of arrivals, `pods.csv`. */
  readonly table: string
  readonly nodes: number
  readonly pods: number
}

interface Priority {
  readonly className: string
  readonly value: number
  /** Whether limits are as requests are, which makes a pod Guaranteed. */
  readonly limits: boolean
}
const PRIORITY: Readonly<Record<OpenbQos, Priority>> = {
  Guaranteed: { className: 'guaranteed', value: 3_000, limits: true },
  LS: { className: 'latency-sensitive', value: 2_000, limits: true },
  Burstable: { className: 'burstable', value: 1_000, limits: false },
  // It asks for what it runs on, as every pod of the trace does: Kubernetes would call it Burstable.
  BE: { className: 'best-effort', value: 0, limits: false },
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

const quantityOfCpu = (millis: number): string => (millis % 1_000 === 0 ? `${millis / 1_000}` : `${millis}m`)
const quantityOfMemory = (mebibytes: number): string =>
  mebibytes > 0 && mebibytes % 1_024 === 0 ? `${mebibytes / 1_024}Gi` : `${mebibytes}Mi`

const poolName = ({ cpuMillis, memoryMebibytes, gpus, model }: OpenbNode): string => {
  const size = `${Math.floor(cpuMillis / 1_000)}c-${Math.floor(memoryMebibytes / 1_024)}g`
  return gpus === 0 ? `cpu-${size}` : `${model.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}-${gpus}x-${size}`
}

const poolsText = (nodes: readonly OpenbNode[], shares: OpenbOptions['shares']): readonly string[] => {
  const pools = new Map<string, { readonly node: OpenbNode; count: number }>()
  for (const node of nodes) {
    const key = JSON.stringify([node.cpuMillis, node.memoryMebibytes, node.gpus, node.model])
    const pool = pools.get(key)
    if (pool === undefined) pools.set(key, { node, count: 1 })
    else pool.count++
  }
  const twins = new Map<string, number>()
  return [...pools.entries()]
    .sort(([a, one], [b, other]) => compareText(poolName(one.node), poolName(other.node)) || compareText(a, b))
    .flatMap(([, { node, count }]) => {
      const { cpuMillis, memoryMebibytes, gpus, model } = node
      const base = poolName(node)
      const before = twins.get(base) ?? 0
      twins.set(base, before + 1)
      const resources = [
        `cpu: "${quantityOfCpu(cpuMillis)}"`,
        `memory: ${quantityOfMemory(memoryMebibytes)}`,
        ...(gpus === 0 ? [] : [`${GPU}: "${gpus}"`]),
        ...(gpus === 0 || shares === 'whole' ? [] : [`${GPU_MILLI}: "${gpus * 1_000}"`]),
      ].join(', ')
      return [
        `  - name: ${before === 0 ? base : `${base}-${before + 1}`}`,
        `    count: ${count}`,
        `    capacity: { ${resources} }`,
        `    allocatable: { ${resources} }`,
        ...(gpus === 0 ? [] : [`    labels: { ${GPU_MODEL}: ${JSON.stringify(model)} }`]),
      ]
    })
}

const ofRow = (column: string): string => `\${${column}}`

const arrivalText = (spec: string, shares: OpenbOptions['shares']): readonly string[] => {
  const resources = [
    ['cpu', 'cpu', 'cpu_limit'],
    ['memory', 'memory', 'memory_limit'],
    [GPU, 'gpu', 'gpu'],
    ...(shares === 'milli' ? [[GPU_MILLI, 'gpu_milli', 'gpu_milli']] : []),
  ]
  const models = spec.split('|').filter((model) => model !== '')
  return [
    '  - csv: pods.csv',
    `    only: { gpu_spec: ${JSON.stringify(spec)} }`,
    '    manifest:',
    '      apiVersion: v1',
    '      kind: Pod',
    '      metadata:',
    `        name: ${ofRow('name')}`,
    `        labels: { app: openb, qos: "${ofRow('qos')}", ends: "${ofRow('ends')}" }`,
    `        annotations: { ${RUN_FOR}: "${ofRow('for')}" }`,
    '      spec:',
    '        restartPolicy: Never',
    `        priorityClassName: ${ofRow('priority')}`,
    ...(models.length === 0
      ? []
      : [
          '        affinity:',
          '          nodeAffinity:',
          '            requiredDuringSchedulingIgnoredDuringExecution:',
          '              nodeSelectorTerms:',
          '                - matchExpressions:',
          `                    - { key: ${GPU_MODEL}, operator: In, values: ${JSON.stringify(models)} }`,
        ]),
    '        containers:',
    '          - name: task',
    '            image: openb/task',
    '            resources:',
    '              requests:',
    ...resources.map(([name, request]) => `                ${name}: ${ofRow(request!)}`),
    '              limits:',
    ...resources.map(([name, , limit]) => `                ${name}: ${ofRow(limit!)}`),
  ]
}

const COLUMNS = 'name,at,for,ends,qos,priority,cpu,memory,cpu_limit,memory_limit,gpu,gpu_milli,gpu_spec'

const seconds = (trace: number, scale: number): string => `${Math.floor(trace * scale * 1_000 + 0.5) / 1_000}`

const rowOf = (pod: OpenbPod, { from, scale, shares }: OpenbOptions): string => {
  const { cpuMillis, memoryMebibytes, gpus, gpuMilli, qos, phase, createdAt, scheduledAt, deletedAt } = pod
  const { className, limits } = PRIORITY[qos]
  const cpu = quantityOfCpu(cpuMillis)
  const memory = quantityOfMemory(memoryMebibytes)
  const begun = Math.max(from, scheduledAt ?? createdAt)
  const isShare = gpus === 1 && gpuMilli < 1_000
  return [
    pod.name,
    seconds(Math.max(0, createdAt - from), scale),
    `${seconds(Math.max(0, deletedAt - begun), scale)}s`,
    phase === 'Failed' ? 'badly' : 'well',
    qos,
    className,
    cpu,
    memory,
    limits ? cpu : '',
    limits ? memory : '',
    gpus === 0 || (isShare && shares === 'milli') ? '' : gpus,
    gpus === 0 || shares === 'whole' ? '' : gpus * gpuMilli,
    pod.models.join('|'),
  ].join(',')
}

const behaviorText = (name: string, ends: string, exitCode: number): readonly string[] => [
  `  - name: ${name}`,
  `    match: { labels: "app=openb,ends=${ends}" }`,
  `    run: { for: 1s, forAnnotation: ${RUN_FOR}${exitCode === 0 ? '' : `, exitCode: ${exitCode}`} }`,
]

/** The files of the scenario. There are no pods, if none is between `from` and `until`. */
export const openbScenario = (
  nodes: readonly OpenbNode[],
  all: readonly OpenbPod[],
  options: OpenbOptions,
): OpenbScenario => {
  const { name, from, until, scale, shares } = options
  const pods = [...all]
    .sort((a, b) => a.createdAt - b.createdAt || compareText(a.name, b.name))
    .filter(({ createdAt, deletedAt }) => deletedAt > from && (until === undefined || createdAt < until))
    .slice(0, options.pods)
  const end = until ?? pods.reduce((last, { deletedAt }) => Math.max(last, deletedAt), from + 1)
  const specs = [...new Set(pods.map(({ models }) => models.join('|')))].sort(compareText)
  const classes = [...new Set(pods.map(({ qos }) => PRIORITY[qos]))].sort((a, b) => b.value - a.value)
  const failing = pods.filter(({ phase }) => phase === 'Failed').length
  const scenario = [
    '# Written by `wavetank import openb` from the Alibaba GPU trace of 2023; run it with `wavetank run`.',
    'apiVersion: wavetank.dev/v1alpha1',
    'kind: Scenario',
    'metadata:',
    `  name: ${name}`,
    `duration: ${seconds(end - from, scale)}s`,
    'manifests:',
    '  # Who waits is served in this order, and nobody is preempted: leave out `preemptionPolicy` if they should be.',
    ...classes.flatMap(({ className, value }) => [
      '  - apiVersion: scheduling.k8s.io/v1',
      '    kind: PriorityClass',
      `    metadata: { name: ${className} }`,
      `    value: ${value}`,
      '    preemptionPolicy: Never',
    ]),
    'nodes:',
    ...poolsText(nodes, shares),
    'behaviors:',
    ...(failing > 0 ? behaviorText('failed in the trace', 'badly', 1) : []),
    ...(failing < pods.length ? behaviorText('the others', 'well', 0) : []),
    'arrivals:',
    ...specs.flatMap((spec) => arrivalText(spec, shares)),
  ]
  return {
    scenario: `${scenario.join('\n')}\n`,
    table: `${[COLUMNS, ...pods.map((pod) => rowOf(pod, options))].join('\n')}\n`,
    nodes: nodes.length,
    pods: pods.length,
  }
}
