import type { ClusterView } from '@wavetank/cluster'
import { explainPod, type SchedulerMemory } from '@wavetank/controllers'
import { createDraw, type Entry } from '@wavetank/kernel'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createSimulation } from 'wavetank'
import { readScenario } from './random-scenario.ts'

/** Whole runs in which pods of every wish and priority fight for little room, while nodes fail and are drained. */

const APPS = ['web', 'api', 'db'] as const
const app = fc.constantFrom(...APPS)
const selector = app.map((value) => ({ matchLabels: { app: value } }))
const topologyKey = fc.constantFrom('kubernetes.io/hostname', 'topology.kubernetes.io/zone')
const term = fc.record({ labelSelector: selector, topologyKey })
const required = fc.record({ requiredDuringSchedulingIgnoredDuringExecution: fc.array(term, { maxLength: 1 }) })
const rarely = <A>(arbitrary: fc.Arbitrary<A>): fc.Arbitrary<A | undefined> =>
  fc.oneof({ weight: 1, arbitrary }, { weight: 2, arbitrary: fc.constant(undefined) })

const spec = fc
  .record({
    affinity: rarely(fc.record({ podAffinity: rarely(required), podAntiAffinity: rarely(required) })),
    spread: rarely(
      fc.record({
        maxSkew: fc.integer({ min: 1, max: 2 }),
        topologyKey,
        whenUnsatisfiable: fc.constantFrom('DoNotSchedule', 'ScheduleAnyway'),
        labelSelector: selector,
      }),
    ),
    nodeSelector: rarely(fc.constant({ disk: 'ssd' })),
    tolerates: fc.boolean(),
    priorityClassName: fc.constantFrom('low', 'low', 'high'),
    cpu: fc.constantFrom('500m', '1', '2'),
    memory: fc.constantFrom('512Mi', '2Gi'),
    hostPort: rarely(fc.constantFrom(8080, 9090)),
    claim: rarely(fc.constantFrom('a', 'b', 'made')),
    run: fc.boolean(),
  })
  .map(({ affinity, spread, nodeSelector, tolerates, priorityClassName, cpu, memory, hostPort, claim, run }) => ({
    affinity,
    topologySpreadConstraints: spread === undefined ? undefined : [spread],
    nodeSelector,
    tolerations: tolerates ? [{ key: 'dedicated', operator: 'Exists' }] : [],
    priorityClassName,
    terminationGracePeriodSeconds: 5,
    volumes:
      claim === undefined ? undefined : [{ name: 'data', persistentVolumeClaim: { claimName: `claim-${claim}` } }],
    containers: [
      {
        name: 'main',
        image: run ? 'example/short:1' : 'example/long:1',
        resources: { requests: { cpu, memory } },
        ports: hostPort === undefined ? [] : [{ containerPort: hostPort, hostPort }],
      },
    ],
  }))

const replicaSet = fc.record({ spec, replicas: fc.integer({ min: 1, max: 6 }), app }).map((set) => set)

const volume = (name: string, zone: string): object => ({
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name: `volume-${name}` },
  spec: {
    capacity: { storage: '1Gi' },
    accessModes: ['ReadWriteOnce'],
    storageClassName: 'disk',
    csi: { driver: 'disk.example.com', volumeHandle: name },
    nodeAffinity: {
      required: {
        nodeSelectorTerms: [
          { matchExpressions: [{ key: 'topology.kubernetes.io/zone', operator: 'In', values: [zone] }] },
        ],
      },
    },
  },
})
const claim = (name: string, more: object): object => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: `claim-${name}` },
  spec: {
    accessModes: ['ReadWriteOnce'],
    storageClassName: 'disk',
    resources: { requests: { storage: '1Gi' } },
    ...more,
  },
})
const priorityClass = (name: string, value: number): object => ({
  apiVersion: 'scheduling.k8s.io/v1',
  kind: 'PriorityClass',
  metadata: { name },
  value,
})

const happening = fc.constantFrom(
  { fail: { node: 'n-1' } },
  { recover: { node: 'n-1' } },
  { kubectl: 'drain n-2 --force --ignore-daemonsets --delete-emptydir-data' },
  { kubectl: 'uncordon n-2' },
  { kubectl: 'taint nodes n-3 dedicated=x:NoSchedule --overwrite' },
  { kubectl: 'delete pods -l app=web' },
)

