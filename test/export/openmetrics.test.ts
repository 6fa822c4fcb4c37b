import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClusterStore, isReady, type Node, type Pod, readiness } from '@wavetank/cluster'
import { createOpenMetrics, formatOpenMetrics } from '@wavetank/export'
import { createMemorySource, formatMillis } from '@wavetank/kernel'
import { isLeft } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { openLog } from 'wavetank'
import { instantOf, logOf } from './run.ts'

const textOf = (log: Uint8Array, options: { readonly step?: number; readonly at?: number } = {}): string => {
  const opened = openLog(createMemorySource(log))
  if (isLeft(opened)) throw new Error(opened.left.message)
  const { header, batches, end } = opened.right
  const texts = new Map<number, string[]>()
  const metrics = createOpenMetrics({
    start: header.start,
    step: options.step,
    spool: { append: (family, text) => texts.set(family, [...(texts.get(family) ?? []), text]) },
  })
  const { view, apply } = createClusterStore()
  const last = options.at ?? Number.POSITIVE_INFINITY
  for (const batch of batches) {
    for (const entry of batch) {
      if (entry.at > last) break
      metrics.before(entry.at, view)
      apply(entry)
      metrics.apply(entry.event)
    }
  }
  const ended = end()
  if (ended.state !== 'complete') throw new Error('the log is not whole')
  metrics.end(Math.min(last, ended.footer.endedAt), view)
  return [...formatOpenMetrics((family) => texts.get(family) ?? [])].join('')
}

interface Sample {
  readonly family: string
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
  /** Seconds since 1970. */
  readonly timestamp: number | undefined
}

const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^\\"\n]|\\[\\"n])*)"(,|$)/y
const labelsOf = (text: string): Readonly<Record<string, string>> => {
  const labels: Record<string, string> = {}
  LABEL.lastIndex = 0
  while (LABEL.lastIndex < text.length) {
    const found = LABEL.exec(text)
    if (found === null) throw new Error(`not labels: ${text}`)
    const [, name = '', value = ''] = found
    if (name in labels) throw new Error(`twice the label ${name}: ${text}`)
    labels[name] = value.replaceAll(/\\(.)/g, (_, char) => (char === 'n' ? '\n' : char))
  }
  return labels
}

/** Reads OpenMetrics as strictly as its text has it; throws at the first thing that is wrong. */
const parse = (text: string): readonly Sample[] => {
  if (!text.endsWith('\n# EOF\n')) throw new Error('there is no # EOF at the end')
  const samples: Sample[] = []
  const families = new Set<string>()
  const series = new Set<string>()
  let family = { name: '', type: '' }
  let current = ''
  let before: number | undefined
  for (const line of text.slice(0, -'# EOF\n'.length).split('\n').slice(0, -1)) {
    const type = /^# TYPE (\S+) (gauge|counter)$/.exec(line)
    if (type !== null) {
      family = { name: type[1]!, type: type[2]! }
      if (families.has(family.name)) throw new Error(`twice the family ${family.name}`)
      families.add(family.name)
      continue
    }
    if (line === `# HELP ${family.name} ` || line.startsWith(`# HELP ${family.name} `)) continue
    const sample = /^([a-z_:][a-z0-9_:]*)\{(.*)\} (-?[0-9.]+)(?: ([0-9]+(?:\.[0-9]+)?))?$/.exec(line)
    if (sample === null) throw new Error(`not a sample: ${line}`)
    const [, name = '', labels = '', value = '', at] = sample
    if (name !== (family.type === 'counter' ? `${family.name}_total` : family.name))
      throw new Error(`${line} is no ${family.name}`)
    const key = `${name}{${labels}}`
    const timestamp = at === undefined ? undefined : Number(at)
    if (key === current) {
      if (timestamp === undefined || timestamp <= before!) throw new Error(`time goes back: ${line}`)
    } else {
      if (series.has(key)) throw new Error(`a series in two places: ${line}`)
      series.add(key)
      current = key
    }
    before = timestamp
    samples.push({ family: family.name, name, labels: labelsOf(labels), value: Number(value), timestamp })
  }
  return samples
}

const START = Date.UTC(2025, 0, 1) / 1_000

const STORIES = ['node-failure', 'deployment-rolling-update', 'job-backoff', 'stateful-set-node-failure', 'oom-loop']

