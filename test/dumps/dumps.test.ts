import { isReady } from '@wavetank/cluster'
import type { Entry } from '@wavetank/kernel'
import { getTable } from '@wavetank/report'
import { describe, expect, it } from 'vitest'
import { createSimulation } from 'wavetank'
import { everyKind } from '../laws/every-kind.ts'
import { type Dumped, type DumpRun, decode, dumpOf, harbour, made, runDump } from './dump.ts'

const keyOf = ({ metadata }: Dumped): string => `${metadata.namespace}/${metadata.name}`
const podsIn = (dump: readonly Dumped[]): readonly Dumped[] => dump.filter(({ kind }) => kind === 'Pod')
const subject = ({ event }: Entry): string => {
  const { pod, object } = event as unknown as { readonly pod?: string; readonly object?: string }
  return pod ?? object ?? ''
}
const of = (...kinds: readonly string[]): readonly Dumped[] => harbour.filter(({ kind }) => kinds.includes(kind))
const start = (run: DumpRun, kind: string, pod: string): Record<string, unknown> | undefined =>
  run.entries.find(({ event }) => event.kind === kind && (event as unknown as { pod: string }).pod === pod)
    ?.event as unknown as Record<string, unknown>

describe('a dump of a live cluster', () => {
  const run = runDump(harbour)

  it('loads without a word, though much of it is generated or says nothing here', () => {
    expect(run.warnings).toEqual([])
  })

  it('is not collected: only the pod that was being deleted goes', () => {
    const deleted = run.entries.filter(({ event }) => event.kind.endsWith('Deleted'))
    expect(deleted.map(subject)).toEqual(['ferry/leaving'])
    expect(run.entries.filter(({ event }) => event.kind === 'PodMarkedForDeletion').map(subject)).toEqual([
      'ferry/leaving',
    ])
  })

  it('runs on with what its behaviours use, and is watched as all others are', () => {
    const running = podsIn(harbour).find(({ status }) => (status as { readonly phase: string }).phase === 'Running')!
    const { containers } = running.spec as {
      readonly containers: readonly { readonly name: string; readonly image: string }[]
    }
    const match = { namespace: running.metadata.namespace, container: containers[0]!.name, image: containers[0]!.image }
    const leak = { match, memory: { leak: { from: '1Gi', rise: '1Gi', every: '10s' } } }
    const { entries } = runDump(harbour, { behaviors: [leak] })
    const resumed = entries.filter(({ event }) => event.kind === 'ContainerResumed').map(subject)
    expect(resumed).toContain(keyOf(running))
    expect(entries.some(({ event }) => event.kind === 'NodePressureChanged' || event.kind === 'NodeOutOfMemory')).toBe(
      true,
    )
  })

  it('is complete: no controller makes anything a second time', () => {
    const created = run.entries.filter(
      ({ by, event }) => by !== 'scenario' && (event.kind.endsWith('Created') || event.kind === 'PodTemplateRecorded'),
    )
    expect(created.map(({ by, event }) => `${by} ${event.kind}`)).toEqual([])
  })

  it('keeps the uids, and with them who owns what', () => {
    for (const dumped of podsIn(harbour)) {
      const pod = run.view.pods.get(keyOf(dumped))
      if (pod === undefined) continue
      expect(pod.uid).toBe(dumped.metadata.uid)
      const [owner] = (dumped.metadata.ownerReferences ?? []) as readonly { readonly uid: string }[]
      expect(pod.owner?.uid).toBe(owner?.uid)
    }
    const set = run.view.replicaSets.get('ferry/booking-7d9c6b8f5')
    expect(set?.owner?.uid).toBe(run.view.deployments.get('ferry/booking')?.uid)
    expect(run.view.podsByOwner.get(set?.uid ?? '')?.size).toBe(3)
  })

  it('runs on: pods are where they were, and as ready as they were, from the first instant', () => {
    for (const dumped of podsIn(harbour)) {
      const spec = dumped.spec as { readonly nodeName?: string }
      const { phase, conditions } = dumped.status as {
        readonly phase: string
        readonly conditions: readonly { readonly type: string; readonly status: string }[]
      }
      const resumed = start(run, 'PodResumed', keyOf(dumped))
      if (phase === 'Pending') {
        expect(resumed).toBeUndefined()
        continue
      }
      expect(start(run, 'PodCreated', keyOf(dumped))?.node).toBe(spec.nodeName)
      expect(resumed?.phase).toBe(phase)
      const ready = conditions.some(({ type, status }) => type === 'Ready' && status === 'True')
      expect(resumed?.ready, keyOf(dumped)).toBe(ready)
    }
    expect(made(run, 'PodBound')).toEqual([])
    expect(made(run, 'PodAccepted')).toEqual([])
  })

  it('has the same counts in the status of every workload a second later', () => {
    const first = runDump(harbour, { duration: '1s' })
    const options = { kinds: ['Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet', 'Job'] }
    expect(getTable(first.view, 1_000, { ...options, namespace: 'ferry' }).text).toMatchInlineSnapshot(`
      "NAME                      READY   UP-TO-DATE   AVAILABLE   AGE
      deployment.apps/booking   3/3     3            3           1s
      deployment.apps/tariffs   0/1     1            0           1s

      NAME                                 DESIRED   CURRENT   READY   AGE
      replicaset.apps/booking-58b4f7c9d6   0         0         0       1s
      replicaset.apps/booking-7d9c6b8f5    3         3         3       1s
      replicaset.apps/tariffs-6c5d4        1         1         0       1s

      NAME                      READY   AGE
      statefulset.apps/ledger   2/2     1s

      NAME                            STATUS     COMPLETIONS   DURATION   AGE
      job.batch/report-october        Running    1/4           1s         1s
      job.batch/report-september      Complete   4/4           0s         1s
      job.batch/tide-table-29337120   Running    0/1           1s         1s
      "
    `)
  })

  it('does not update pods whose revision only Kubernetes can name', () => {
    expect(run.view.statefulSets.get('ferry/ledger')?.status).toMatchObject({
      currentRevision: 'ledger-5b77d86f4c',
      updateRevision: 'ledger-5b77d86f4c',
      updatedReplicas: 2,
    })
    expect(run.view.daemonSets.get('kube-system/kube-proxy')?.status.updatedNumberScheduled).toBe(4)
  })

  it('rolls out a new template from where it stands', () => {
    const rollout = runDump(harbour, {
      timeline: [
        { at: '1m', kubectl: 'set image deployment/booking web=example.com/ferry/booking:3.3.0 -n ferry' },
        { at: '1m', kubectl: 'set image statefulset/ledger postgres=example.com/ferry/ledger:17 -n ferry' },
        {
          at: '1m',
          kubectl: 'set image daemonset/kube-proxy kube-proxy=registry.k8s.io/kube-proxy:v1.34.2 -n kube-system',
        },
      ],
    })
    const { view } = rollout
    expect(view.deployments.get('ferry/booking')?.annotations['deployment.kubernetes.io/revision']).toBe('3')
    expect(view.replicaSets.get('ferry/booking-7d9c6b8f5')?.replicas).toBe(0)
    expect(view.statefulSets.get('ferry/ledger')?.status.updatedReplicas).toBe(2)
    // The one pod that may be missing is that of the dead node already.
    expect(view.daemonSets.get('kube-system/kube-proxy')?.status.updatedNumberScheduled).toBe(0)
  })

  it('goes back to a template from before, whose ReplicaSet it has', () => {
    const { view } = runDump(harbour, {
      timeline: [{ at: '1m', kubectl: 'rollout undo deployment/booking -n ferry' }],
    })
    expect(view.replicaSets.get('ferry/booking-58b4f7c9d6')?.status.readyReplicas).toBe(3)
  })

  it('leaves finished Jobs finished, and lets the others count on', () => {
    expect(run.view.jobs.get('ferry/report-september')?.status).toMatchObject({ succeeded: 4 })
    const { view } = runDump(harbour, {
      behaviors: [{ match: { image: 'example.com/ferry/reports:*' }, run: { for: '20s' } }],
    })
    const october = view.jobs.get('ferry/report-october')
    expect(october?.status.succeeded).toBe(4)
    // One had succeeded, two were running, so one more was made.
    expect([...view.pods.values()].filter(({ owner }) => owner?.uid === october?.uid)).toHaveLength(4)
  })

  it('lets a CronJob know of the Job that is running', () => {
    const { view } = runDump(harbour, { start: '2025-01-01T00:59:00Z' })
    // Forbid: the Job of the dump has not ended.
    expect([...view.jobs.values()].filter(({ owner }) => owner?.name === 'tide-table')).toHaveLength(1)
  })

  it('takes a node of which nobody has heard for one without power', () => {
    const { view } = runDump(harbour, { timeline: [{ at: '1m', recover: { node: 'harbour-worker3' } }] })
    const node = view.nodes.get('harbour-worker3')
    expect(node?.conditions.find(({ type }) => type === 'Ready')?.status).toBe('True')
    expect(node?.taints).toEqual([])
    expect([...(node?.pods ?? [])].map((pod) => isReady(pod as never))).toEqual([true])
  })

  it('goes on waiting between two crashes', () => {
    const restarts = made(run, 'ContainerStarted')
    expect(restarts.map(({ event }) => (event as unknown as { restart: number }).restart)).toEqual([7])
    expect(restarts[0]!.at).toBeGreaterThanOrEqual(300_000)
  })

  it('is the same whatever the order of its objects', () => {
    const backwards = runDump([...harbour].reverse())
    expect(backwards.entries).toEqual(run.entries)
  })
})