const scenarioFile = fc
  .record({
    seed: fc.nat(1_000_000),
    sets: fc.array(replicaSet, { minLength: 3, maxLength: 7 }),
    timeline: fc.array(fc.tuple(fc.integer({ min: 1, max: 500 }), happening), { maxLength: 5 }),
  })
  .map(({ seed, sets, timeline }) => ({
    apiVersion: 'wavetank.dev/v1alpha1',
    kind: 'Scenario',
    metadata: { name: 'crowded' },
    seed,
    duration: '10m',
    nodes: [
      { name: 'n', count: 3, zones: ['a', 'b'], capacity: { cpu: '4', memory: '8Gi' }, labels: { disk: 'ssd' } },
      { name: 'm', count: 1, zones: ['c'], capacity: { cpu: '3', memory: '8Gi', pods: '4' } },
    ],
    behaviors: [{ match: { image: 'example/short:1' }, run: { for: '90s', exitCode: 0 } }],
    manifests: [
      priorityClass('low', 1),
      priorityClass('high', 1_000),
      {
        apiVersion: 'storage.k8s.io/v1',
        kind: 'StorageClass',
        metadata: { name: 'disk' },
        provisioner: 'disk.example.com',
        volumeBindingMode: 'WaitForFirstConsumer',
      },
      volume('a', 'a'),
      volume('b', 'b'),
      claim('a', { volumeName: 'volume-a' }),
      claim('b', { volumeName: 'volume-b' }),
      claim('made', {}),
      ...sets.map(({ spec: podSpec, replicas, app: name }, i) => ({
        apiVersion: 'apps/v1',
        kind: 'ReplicaSet',
        metadata: { name: `set-${i}` },
        spec: {
          replicas,
          selector: { matchLabels: { set: `s${i}` } },
          template: { metadata: { labels: { app: name, set: `s${i}` } }, spec: podSpec },
        },
      })),
    ],
    timeline: [...timeline].sort(([x], [y]) => x - y).map(([at, what]) => ({ at: `${at}s`, ...what })),
  }))

/** Counted anew from the pods, since what the node says of itself is what is to be checked. */
const use = (view: ClusterView, node: string) => {
  let [cpu, memory, pods] = [0, 0, 0]
  const ports: number[] = []
  for (const pod of view.pods.values()) {
    if (pod.node !== node || pod.phase === 'Succeeded' || pod.phase === 'Failed') continue
    cpu += pod.template.requests.cpuMillis
    memory += pod.template.requests.memoryBytes
    pods++
    for (const container of pod.template.spec.containers)
      for (const { hostPort } of container.ports ?? []) if (hostPort !== undefined) ports.push(hostPort)
  }
  return { cpu, memory, pods, ports }
}

const priorityIn = (view: ClusterView, pod: string): number => view.pods.get(pod)?.template.spec.priority ?? 0

it('no run commits a node too much, binds a pod against a filter, or preempts who is as important', () => {
  const seen = { bound: 0, explained: 0, preempted: 0, refused: 0 }
  const wrong: string[] = []
  fc.assert(
    fc.property(scenarioFile, (file) => {
      const scenario = readScenario(file)
      const draw = createDraw(scenario.seed)
      let cycle = -1
      const check = (entry: Entry, view: ClusterView): void => {
        const { seq, at, by, cause, event } = entry
        const { kind, pod, node, victims } = event as unknown as {
          readonly kind: string
          readonly pod: string
          readonly node: string
          readonly victims: readonly string[]
        }
        if (kind === 'SchedulingCycleDue') cycle = seq
        if (kind === 'PodUnschedulable') seen.refused++
        if (kind === 'PreemptionDue') {
          for (const victim of victims) {
            seen.preempted++
            if (priorityIn(view, victim) >= priorityIn(view, pod)) wrong.push(`t=${at} ${pod} preempts ${victim}`)
          }
        }
        if (kind !== 'PodBound' || by !== 'default-scheduler') return
        seen.bound++
        const { allocatable } = view.nodes.get(node)!
        const { cpu, memory, pods, ports } = use(view, node)
        if (cpu > allocatable.cpuMillis || memory > allocatable.memoryBytes || pods > allocatable.pods)
          wrong.push(`t=${at} ${node} is committed too much with ${pod}`)
        if (new Set(ports).size < ports.length) wrong.push(`t=${at} ${pod} shares a host port on ${node}`)
        // A pod whose volumes took a while was judged when it was chosen.
        if (cause !== cycle) return
        const own = simulation.slices['default-scheduler'] as SchedulerMemory
        const explanation = explainPod(view, own, view.pods.get(pod)!, draw)!
        seen.explained++
        if (!explanation.nodes.some((one) => one.node === node && one.isFeasible))
          wrong.push(`t=${at} ${pod} is on ${node}, which ${JSON.stringify(explanation.nodes)}`)
      }
      const simulation = createSimulation(scenario, { onEntry: check })
      while (simulation.advance(100_000) === undefined);
      expect(wrong).toEqual([])
    }),
    { numRuns: Number(process.env.WAVETANK_PROPERTY_RUNS ?? 60), seed: 20_251_121 },
  )
  // Each of them has to have happened, or nothing was checked.
  expect(Math.min(seen.bound, seen.explained, seen.refused)).toBeGreaterThan(300)
  expect(seen.preempted).toBeGreaterThan(20)
})