describe.each(STORIES)('the metrics of %s', (story) => {
  const made = logOf(`scenarios/${story}.yaml`)

  it('say of any instant what the log says', async () => {
    const log = await made
    const samples = parse(textOf(log, { step: 7_000 }))
    const times = [...new Set(samples.map(({ timestamp }) => timestamp!))].sort((a, b) => a - b)
    expect(times[0]).toBe(START)
    expect(times.every((time, i) => time === START + i * 7)).toBe(true)
    for (const time of [0.1, 0.4, 0.6, 0.9, 1].map((share) => times[Math.ceil(share * times.length) - 1]!)) {
      const at = (time - START) * 1_000
      const { view } = instantOf(log, at)
      const now = samples.filter(({ timestamp }) => timestamp === time)
      const of = (name: string, labels: Readonly<Record<string, string>> = {}): readonly Sample[] =>
        now.filter(
          (one) => one.name === name && Object.entries(labels).every(([key, value]) => one.labels[key] === value),
        )
      const sum = (name: string, labels?: Readonly<Record<string, string>>): number =>
        of(name, labels).reduce((all, { value }) => all + value, 0)
      const where = formatMillis(at)
      const pods = [...view.pods.values()] as unknown as readonly Pod[]
      expect(
        of('kube_pod_info')
          .map(({ labels }) => labels.uid)
          .sort(),
        where,
      ).toEqual(pods.map(({ uid }) => uid).sort())
      for (const phase of ['Pending', 'Running', 'Succeeded', 'Failed', 'Unknown']) {
        expect(sum('kube_pod_status_phase', { phase }), where).toBe(pods.filter((pod) => pod.phase === phase).length)
      }
      expect(sum('kube_pod_status_ready', { condition: 'true' }), where).toBe(pods.filter(isReady).length)
      expect(sum('kube_pod_container_status_restarts_total'), where).toBe(
        pods.flatMap(({ containers }) => containers).reduce((all, { restartCount }) => all + restartCount, 0),
      )
      expect(sum('kube_node_status_condition', { condition: 'Ready', status: 'true' }), where).toBe(
        [...view.nodes.values()].filter((node) => readiness(node as Node) === 'True').length,
      )
      for (const { namespace, name, status } of view.deployments.values()) {
        const labels = { namespace, deployment: name }
        expect(sum('kube_deployment_status_replicas_available', labels), where).toBe(status.availableReplicas)
      }
      for (const { namespace, name, status } of view.jobs.values()) {
        expect(sum('kube_job_status_active', { namespace, job_name: name }), where).toBe(status.active)
      }
    }
  })

  it('are the same of one instant, without a time', async () => {
    const log = await made
    const one = parse(textOf(log, { at: 70_000 }))
    const series = parse(textOf(log, { at: 70_000, step: 70_000 })).filter(({ timestamp }) => timestamp === START + 70)
    const text = ({ name, labels, value }: Sample): string => `${name} ${JSON.stringify(labels)} ${value}`
    expect(one.every(({ timestamp }) => timestamp === undefined)).toBe(true)
    expect(one.map(text)).toEqual(series.map(text))
    expect(one.length).toBeGreaterThan(50)
  })
})

const promtool = spawnSync('promtool', ['--version']).status === 0

it.skipIf(!promtool)('promtool makes blocks of them, with every sample', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'wavetank-promtool-'))
  try {
    const text = textOf(await logOf('scenarios/node-failure.yaml'), { step: 30_000 })
    writeFileSync(join(folder, 'metrics.txt'), text)
    const args = ['tsdb', 'create-blocks-from', 'openmetrics', join(folder, 'metrics.txt'), join(folder, 'data')]
    const { status, stdout, stderr } = spawnSync('promtool', args, { encoding: 'utf8' })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    const samples = stdout.split('\n').flatMap((line) => /^\S{26} +\d+ +\d+ +\S+ +(\d+) /.exec(line)?.[1] ?? [])
    expect(samples.reduce((all, count) => all + Number(count), 0)).toBe(parse(text).length)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

describe('the reader of these tests', () => {
  it.each([
    ['# TYPE a gauge\na{} 1\n', 'there is no # EOF'],
    ['# TYPE a gauge\na{} 1\n# TYPE b gauge\nb{} 1\n# TYPE a gauge\n# EOF\n', 'twice the family a'],
    ['# TYPE a gauge\na{x="1"} 1\na{x="2"} 1\na{x="1"} 1\n# EOF\n', 'a series in two places'],
    ['# TYPE a gauge\na{} 1 5\na{} 1 5\n# EOF\n', 'time goes back'],
    ['# TYPE a counter\na{} 1\n# EOF\n', 'is no a'],
    ['# TYPE a gauge\na{x="1"y="2"} 1\n# EOF\n', 'not labels'],
    ['# TYPE a gauge\na{x="\\q"} 1\n# EOF\n', 'not labels'],
    ['# TYPE a gauge\na{} one\n# EOF\n', 'not a sample'],
  ])('refuses %j', (text, reason) => {
    expect(() => parse(text)).toThrow(reason)
  })
})
