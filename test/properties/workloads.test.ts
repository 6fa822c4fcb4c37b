import {
  type ClusterView,
  type DeepReadonly,
  type Deployment,
  isActive,
  isTerminal,
  type Pod,
  type ReplicaSet,
} from '@wavetank/cluster'
import type { Entry } from '@wavetank/kernel'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSimulation } from 'wavetank'
import { check as checkAll } from './check.ts'
import { type RandomFile, readScenario } from './random-scenario.ts'
import { SETTLED, workloads } from './random-workloads.ts'

/** What holds for every workload controller, whatever people do and whichever nodes fail. */

const calm = workloads({ crashes: false })
const stormy = workloads({ crashes: true })

/** These runs are long; half as many find what there is to find. */
const check = (property: fc.IProperty<[RandomFile]>): void => checkAll(property, 0.5)

type Look = (entry: Entry, view: ClusterView) => void

const run = (file: RandomFile, look: Look = () => {}): ClusterView => {
  const simulation = createSimulation(readScenario(file), { onEntry: look })
  while (simulation.advance(100_000) === undefined);
  return simulation.view
}

interface Owned {
  readonly owner?: { readonly kind: string } | undefined
}

const podOf = ({ event }: Entry): string => (event as unknown as { readonly pod: string }).pod
const objectOf = ({ event }: Entry): string => (event as unknown as { readonly object: string }).object

/** Whose pods, and whose objects, each controller may write to. */
const OWN: Readonly<Record<string, string>> = {
  'deployment-controller': 'Deployment',
  'replicaset-controller': 'ReplicaSet',
  'replication-controller': 'ReplicationController',
  'daemonset-controller': 'DaemonSet',
  'statefulset-controller': 'StatefulSet',
  'job-controller': 'Job',
  'cronjob-controller': 'CronJob',
}

const podsOf = (view: ClusterView, uid: string): readonly Pod[] => [...(view.podsByOwner.get(uid) ?? [])] as Pod[]
const activeOf = (view: ClusterView, uid: string): readonly Pod[] => podsOf(view, uid).filter(isActive)

const setsOf = (view: ClusterView, uid: string): readonly ReplicaSet[] =>
  [...(view.objectsByOwner.get(uid) ?? [])].filter(({ kind }) => kind === 'ReplicaSet') as unknown as ReplicaSet[]

const resolved = (value: number | string, of: number, round: (n: number) => number): number =>
  typeof value === 'number' ? value : round((Number.parseInt(value, 10) * of) / 100)

const surgeOf = ({ strategy, replicas }: DeepReadonly<Deployment>): number =>
  strategy.type === 'Recreate' ? 0 : resolved(strategy.maxSurge ?? 0, replicas, Math.ceil)

const unavailableOf = (deployment: DeepReadonly<Deployment>): number => {
  const { strategy, replicas } = deployment
  const unavailable = resolved(strategy.maxUnavailable ?? 0, replicas, Math.floor)
  return Math.min(replicas, surgeOf(deployment) === 0 && unavailable === 0 ? 1 : unavailable)
}

describe('a quiet controller', () => {
  it('stays quiet: when nothing happens any more, nothing is written any more', () => {
    check(
      fc.property(calm, (file) => {
        const late: string[] = []
        run(file, (entry) => {
          if (entry.at > SETTLED) late.push(`${entry.at} ${entry.by} ${entry.event.kind}`)
        })
        expect(late).toEqual([])
      }),
    )
  })

  it('has what its spec says', () => {
    check(
      fc.property(calm, (file) => {
        const view = run(file)
        for (const set of [...view.replicaSets.values(), ...view.replicationControllers.values()]) {
          expect(activeOf(view, set.uid)).toHaveLength(set.replicas)
          expect(set.status.readyReplicas).toBe(set.replicas)
        }
        for (const deployment of view.deployments.values()) {
          const sets = setsOf(view, deployment.uid).filter(({ replicas }) => replicas > 0)
          expect(sets.reduce((sum, { replicas }) => sum + replicas, 0)).toBe(
            deployment.paused && sets.length > 1 ? expect.any(Number) : deployment.replicas,
          )
          if (!deployment.paused)
            for (const set of sets)
              expect(set.template.spec.containers[0]?.image).toBe(deployment.template.spec.containers[0]?.image)
        }
        for (const set of view.daemonSets.values())
          expect(
            activeOf(view, set.uid)
              .map(({ node }) => node)
              .sort(),
          ).toEqual(['n-1', 'n-2', 'n-3'])
        for (const set of view.statefulSets.values())
          expect(
            activeOf(view, set.uid)
              .map(({ name }) => name)
              .sort(),
          ).toEqual(Array.from({ length: set.replicas }, (_, ordinal) => `${set.name}-${ordinal}`))
        for (const job of view.jobs.values()) {
          const done = job.conditions.some(({ type }) => type === 'Complete' || type === 'Failed')
          expect(done || job.spec.parallelism === 0).toBe(true)
          expect(activeOf(view, job.uid)).toEqual([])
        }
      }),
    )
  })
})