describe('a part of a dump', () => {
  it('is loaded without the owners that it lacks, and says so once for each', () => {
    const run = runDump(of('Node', 'Namespace', 'Pod'))
    expect(run.warnings.filter((warning) => warning.includes('WT046')).sort()).toMatchInlineSnapshot(`
      [
        "WT046 no manifest brings DaemonSet kube-system/kube-proxy, the owner of Pod kube-system/kube-proxy-wkkfr: what it owns is loaded without an owner",
        "WT046 no manifest brings Job ferry/report-october, the owner of Pod ferry/report-october-bnks5: what it owns is loaded without an owner",
        "WT046 no manifest brings Job ferry/report-september, the owner of Pod ferry/report-september-t4xpg: what it owns is loaded without an owner",
        "WT046 no manifest brings Job ferry/tide-table-29337120, the owner of Pod ferry/tide-table-29337120-ntnhk: what it owns is loaded without an owner",
        "WT046 no manifest brings ReplicaSet ferry/booking-7d9c6b8f5, the owner of Pod ferry/booking-7d9c6b8f5-hbdn9: what it owns is loaded without an owner",
        "WT046 no manifest brings ReplicaSet ferry/tariffs-6c5d4, the owner of Pod ferry/tariffs-6c5d4-pk6dd: what it owns is loaded without an owner",
        "WT046 no manifest brings StatefulSet ferry/ledger, the owner of Pod ferry/ledger-0: what it owns is loaded without an owner",
      ]
    `)
    expect(run.entries.filter(({ event }) => event.kind === 'PodDeleted').map(subject)).toEqual(['ferry/leaving'])
    expect(run.view.pods.get('ferry/ledger-0')?.owner).toBeUndefined()
  })

  it('is scheduled anew where its nodes are not there, without the pods that belong to them', () => {
    const run = runDump(
      harbour.filter(({ kind }) => kind !== 'Node'),
      { nodes: [{ name: 'other', count: 3, capacity: { cpu: '4', memory: '8Gi' } }], duration: '2m' },
    )
    expect(run.warnings.filter((warning) => warning.includes('WT047'))).toHaveLength(4)
    const pods = [...run.view.pods.values()]
    expect(
      pods.filter(({ owner }) => owner?.kind === 'ReplicaSet').every(({ node }) => node.startsWith('other-')),
    ).toBe(true)
    expect(pods.filter(({ name }) => name.startsWith('kube-apiserver'))).toEqual([])
    expect(
      pods
        .filter(({ owner }) => owner?.kind === 'DaemonSet')
        .map(({ node }) => node)
        .sort(),
    ).toEqual(['other-1', 'other-2', 'other-3'])
  })

  it('does not lose the volumes of claims that were left out: they are not loaded', () => {
    const { view } = runDump(of('Node', 'Namespace', 'PersistentVolume', 'StorageClass'))
    expect(view.persistentVolumes.size).toBe(0)
  })

  it('finds an owner by its name where that was written by hand, without a uid', () => {
    const bare = harbour.map((object) => {
      if (object.kind !== 'ReplicaSet') return object
      const { uid: _, ...metadata } = object.metadata
      return { ...object, metadata }
    })
    const run = runDump(bare)
    expect(made(run, 'PodCreated')).toEqual([])
    expect(run.view.replicaSets.get('ferry/booking-7d9c6b8f5')?.status.readyReplicas).toBe(3)
  })
})

describe('what wavetank itself prints', () => {
  const quiet = {
    ...everyKind,
    duration: '3m',
    timeline: [],
    manifests: everyKind.manifests.filter((manifest) => !['Job', 'CronJob'].includes((manifest as Dumped).kind)),
  }

  it('loads, and nothing is made or lost', () => {
    const simulation = createSimulation(decode(quiet).scenario)
    while (simulation.advance(100_000) === undefined);
    const dump = dumpOf(simulation.view)
    const again = runDump(dump, { duration: '3m' })
    expect(made(again, 'PodCreated')).toEqual([])
    expect(made(again, 'PodDeleted')).toEqual([])
    expect(again.view.pods.size).toBe(simulation.view.pods.size)
    const names = (dumped: readonly Dumped[]): readonly string[] =>
      dumped.map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? ''}/${metadata.name} ${metadata.uid}`).sort()
    expect(names(dumpOf(again.view))).toEqual(names(dump))
  })
})
