import { decodeScenario, formatIssues, type Scenario } from '@wavetank/scenario'
import { isLeft } from 'fp-ts/lib/Either.js'
import { scenarioOptions } from 'wavetank'

/** What the benchmarks of whole clusters run: files as a user would write them, made in memory. */

/** A scenario of the fields given, read as a file would be. */
export const scenarioOf = (name: string, fields: Readonly<Record<string, unknown>>): Scenario => {
  const file = { apiVersion: 'wavetank.dev/v1alpha1', kind: 'Scenario', metadata: { name }, ...fields }
  const input = { file: `${name}.json`, text: JSON.stringify(file), resolved: new Map(), texts: new Map() }
  const decoded = decodeScenario(input, scenarioOptions)
  if (isLeft(decoded)) throw new Error(formatIssues(decoded.left))
  return decoded.right.scenario
}

export interface Workload {
  readonly name: string
  readonly namespace?: string
  readonly replicas: number
  readonly image?: string
  readonly requests?: Readonly<Record<string, string>>
  /** Fields of its container besides. */
  readonly container?: object
  /** Fields of its pods besides. */
  readonly pod?: object
}

export const deploymentOf = (workload: Workload): object => {
  const { name, namespace, replicas, image = 'example/app:1', container = {}, pod = {} } = workload
  const { requests = { cpu: '100m', memory: '64Mi' } } = workload
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { containers: [{ name: 'main', image, resources: { requests }, ...container }], ...pod },
      },
    },
  }
}

const PODS_PER_DEPLOYMENT = 150

/** As many Deployments as it takes, all but the last of equal size. */
export const deploymentsOf = (
  pods: number,
  more: (name: string, i: number) => Partial<Workload> = () => ({}),
): readonly object[] =>
  Array.from({ length: Math.ceil(pods / PODS_PER_DEPLOYMENT) }, (_, i) => {
    const replicas = Math.min(PODS_PER_DEPLOYMENT, pods - i * PODS_PER_DEPLOYMENT)
    return deploymentOf({ name: `app-${i}`, replicas, ...more(`app-${i}`, i) })
  })

const ZONES = ['a', 'b', 'c']

export const nodesOf = (count: number, capacity: Readonly<Record<string, string>> = { cpu: '16', memory: '64Gi' }) => [
  { name: 'n', count, zones: ZONES, capacity: { ...capacity, pods: '110' } },
]

/** Clients that may call the API this often a second, and twice as often in a burst. */
export const clientsOf = (qps: number): object => ({
  'kube-controller-manager': { 'kube-api-qps': qps, 'kube-api-burst': 2 * qps },
  'kube-scheduler': { 'client-connection-qps': qps, 'client-connection-burst': 2 * qps },
})

/** Nodes that lose power for half an hour, one after another, evenly spread over the time. */
export const failuresOf = (failures: number, nodes: number, hours: number): readonly object[] =>
  Array.from({ length: failures }, (_, i) => ({
    at: `${Math.round(((i + 1) * hours * 3_600) / (failures + 1))}s`,
    fail: { node: `n-${((i * 97) % nodes) + 1}`, for: '30m' },
  }))