describe('no controller', () => {
  it('touches a pod or an object that it does not own', () => {
    check(
      fc.property(stormy, (file) => {
        const owners = new Map<string, string | undefined>()
        const note = (key: string, object: Owned | undefined): void => {
          if (object !== undefined) owners.set(key, object.owner === undefined ? undefined : object.owner.kind)
        }
        run(file, (entry, view) => {
          const { kind } = entry.event
          const own = OWN[entry.by]
          const isPod = 'pod' in entry.event
          const isSet = !isPod && /^(ReplicaSet|Job)[A-Z]/.test(kind) && 'object' in entry.event
          if (!isPod && !isSet) return
          const key = isPod ? podOf(entry) : `${kind.startsWith('Job') ? 'Job' : 'ReplicaSet'} ${objectOf(entry)}`
          const now = isPod
            ? view.pods.get(podOf(entry))
            : (kind.startsWith('Job') ? view.jobs : view.replicaSets).get(objectOf(entry))
          if (own !== undefined && !/Due$|Refused$|Failed$|Backoff/.test(kind)) {
            const before = owners.get(key)
            if (kind.endsWith('Adopted')) expect([kind, before]).toEqual([kind, undefined])
            else if (kind.endsWith('Created')) expect([kind, now?.owner?.kind]).toEqual([kind, own])
            // An object writes its own status, and that of nobody else.
            else if (!(kind.startsWith(own) && !isPod)) expect([kind, before]).toEqual([kind, own])
          }
          note(key, now as Owned | undefined)
        })
      }),
    )
  })

  it('leaves an orphan behind a deletion that did not ask for it', () => {
    check(
      fc.property(calm, (file) => {
        const released = new Set<string>()
        const made = new Map<string, string>()
        const view = run(file, (entry, { pods }) => {
          if (entry.event.kind === 'PodReleased') released.add(podOf(entry))
          const owner = entry.event.kind === 'PodCreated' ? pods.get(podOf(entry))?.owner : undefined
          if (owner !== undefined) made.set(podOf(entry), owner.uid)
        })
        const orphans = (file.timeline as readonly { readonly kubectl?: string }[]).some(({ kubectl }) =>
          kubectl?.includes('--cascade=orphan'),
        )
        const uids = new Set(
          [
            view.deployments,
            view.replicaSets,
            view.replicationControllers,
            view.daemonSets,
            view.statefulSets,
            view.jobs,
          ].flatMap((table) => [...table.values()].map(({ uid }) => uid)),
        )
        for (const pod of view.pods.values()) {
          if (pod.owner !== undefined) expect(uids).toContain(pod.owner.uid)
          else if (made.has(pod.key)) expect(released).toContain(pod.key)
        }
        for (const set of view.replicaSets.values()) if (set.owner !== undefined) expect(uids).toContain(set.owner.uid)
        // Without a word about orphans, a pod without an owner is one whose label was taken away.
        if (!orphans)
          for (const pod of view.pods.values())
            if (pod.owner === undefined)
              expect(['released', 'rs', 'dep', 'rc', 'ds', 'sts', 'job']).toContain(pod.labels.app)
      }),
    )
  })
})

