import type { Pool } from './node-pool.ts'
import { capacityOf } from './node-pool.ts'

/** A claim about a workload, and what came of it in a first run. */
export interface Claim {
  readonly name: string
  /** CEL. */
  readonly expression: string
  /** Why it does not hold, if it does not. */
  readonly evidence?: string | undefined
}

/** What the scenario file says. */
export interface Draft {
  readonly name: string
  readonly manifests: readonly string[]
  /** A KubeSchedulerConfiguration. */
  readonly scheduler?: string | undefined
  /** None, if the manifests bring nodes. */
  readonly pool?: Pool | undefined
  /** Owners whose containers end: `Job/ns/name`. */
  readonly ending: readonly { readonly kind: string; readonly namespace: string; readonly name: string }[]
  /** The node that fails. */
  readonly node?: string | undefined
  readonly claims: readonly Claim[]
}

export const DURATION = '30m'
const FAILS_AT = '5m'
const FAILS_FOR = '10m'

/** Text that YAML takes as it stands, and as text; anything else in quotes. */
export const scalar = (text: string): string =>
  /^[A-Za-z_./][A-Za-z0-9_./@-]*( [A-Za-z0-9_./@-]+)*$/.test(text) &&
  !/^(y|n|yes|no|on|off|true|false|null)$/i.test(text)
    ? text
    : JSON.stringify(text)

const poolText = (pool: Pool): string => {
  const { cpu, memory } = capacityOf(pool) as { cpu: string; memory: string }
  const labels = Object.entries(pool.labels)
  return [
    'nodes:',
    '  - name: worker',
    `    count: ${pool.count}`,
    `    capacity: { cpu: ${JSON.stringify(cpu)}, memory: ${memory} }`,
    ...(pool.zones ? ['    zones: [zone-a, zone-b, zone-c]'] : []),
    ...(labels.length === 0
      ? []
      : ['    labels:', ...labels.map(([key, value]) => `      ${scalar(key)}: ${scalar(value)}`)]),
  ].join('\n')
}

const endingText = (ending: Draft['ending']): string =>
  [
    '# A manifest does not say how long work takes.',
    'behaviors:',
    ...ending.flatMap(({ kind, namespace, name }) => [
      `  - match: { namespace: ${scalar(namespace)}, owner: ${scalar(`${kind}/${name}`)} }`,
      '    run: { for: 30s }',
    ]),
  ].join('\n')

const claimText = ({ name, expression, evidence }: Claim): string => {
  const lines = [`  - name: ${scalar(name)}`, `    at: ${DURATION}`, `    that: ${expression}`]
  if (evidence === undefined) return lines.join('\n')
  return [`  # Not so: ${evidence.replaceAll('\n', ' ')}`, ...lines.map((line) => `  # ${line.slice(2)}`)].join('\n')
}

/** The text of a scenario file. */
export const scenarioText = ({ name, manifests, scheduler, pool, ending, node, claims }: Draft): string => {
  const holding = claims.some(({ evidence }) => evidence === undefined)
  return `${[
    '# Written by `wavetank init`; run it with `wavetank run`. What else can stand here: docs/scenario-format.md',
    'apiVersion: wavetank.dev/v1alpha1',
    'kind: Scenario',
    `metadata:\n  name: ${scalar(name)}`,
    `duration: ${DURATION}`,
    ['manifests:', ...manifests.map((path) => `  - ${scalar(path)}`)].join('\n'),
    ...(scheduler === undefined ? [] : [`schedulerConfiguration: ${scalar(scheduler)}`]),
    ...(pool === undefined ? ['# The nodes are those of the manifests.'] : [poolText(pool)]),
    ...(ending.length === 0 ? [] : [endingText(ending)]),
    ...(node === undefined
      ? []
      : [
          '# A first failure: the node that runs most loses power, and comes back.',
          `timeline:\n  - at: ${FAILS_AT}\n    fail: { node: ${scalar(node)}, for: ${FAILS_FOR} }`,
        ]),
    ...(claims.length === 0 ? [] : [[`expect:${holding ? '' : ' []'}`, ...claims.map(claimText)].join('\n')]),
  ].join('\n')}\n`
}

/** When the node fails, in milliseconds. */
export const FAILS_AT_MILLIS = 5 * 60_000