describe('a Deployment', () => {
  it('never asks for more pods than its surge allows, nor takes away so many that too few are available', () => {
    check(
      fc.property(stormy, (file) => {
        interface Before {
          readonly total: number
          readonly standing: number
          readonly resized: boolean
        }
        const before = new Map<string, Before>()
        const standing = (sets: readonly ReplicaSet[]): number =>
          sets.reduce((sum, { replicas, status }) => sum + Math.min(replicas, status.availableReplicas), 0)
        const totalOf = (sets: readonly ReplicaSet[]): number => sets.reduce((sum, { replicas }) => sum + replicas, 0)
        run(file, (entry, view) => {
          const { kind } = entry.event
          for (const deployment of view.deployments.values()) {
            const sets = setsOf(view, deployment.uid)
            const was = before.get(deployment.uid) ?? { total: 0, standing: 0, resized: false }
            const now = { total: totalOf(sets), standing: standing(sets) }
            if (entry.by === 'deployment-controller' && /^ReplicaSet(Scaled|Created|Deleted)$/.test(kind)) {
              if (now.total > was.total)
                expect(now.total).toBeLessThanOrEqual(deployment.replicas + surgeOf(deployment))
              // A change of size is shared out over what there is, and minds nothing else.
              if (now.standing < was.standing && deployment.strategy.type !== 'Recreate' && !was.resized)
                expect(now.standing).toBeGreaterThanOrEqual(deployment.replicas - unavailableOf(deployment))
            }
            const resized = sets.some(
              ({ replicas, annotations }) =>
                replicas > 0 && annotations['deployment.kubernetes.io/desired-replicas'] !== `${deployment.replicas}`,
            )
            before.set(deployment.uid, { ...now, resized })
          }
        })
      }),
    )
  })
})

describe('a StatefulSet', () => {
  it('never has two pods of one ordinal: no second one is made, and none runs on two nodes', () => {
    check(
      fc.property(stormy, (file) => {
        const runningOn = new Map<string, Set<string>>()
        run(file, (entry, view) => {
          const { kind } = entry.event
          if (kind === 'NodeFailed') {
            const { node } = entry.event as unknown as { readonly node: string }
            for (const nodes of runningOn.values()) nodes.delete(node)
          }
          if (kind === 'ContainerStarted' || kind === 'ContainerExited') {
            const pod = view.pods.get(podOf(entry))
            if (pod?.owner?.kind !== 'StatefulSet') return
            const nodes = runningOn.get(pod.key) ?? new Set<string>()
            runningOn.set(pod.key, nodes)
            if (kind === 'ContainerExited') nodes.delete(pod.node)
            else nodes.add(pod.node)
            expect(nodes.size).toBeLessThanOrEqual(1)
          }
          if (kind !== 'PodCreated') return
          for (const set of view.statefulSets.values()) {
            const ordinals = podsOf(view, set.uid).map(({ labels }) => labels['apps.kubernetes.io/pod-index'])
            expect(new Set(ordinals).size).toBe(ordinals.length)
          }
        })
      }),
    )
  })
})

describe('a DaemonSet', () => {
  it('never has two active pods on a node without surge', () => {
    check(
      fc.property(stormy, (file) => {
        run(file, ({ event: { kind } }, view) => {
          if (kind !== 'PodCreated' && kind !== 'PodBound') return
          for (const set of view.daemonSets.values()) {
            const { updateStrategy } = set
            const surges = JSON.stringify(updateStrategy).includes('"maxSurge":1')
            const pods = podsOf(view, set.uid).filter((pod) => !isTerminal(pod))
            for (const node of view.nodes.keys())
              expect(pods.filter((pod) => (pod.affinityNode ?? pod.node) === node).length).toBeLessThanOrEqual(
                surges ? 2 : 1,
              )
          }
        })
      }),
    )
  })
})

describe('a Job', () => {
  it('never counts more successes than completions, nor lets more pods work than parallelism', () => {
    check(
      fc.property(stormy, (file) => {
        run(file, (entry, view) => {
          if (entry.by !== 'job-controller') return
          for (const job of view.jobs.values()) {
            expect(job.status.succeeded).toBeLessThanOrEqual(job.spec.completions ?? Number.POSITIVE_INFINITY)
            if (entry.event.kind === 'PodCreated')
              expect(activeOf(view, job.uid).length).toBeLessThanOrEqual(job.spec.parallelism)
          }
        })
      }),
    )
  })
})
