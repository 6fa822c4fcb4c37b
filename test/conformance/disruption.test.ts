import {
  type ClusterView,
  createEvictor,
  NodeTainted,
  PodCreated,
  PodDeleted,
  PodDisruptionTargetCleared,
  PodDisruptionTargeted,
  PodEvictionRefused,
  PodFailed,
  PodLabelled,
  PodMarkedForDeletion,
  type PodPhase,
  PodReleased,
  PodStatusReported,
  podConditionOf,
  podDisruptionBudgetEvents,
  replicaSetEvents,
} from '@wavetank/cluster'
import { DEFAULT_BEHAVIOR } from '@wavetank/controllers'
import { cancel, type SimEvent, timer } from '@wavetank/kernel'
import { at, given, stored as storedEvents, type TimedEvent } from '@wavetank/testkit'
import { isLeft } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { disruptionController } from '../../packages/controllers/src/disruption/disruption.ts'
import {
  DisruptionTargetCheckDue,
  PodDisruptionBudgetFoundUnmanagedPods,
  PodDisruptionBudgetMatchedNothing,
  PodDisruptionBudgetSyncDue,
  PodDisruptionOverdue,
  PodInSeveralBudgets,
} from '../../packages/controllers/src/disruption/events.ts'
import { type Act, create, emitting, look, minutes, node, type Played, play, respec, seconds } from './stage.ts'

/**
 * PodDisruptionBudgets. Sources: pkg/controller/disruption/disruption.go, pkg/registry/core/pod/storage/eviction.go;
 * `§` is the section of the behavioural specification.
 */

type Json = Readonly<Record<string, unknown>>

const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'main', image: 'x' }] } }
const selector = { matchLabels: { app: 'web' } }

const workload = (kind: string, name: string, replicas: number, more: Json = {}): Json => ({
  apiVersion: kind === 'ReplicationController' ? 'v1' : 'apps/v1',
  kind,
  metadata: { name, namespace: 'default', ...(more.metadata as object) },
  spec:
    kind === 'ReplicationController'
      ? { replicas, selector: { app: 'web' }, template }
      : { replicas, selector, template, ...(kind === 'StatefulSet' ? { serviceName: name } : {}) },
})
const budget = (spec: Json, name = 'web'): Json => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name, namespace: 'default' },
  spec: { selector, ...spec },
})

interface PodSpec {
  readonly name: string
  /** `ReplicaSet/web`. */
  readonly of?: string
  readonly ready?: boolean
  readonly labels?: Readonly<Record<string, string>>
  readonly phase?: PodPhase
  readonly going?: true
}

const uidsOf = (events: readonly SimEvent[]): ReadonlyMap<string, string> =>
  new Map(
    events.flatMap((event) => {
      const { kind, object, uid } = event as SimEvent & { readonly object?: string; readonly uid?: string }
      return object === undefined || uid === undefined ? [] : [[`${kind.replace('Created', '')}/${object}`, uid]]
    }),
  )

const podManifest = ({ name, of, labels = { app: 'web' } }: PodSpec, uids: ReadonlyMap<string, string>): Json => {
  const [kind = '', owner = ''] = of?.split('/') ?? []
  const uid = uids.get(`${kind}/default/${owner}`) ?? `uid of ${of}`
  const apiVersion = { ReplicationController: 'v1', Job: 'batch/v1', Widget: 'acme.io/v1' }[kind as 'Job'] ?? 'apps/v1'
  const ownerReferences = of === undefined ? undefined : [{ apiVersion, kind, name: owner, uid, controller: true }]
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', labels, ownerReferences },
    spec: { ...template.spec, nodeName: 'n1' },
  }
}

const reported = (name: string, ready: boolean, phase: PodPhase = 'Running'): SimEvent =>
  PodStatusReported({
    pod: `default/${name}`,
    phase,
    ready,
    ip: '10.0.0.1',
    containers: [{ name: 'main', ready, restartCount: 0 }],
  })

const podNode: Json = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1' }, status: { capacity: { cpu: '4' } } }

/** What has happened in a cluster with these objects and pods; budgets last, as somebody who comes late would add them. */
const history = (objects: readonly Json[], pods: readonly PodSpec[], budgets: readonly Json[] = []): SimEvent[] => {
  const uids = uidsOf(storedEvents(podNode, ...objects))
  return [
    ...storedEvents(podNode, ...objects, ...pods.map((pod) => podManifest(pod, uids)), ...budgets),
    ...pods.flatMap(({ name, ready, phase, going }) => [
      ...(phase === 'Pending' ? [] : [reported(name, ready ?? true, phase)]),
      ...(going ? [PodMarkedForDeletion({ pod: `default/${name}`, graceSeconds: 30 })] : []),
    ]),
  ]
}

const DUE = PodDisruptionBudgetSyncDue({ object: 'default/web' })
const sync = (events: readonly (SimEvent | TimedEvent)[], due: SimEvent | TimedEvent = DUE) =>
  given(disruptionController, events).when(due)

const reportOf = (events: readonly SimEvent[]): string => {
  const report = events.find(({ kind }) => kind === 'PodDisruptionBudgetStatusReported')
  const failure = events.find(({ kind }) => kind === 'PodDisruptionBudgetSyncFailed')
  if (failure !== undefined) return (failure as SimEvent & { message: string }).message
  if (report === undefined) return 'nothing'
  const { expectedPods, desiredHealthy, currentHealthy, disruptionsAllowed } = report as ReturnType<
    typeof podDisruptionBudgetEvents.StatusReported
  >
  return `${currentHealthy}/${expectedPods}, wants ${desiredHealthy}, allows ${disruptionsAllowed}`
}

/** Three pods of an owner, or of none. */
const three = (more: Partial<PodSpec> = {}, of = 'ReplicaSet/web'): readonly PodSpec[] =>
  ['a', 'b', 'c'].map((name) => ({ name, ...(of === '' ? {} : { of }), ...more }))

const set = (replicas: number): readonly Json[] => [workload('ReplicaSet', 'web', replicas)]

interface Counting {
  readonly rule: string
  readonly spec: Json
  readonly objects?: readonly Json[]
  readonly pods: readonly PodSpec[]
  readonly says: string
}

/** A ReplicaSet that a Deployment owns has to know the Deployment’s uid. */
const owned = (deployment: Json): readonly Json[] => {
  const uid = uidsOf(storedEvents(deployment)).get('Deployment/default/web')!
  const ownerReferences = [{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid, controller: true }]
  return [
    deployment,
    workload('ReplicaSet', 'web-1', 2, { metadata: { ownerReferences } }),
    workload('ReplicaSet', 'web-2', 1, { metadata: { ownerReferences } }),
  ]
}

const counting: readonly Counting[] = [
  {
    rule: '§9.1 minAvailable N: that many have to be healthy, of the pods that there are',
    spec: { minAvailable: 2 },
    objects: set(5),
    pods: three(),
    says: '3/3, wants 2, allows 1',
  },
  {
    rule: '§9.1 minAvailable N needs no controller',
    spec: { minAvailable: 2 },
    pods: three({}, ''),
    says: '3/3, wants 2, allows 1',
  },
  {
    rule: '§9.1 minAvailable N counts pods of controllers without a scale',
    spec: { minAvailable: 1 },
    pods: three({}, 'Job/batch'),
    says: '3/3, wants 1, allows 2',
  },
  {
    rule: '§9.1 minAvailable N, more than there are: nothing is allowed, and never less than nothing',
    spec: { minAvailable: 7 },
    objects: set(3),
    pods: three(),
    says: '3/3, wants 7, allows 0',
  },
  {
    rule: '§9.1 minAvailable 0 allows all',
    spec: { minAvailable: 0 },
    objects: set(3),
    pods: three(),
    says: '3/3, wants 0, allows 3',
  },
  {
    rule: '§9.1 minAvailable p %: of the scale of the controller, not of the pods that there are',
    spec: { minAvailable: '50%' },
    objects: set(6),
    pods: three(),
    says: '3/6, wants 3, allows 0',
  },
  {
    rule: '§9.1 minAvailable p % is rounded up',
    spec: { minAvailable: '50%' },
    objects: set(3),
    pods: three(),
    says: '3/3, wants 2, allows 1',
  },
  {
    rule: '§9.1 minAvailable p % is exact where a fraction would not be: 28 % of 25',
    spec: { minAvailable: '28%' },
    objects: set(25),
    pods: three(),
    says: '3/25, wants 7, allows 0',
  },
  {
    rule: '§9.1 maxUnavailable N: expected less N',
    spec: { maxUnavailable: 1 },
    objects: set(3),
    pods: three(),
    says: '3/3, wants 2, allows 1',
  },
  {
    rule: '§9.1 maxUnavailable N: what the controller has not made yet is unavailable',
    spec: { maxUnavailable: 1 },
    objects: set(4),
    pods: three(),
    says: '3/4, wants 3, allows 0',
  },
  {
    rule: '§9.1 maxUnavailable N, more than there are: none has to be healthy',
    spec: { maxUnavailable: 9 },
    objects: set(3),
    pods: three(),
    says: '3/3, wants 0, allows 3',
  },
  {
    rule: '§9.1 maxUnavailable p % is rounded up: 10 % of 3 is 1',
    spec: { maxUnavailable: '10%' },
    objects: set(3),
    pods: three(),
    says: '3/3, wants 2, allows 1',
  },
  {
    rule: '§9.1 maxUnavailable 0 % allows none',
    spec: { maxUnavailable: '0%' },
    objects: set(3),
    pods: three(),
    says: '3/3, wants 3, allows 0',
  },
  {
    rule: '§9.1 maxUnavailable counts before minAvailable is looked at: neither given, nothing expected, nothing allowed',
    spec: {},
    objects: set(3),
    pods: three(),
    says: '3/0, wants 0, allows 0',
  },
  {
    rule: '§9.1 a ReplicationController',
    spec: { maxUnavailable: 1 },
    objects: [workload('ReplicationController', 'web', 3)],
    pods: three({}, 'ReplicationController/web'),
    says: '3/3, wants 2, allows 1',
  },
  {
    rule: '§9.1 a StatefulSet',
    spec: { maxUnavailable: 1 },
    objects: [workload('StatefulSet', 'web', 3)],
    pods: three({}, 'StatefulSet/web'),
    says: '3/3, wants 2, allows 1',
  },
  {
    rule: '§9.1 a Deployment through its ReplicaSets, counted once for all of them',
    spec: { maxUnavailable: 1 },
    objects: owned(workload('Deployment', 'web', 4)),
    pods: [
      { name: 'a', of: 'ReplicaSet/web-1' },
      { name: 'b', of: 'ReplicaSet/web-1' },
      { name: 'c', of: 'ReplicaSet/web-2' },
    ],
    says: '3/4, wants 3, allows 0',
  },
  {
    rule: '§9.1 several controllers are added up',
    spec: { maxUnavailable: '50%' },
    objects: [workload('ReplicaSet', 'web', 2), workload('ReplicaSet', 'other', 3)],
    pods: [
      { name: 'a', of: 'ReplicaSet/web' },
      { name: 'b', of: 'ReplicaSet/other' },
    ],
    says: '2/5, wants 2, allows 0',
  },
  {
    rule: '§9.1 pods without a controller expect nothing, and count as healthy',
    spec: { maxUnavailable: 1 },
    objects: set(1),
    pods: [{ name: 'a', of: 'ReplicaSet/web' }, { name: 'b' }],
    says: '2/1, wants 0, allows 2',
  },
  {
    rule: '§9.1 only pods without a controller: nothing is expected, nothing allowed',
    spec: { maxUnavailable: 1 },
    pods: three({}, ''),
    says: '3/0, wants 0, allows 0',
  },
  {
    rule: '§9.1 a controller without a scale',
    spec: { maxUnavailable: 1 },
    pods: three({}, 'Job/batch'),
    says: 'jobs.batch does not implement the scale subresource',
  },
  {
    rule: '§9.1 a DaemonSet has no scale',
    spec: { minAvailable: '50%' },
    pods: three({}, 'DaemonSet/agent'),
    says: 'daemonsets.apps does not implement the scale subresource',
  },
  {
    rule: '§9.1 a controller that is gone',
    spec: { maxUnavailable: 1 },
    pods: [{ name: 'a', of: 'ReplicaSet/gone' }],
    says: 'found no controllers for pod "a"',
  },
  {
    rule: '§9.1 a controller of a kind that nobody knows',
    spec: { maxUnavailable: 1 },
    pods: [{ name: 'a', of: 'Widget/w' }],
    says: 'no matches for kind "Widget" in version "acme.io/v1"',
  },
  {
    rule: 'countHealthyPods: pods that are not Ready are not healthy',
    spec: { minAvailable: 1 },
    objects: set(3),
    pods: [...three().slice(1), { name: 'a', of: 'ReplicaSet/web', ready: false }],
    says: '2/3, wants 1, allows 1',
  },
  {
    rule: 'countHealthyPods: pods that are being deleted are not healthy, and are counted all the same',
    spec: { minAvailable: 1 },
    objects: set(3),
    pods: [...three().slice(1), { name: 'a', of: 'ReplicaSet/web', going: true }],
    says: '2/3, wants 1, allows 1',
  },
  {
    rule: 'countHealthyPods: the condition Ready counts, not the phase',
    spec: { minAvailable: 1 },
    objects: set(3),
    pods: [...three().slice(1), { name: 'a', of: 'ReplicaSet/web', phase: 'Failed', ready: true }],
    says: '3/3, wants 1, allows 2',
  },
  {
    rule: 'getPodsForPdb: pods that the selector does not match count for nothing',
    spec: { minAvailable: 1 },
    objects: set(3),
    pods: [...three(), { name: 'd', labels: { app: 'db' } }],
    says: '3/3, wants 1, allows 2',
  },
  {
    rule: 'getPodsForPdb: an empty selector matches every pod of the namespace',
    spec: { minAvailable: 1, selector: {} },
    objects: set(3),
    pods: [...three(), { name: 'd', labels: { app: 'db' } }],
    says: '4/4, wants 1, allows 3',
  },
  {
    rule: 'getPodsForPdb: no selector matches none',
    spec: { minAvailable: 1, selector: undefined },
    objects: set(3),
    pods: three(),
    says: '0/0, wants 1, allows 0',
  },
]

describe('the status of a budget', () => {
  it.each(counting)('$rule', ({ spec, objects = [], pods, says }) => {
    expect(reportOf(sync(history(objects, pods, [budget(spec)])).events)).toBe(says)
    // The same, if the budget was there first.
    expect(reportOf(sync(history([...objects, budget(spec)], pods)).events)).toBe(says)
  })

  const web = (...more: readonly SimEvent[]) => [
    ...history([...set(3), budget({ maxUnavailable: 1 })], three()),
    ...more,
  ]
  const settled = (...more: readonly SimEvent[]): readonly SimEvent[] => {
    const before = web(...more)
    return [...before, ...sync(before).events]
  }

  it.each<[string, readonly SimEvent[], string]>([
    ['a pod is not Ready any more', [reported('a', false)], '2/3, wants 2, allows 0'],
    [
      'a pod is being deleted',
      [PodMarkedForDeletion({ pod: 'default/a', graceSeconds: 30 })],
      '2/3, wants 2, allows 0',
    ],
    ['a pod is gone', [PodDeleted({ pod: 'default/a' })], '2/3, wants 2, allows 0'],
    ['a pod does not match any more', [PodLabelled({ pod: 'default/a', labels: {} })], '2/3, wants 2, allows 0'],
    ['a pod is an orphan now', [PodReleased({ pod: 'default/a', owner: 'default/web' })], 'nothing'],
    [
      'the ReplicaSet is scaled: only a pod that changes tells the budget',
      [replicaSetEvents.Scaled({ object: 'default/web', replicas: 5 }), reported('a', false)],
      '2/5, wants 4, allows 0',
    ],
    [
      'the spec changes',
      [podDisruptionBudgetEvents.SpecChanged({ object: 'default/web', spec: { selector, minAvailable: 3 } })],
      '3/3, wants 3, allows 0',
    ],
    [
      'it selects other pods',
      [
        podDisruptionBudgetEvents.SpecChanged({
          object: 'default/web',
          spec: { selector: { matchLabels: { app: 'db' } }, minAvailable: 1 },
        }),
      ],
      '0/0, wants 1, allows 0',
    ],
    ['nothing happens: nothing is written', [], 'nothing'],
  ])('is kept up to date: %s', (_what, changes, says) => {
    expect(reportOf(sync([...settled(), ...changes]).events)).toBe(says)
  })

  it('wakes for the pods that it matches, and for no others', () => {
    const events = history([...set(3), budget({ maxUnavailable: 1 })], [...three(), { name: 'd', labels: {} }])
    const woken = (event: SimEvent): boolean =>
      given(disruptionController, events)
        .when(event)
        .emissions.some(({ key }) => key === 'default/web')
    expect(woken(reported('a', false))).toBe(true)
    expect(woken(PodDeleted({ pod: 'default/a' }))).toBe(true)
    expect(woken(PodLabelled({ pod: 'default/d', labels: { app: 'web' } }))).toBe(true)
    expect(woken(reported('d', false))).toBe(false)
    // Source: updatePod, which looks at the new labels alone.
    expect(woken(PodLabelled({ pod: 'default/a', labels: {} }))).toBe(false)
    // Nothing of what counts has changed.
    expect(woken(reported('a', true))).toBe(false)
    expect(woken(replicaSetEvents.Scaled({ object: 'default/web', replicas: 5 }))).toBe(false)
  })

  it('keeps nothing and does nothing where there is no budget', () => {
    for (const event of [reported('a', false), PodDeleted({ pod: 'default/a' })]) {
      given(disruptionController, history(set(3), three()))
        .when(event)
        .thenQuiet()
    }
  })

  it('stays right when one budget goes and another comes in its place', () => {
    const events = [
      ...settled(),
      podDisruptionBudgetEvents.Deleted({ object: 'default/web' }),
      reported('a', false),
      podDisruptionBudgetEvents.Created({
        object: 'default/web',
        uid: 'second',
        labels: {},
        annotations: {},
        spec: { selector, maxUnavailable: 2 },
      }),
      reported('b', false),
    ]
    expect(reportOf(sync(events).events)).toBe('1/3, wants 1, allows 0')
  })

  it('getPdbForPod: of several budgets one is looked at, and the pod is told', () => {
    const two = [...set(3), budget({ minAvailable: 1 }, 'b'), budget({ minAvailable: 1 }, 'a')]
    const { events, emissions } = given(disruptionController, history(two, three())).when(reported('a', false))
    const budgets = ['default/a', 'default/b']
    expect(events).toEqual([PodInSeveralBudgets({ pod: 'default/a', chosen: 'default/a', budgets })])
    expect(emissions.flatMap(({ op, key }) => (op === 'timer' ? [key] : []))).toEqual(['default/a'])
  })
})

describe('the condition DisruptionAllowed (§9.1)', () => {
  const conditionAfter = (spec: Json, pods: readonly PodSpec[], ...more: readonly SimEvent[]) => {
    const events = history([...set(3), budget(spec)], pods)
    const view = given(disruptionController, [...events, ...sync(events).events, ...more]).view
    return view.podDisruptionBudgets.get('default/web')!.status.condition
  }

  it('is True with SufficientPods', () => {
    expect(conditionAfter({ maxUnavailable: 1 }, three())).toMatchObject({ status: 'True', reason: 'SufficientPods' })
  })

  it('is False with InsufficientPods', () => {
    const condition = conditionAfter({ maxUnavailable: 0 }, three())
    expect(condition).toMatchObject({ status: 'False', reason: 'InsufficientPods', observedGeneration: 1 })
  })

  it('is False with SyncFailed and the error, and nothing is allowed: failSafe', () => {
    const message = 'jobs.batch does not implement the scale subresource'
    const condition = conditionAfter({ maxUnavailable: 1 }, three({}, 'Job/batch'))
    expect(condition).toMatchObject({ status: 'False', reason: 'SyncFailed', message, observedGeneration: 0 })
  })

  it('failSafe leaves the numbers and the observed generation as they were', () => {
    const events = history([...set(3), budget({ maxUnavailable: 1 })], three())
    const stray = history([], [{ name: 'd', of: 'Job/batch' }]).filter(({ kind }) => kind === PodCreated.kind)
    const before = [...events, ...sync(events).events, ...stray]
    const { status } = given(disruptionController, before).when(DUE).applied().podDisruptionBudgets.get('default/web')!
    expect(status).toMatchObject({ currentHealthy: 3, expectedPods: 3, disruptionsAllowed: 0, observedGeneration: 1 })
    expect(status.condition?.reason).toBe('SyncFailed')
  })

  it('turns with the last disruption that the eviction API takes: UpdateDisruptionAllowedCondition', () => {
    const granted = podDisruptionBudgetEvents.DisruptionGranted({ object: 'default/web', pod: 'default/a' })
    expect(conditionAfter({ maxUnavailable: 1 }, three(), granted)?.reason).toBe('InsufficientPods')
    expect(conditionAfter({ maxUnavailable: 2 }, three(), granted)?.reason).toBe('SufficientPods')
  })

  it('keeps its time while its status stays', () => {
    const events = history([...set(3), budget({ maxUnavailable: 0 })], three())
    const first = sync(events, at(1_000, DUE)).events
    const changed = [...events, ...first.map((event) => at(1_000, event)), at(5_000, reported('a', false))]
    const { view } = given(disruptionController, [...changed, ...sync(changed, at(6_000, DUE)).events])
    expect(view.podDisruptionBudgets.get('default/web')!.status.condition?.lastTransitionAt).toBe(1_000)
  })
})

describe('pods whose eviction was granted (buildDisruptedPodMap)', () => {
  const granted = podDisruptionBudgetEvents.DisruptionGranted({ object: 'default/web', pod: 'default/a' })
  const start = () => {
    const events = history([...set(3), budget({ maxUnavailable: 2 })], three())
    return [...events, ...sync(events).events, at(10_000, granted)]
  }
  const disruptedAfter = (events: readonly SimEvent[]) =>
    (events.find(({ kind }) => kind === 'PodDisruptionBudgetStatusReported') as { disruptedPods?: object } | undefined)
      ?.disruptedPods

  it('count as unhealthy although they are Ready, and are looked at again after 2 minutes', () => {
    const outcome = sync(start(), at(10_020, DUE))
    expect(reportOf(outcome.events)).toBe('2/3, wants 1, allows 1')
    expect(outcome.emissions).toContainEqual(timer('recheck default/web', 119_985, DUE))
  })

  it('are forgotten when they are being deleted', () => {
    const going = [...start(), PodMarkedForDeletion({ pod: 'default/a', graceSeconds: 30 })]
    expect(disruptedAfter(sync(going).events)).toEqual({})
    expect(reportOf(sync(going).events)).toBe('2/3, wants 1, allows 1')
  })

  it('are forgotten when they are gone', () => {
    expect(disruptedAfter(sync([...start(), PodDeleted({ pod: 'default/a' })]).events)).toEqual({})
  })

  it('count again after 2 minutes, and are told of', () => {
    const { events } = sync(start(), at(130_005, DUE))
    expect(events[0]).toEqual(PodDisruptionOverdue({ object: 'default/web', pod: 'default/a' }))
    expect(disruptedAfter(events)).toEqual({})
    expect(reportOf(events)).toBe('3/3, wants 1, allows 2')
  })

  it('wake the controller: an eviction is a write to the budget', () => {
    const outcome = given(disruptionController, start().slice(0, -1)).when(granted)
    expect(outcome.emissions.map(({ key }) => key)).toEqual(['default/web'])
  })
})

describe('a DisruptionTarget that nobody acts upon (syncStalePodDisruption)', () => {
  const targeted = (reason = 'EvictionByEvictionAPI') =>
    PodDisruptionTargeted({ pod: 'default/a', reason, message: '' })
  const pods = history([], three())
  const due = DisruptionTargetCheckDue({ pod: 'default/a' })
  const watching = timer('stale default/a', 120_000, due)

  it('is looked at after 2 minutes', () => {
    given(disruptionController, pods).when(at(5_000, targeted())).then(watching)
  })

  it('is taken back then', () => {
    const outcome = given(disruptionController, [...pods, at(5_000, targeted())]).when(at(125_000, due))
    outcome.thenEvents(PodDisruptionTargetCleared({ pod: 'default/a' }))
    const condition = podConditionOf(outcome.applied().pods.get('default/a') as never, 'DisruptionTarget')
    expect(condition).toMatchObject({ status: 'False', lastTransitionAt: 125_000 })
  })

  it('is none of its business once the pod is being deleted', () => {
    const going = PodMarkedForDeletion({ pod: 'default/a', graceSeconds: 30 })
    given(disruptionController, [...pods, targeted()])
      .when(going)
      .then(cancel('stale default/a'))
    given(disruptionController, [...pods, at(5_000, targeted()), going])
      .when(at(125_000, due))
      .thenQuiet()
  })

  it('nor if the kubelet wrote it, or the pod is over', () => {
    given(disruptionController, pods).when(targeted('TerminationByKubelet')).thenQuiet()
    const over = [...pods, PodFailed({ pod: 'default/a' })]
    given(disruptionController, over).when(targeted()).thenQuiet()
  })
})

describe('the eviction API (§9.3)', () => {
  interface Evicting {
    readonly rule: string
    readonly budgets: readonly Json[]
    readonly pods: readonly PodSpec[]
    /** Which pods, one after the other. */
    readonly evicts?: readonly string[]
    /** Without the controller having looked at the budget. */
    readonly unseen?: true
    /** `granted`, with `counted` if the budget is charged; or the code and the cause of the refusal. */
    readonly answers: readonly string[]
  }
  const unready = { name: 'a', of: 'ReplicaSet/web', ready: false } as const
  const rest = three().slice(1)
  const violates = (needs: number, has: number): string =>
    `429 The disruption budget web needs ${needs} healthy pods and has ${has} currently`

  const cases: readonly Evicting[] = [
    { rule: '2. no budget: it goes', budgets: [], pods: three(), answers: ['granted'] },
    { rule: '6. a disruption is taken', budgets: [budget({ maxUnavailable: 1 })], pods: three(), answers: ['counted'] },
    {
      rule: '5. none is left: 429 with what the budget needs and has',
      budgets: [budget({ maxUnavailable: 0 })],
      pods: three(),
      answers: [violates(3, 3)],
    },
    {
      rule: '6. what the first takes, the second has not',
      budgets: [budget({ maxUnavailable: 1 })],
      pods: three(),
      evicts: ['a', 'b'],
      answers: ['counted', violates(2, 3)],
    },
    {
      rule: '6. two have room in a budget for two',
      budgets: [budget({ maxUnavailable: 2 })],
      pods: three(),
      evicts: ['a', 'b', 'c'],
      answers: ['counted', 'counted', violates(1, 3)],
    },
    {
      rule: '1. a Pending pod is not asked for',
      budgets: [budget({ maxUnavailable: 0 })],
      pods: [{ ...unready, phase: 'Pending' }, ...rest],
      answers: ['granted'],
    },
    {
      rule: '1. nor one that has Succeeded',
      budgets: [budget({ maxUnavailable: 0 })],
      pods: [{ ...unready, phase: 'Succeeded' }, ...rest],
      answers: ['granted'],
    },
    {
      rule: '1. nor one that has Failed',
      budgets: [budget({ maxUnavailable: 0 })],
      pods: [{ ...unready, phase: 'Failed' }, ...rest],
      answers: ['granted'],
    },
    {
      rule: '1. nor one that is being deleted',
      budgets: [budget({ maxUnavailable: 0 })],
      pods: [{ name: 'a', of: 'ReplicaSet/web', going: true }, ...rest],
      answers: ['granted'],
    },
    {
      rule: '2. two budgets: 500',
      budgets: [budget({ maxUnavailable: 1 }), budget({ maxUnavailable: 1 }, 'more')],
      pods: three(),
      answers: ['500 undefined'],
    },
    {
      rule: '2. a Pending pod of two budgets goes',
      budgets: [budget({ maxUnavailable: 1 }), budget({ maxUnavailable: 1 }, 'more')],
      pods: [{ ...unready, phase: 'Pending' }, ...rest],
      answers: ['granted'],
    },
    {
      rule: '2. a budget of other pods says nothing',
      budgets: [budget({ maxUnavailable: 0, selector: { matchLabels: { app: 'db' } } })],
      pods: three(),
      answers: ['granted'],
    },
    {
      rule: '2. an empty selector matches every pod',
      budgets: [budget({ minAvailable: 3, selector: {} })],
      pods: three(),
      answers: [violates(3, 3)],
    },
    {
      rule: '3. IfHealthyBudget: a pod that is not Ready goes uncounted while enough others are',
      budgets: [budget({ minAvailable: 2 })],
      pods: [unready, ...rest],
      answers: ['granted'],
    },
    {
      rule: '3. IfHealthyBudget: not while they are not',
      budgets: [budget({ minAvailable: 3 })],
      pods: [unready, ...rest],
      answers: [violates(3, 2)],
    },
    {
      rule: '3. IfHealthyBudget: a budget that wants none healthy is charged',
      budgets: [budget({ minAvailable: 0 })],
      pods: [unready, ...rest],
      answers: ['counted'],
    },
    {
      rule: '3. AlwaysAllow: a pod that is not Ready goes, whatever the others do',
      budgets: [budget({ minAvailable: 3, unhealthyPodEvictionPolicy: 'AlwaysAllow' })],
      pods: [unready, ...rest],
      answers: ['granted'],
    },
    {
      rule: '3. AlwaysAllow is not for a pod that is Ready',
      budgets: [budget({ minAvailable: 3, unhealthyPodEvictionPolicy: 'AlwaysAllow' })],
      pods: [unready, ...rest],
      evicts: ['b'],
      answers: [violates(3, 2)],
    },
    {
      rule: '4. a budget that the controller has not seen yet',
      budgets: [budget({ maxUnavailable: 1 })],
      pods: three(),
      unseen: true,
      answers: ['429 The disruption budget web is still being processed by the server.'],
    },
    {
      rule: '4. failSafe alone does not make it seen',
      budgets: [budget({ maxUnavailable: 1 })],
      pods: three({}, 'Job/batch'),
      answers: ['429 The disruption budget web is still being processed by the server.'],
    },
    {
      rule: '5. 2001 evictions that the controller has not seen happen: 403',
      budgets: [budget({ minAvailable: 0 })],
      pods: three(),
      evicts: ['many'],
      answers: ['403 undefined'],
    },
  ]

  it.each(cases)('$rule', ({ budgets, pods, evicts = ['a'], unseen, answers }) => {
    const events: SimEvent[] = [...history([...set(3), ...budgets], pods)]
    if (unseen === undefined) {
      for (const name of budgets.length > 1 ? ['web', 'more'] : ['web']) {
        events.push(...sync(events, PodDisruptionBudgetSyncDue({ object: `default/${name}` })).events)
      }
    }
    if (evicts[0] === 'many') {
      const disruptedPods = Object.fromEntries(Array.from({ length: 2_001 }, (_, i) => [`p${i}`, 0]))
      const numbers = { expectedPods: 3, currentHealthy: 3, desiredHealthy: 0, disruptionsAllowed: 3 }
      events.push(podDisruptionBudgetEvents.StatusReported({ object: 'default/web', ...numbers, disruptedPods }))
    }
    const { view } = given(disruptionController, events)
    const evict = createEvictor(view)
    const given1 = evicts.map((name) => {
      const result = evict(view.pods.get(`default/${name === 'many' ? 'a' : name}`)!)
      if (isLeft(result)) return `${result.left.code} ${result.left.cause}`
      return result.right.some(({ kind }) => kind.endsWith('DisruptionGranted')) ? 'counted' : 'granted'
    })
    expect(given1).toEqual(answers)
  })

  it('says what it refuses in the words of the API server', () => {
    const refusalOf = (budgets: readonly Json[], more: readonly SimEvent[] = []) => {
      const events = history([...set(3), ...budgets], three())
      const { view } = given(disruptionController, [...events, ...sync(events).events, ...more])
      const result = createEvictor(view)(view.pods.get('default/a')!)
      return isLeft(result) ? result.left : undefined
    }
    expect(refusalOf([budget({ maxUnavailable: 0 })])).toMatchObject({
      message: "Cannot evict pod as it would violate the pod's disruption budget.",
      retryAfterSeconds: 0,
      budgets: ['default/web'],
    })
    expect(refusalOf([budget({ maxUnavailable: 1 }), budget({ maxUnavailable: 1 }, 'more')])).toMatchObject({
      message: 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
      budgets: ['default/more', 'default/web'],
    })
    const changed = podDisruptionBudgetEvents.SpecChanged({
      object: 'default/web',
      spec: { selector, minAvailable: 1 },
    })
    expect(refusalOf([budget({ maxUnavailable: 1 })], [changed])).toMatchObject({ code: 429, retryAfterSeconds: 10 })
    const closing = { kind: 'NamespaceMarkedForDeletion', namespace: 'default' }
    expect(refusalOf([], [closing])).toMatchObject({
      code: 403,
      message:
        'pods "a" is forbidden: unable to create new content in namespace default because it is being terminated',
    })
  })

  it('7. sets DisruptionTarget, then deletes with the grace period of the request or of the pod', () => {
    const { view } = given(disruptionController, history([], three()))
    const evicted = (grace?: number) => createEvictor(view)(view.pods.get('default/a')!, grace)
    const target = PodDisruptionTargeted({
      pod: 'default/a',
      reason: 'EvictionByEvictionAPI',
      message: 'Eviction API: evicting',
    })
    expect(evicted()).toMatchObject({
      right: [target, PodMarkedForDeletion({ pod: 'default/a', graceSeconds: 30 })],
    })
    expect(evicted(5)).toMatchObject({ right: [target, PodMarkedForDeletion({ pod: 'default/a', graceSeconds: 5 })] })
  })
})

describe('in a whole cluster', () => {
  const app = (replicas: number, more: Json = {}): Json => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'shop' },
    spec: { replicas, selector, template, ...more },
  })
  const guard = (spec: Json, name = 'web'): Json => ({
    ...budget(spec, name),
    metadata: { name, namespace: 'shop' },
  })
  const nodes = [node('n1'), node('n2')]
  const run = (acts: readonly (readonly [number, Act])[]): Played => play({ nodes, acts })
  const statusOf = (view: ClusterView) => view.podDisruptionBudgets.get('shop/web')!.status
  const created = ({ of }: Played): number => of(PodCreated).length

  it('kubectl get pdb', () => {
    const { table } = run([
      [
        0,
        create(
          app(3),
          guard({ maxUnavailable: 1 }),
          guard({ minAvailable: '50%', selector: { matchLabels: { app: 'db' } } }, 'none'),
        ),
      ],
      [minutes(1), look],
    ])
    expect(table('PodDisruptionBudget')).toBe(
      'NAME   MIN AVAILABLE   MAX UNAVAILABLE   ALLOWED DISRUPTIONS   AGE\n' +
        'none   50%             N/A               0                     60s\n' +
        'web    N/A             1                 1                     60s\n',
    )
  })

  it('Events: no pods, pods without a controller, and what has no scale', () => {
    const bare = {
      ...podManifest({ name: 'bare' }, new Map()),
      metadata: { name: 'bare', namespace: 'shop', labels: { app: 'web' } },
    }
    const said = run([
      [0, create(guard({ maxUnavailable: 1 }))],
      [minutes(1), create(bare)],
      [minutes(2), look],
    ]).said('PodDisruptionBudget')
    expect(said[0]).toBe('Normal NoPods No matching pods found')
    expect(said[1]).toBe(
      'Warning UnmanagedPods Pods selected by this PodDisruptionBudget (selector: ' +
        '&LabelSelector{MatchLabels:map[string]string{app: web,},MatchExpressions:[]LabelSelectorRequirement{},}) ' +
        'were found to be unmanaged. As a result, the status of the PDB cannot be calculated correctly, which may ' +
        'result in undefined behavior. To account for these pods please set ".spec.minAvailable" field of the PDB to an integer value.',
    )
    const job = {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'batch', namespace: 'shop' },
      spec: { template: { ...template, spec: { ...template.spec, restartPolicy: 'Never' } } },
    }
    const failed = run([
      [0, create(job, guard({ maxUnavailable: 1 }))],
      [minutes(1), look],
    ]).said('PodDisruptionBudget')
    expect(failed).toContain(
      'Warning CalculateExpectedPodCountFailed Failed to calculate the number of expected pods: ' +
        'jobs.batch does not implement the scale subresource',
    )
  })

  it('Events: a pod of several budgets', () => {
    const { said } = run([
      [0, create(app(1), guard({ maxUnavailable: 1 }), guard({ maxUnavailable: 1 }, 'more'))],
      [minutes(1), look],
    ])
    expect(said('Pod').find((event) => event.includes('Multiple'))).toMatch(
      /^Warning MultiplePodDisruptionBudgets Pod "shop"\/"web-.*" matches multiple PodDisruptionBudgets\. {2}Chose "more" arbitrarily\.$/,
    )
  })

  it('the status follows the readiness of the pods by the latencies of a watch alone', () => {
    const { view, of } = run([
      [0, create(app(3), guard({ maxUnavailable: 1 }))],
      [minutes(1), look],
    ])
    expect(statusOf(view)).toMatchObject({
      expectedPods: 3,
      currentHealthy: 3,
      desiredHealthy: 2,
      disruptionsAllowed: 1,
    })
    const ready = of(PodStatusReported).filter(({ event }) => event.ready)
    const written = of(podDisruptionBudgetEvents.StatusReported)
    expect(written.at(-1)!.at - ready.at(-1)!.at).toBeLessThan(200)
  })

  it('§9.2 a budget does not stop a rolling update', () => {
    const { view } = run([
      [0, create(app(3), guard({ minAvailable: '100%' }))],
      [
        minutes(1),
        respec('Deployment', 'shop/web', {
          template: { ...template, spec: { containers: [{ name: 'main', image: 'y' }] } },
        }),
      ],
      [minutes(4), look],
    ])
    expect([...view.pods.values()].map(({ template: { spec } }) => spec.containers[0]!.image)).toEqual(['y', 'y', 'y'])
  })

  it('§9.2 nor a scale-down', () => {
    const { view } = run([
      [0, create(app(3), guard({ minAvailable: 3 }))],
      [minutes(1), respec('Deployment', 'shop/web', { replicas: 1 })],
      [minutes(3), look],
    ])
    expect(view.pods.size).toBe(1)
    expect(statusOf(view)).toMatchObject({ currentHealthy: 1, desiredHealthy: 3, disruptionsAllowed: 0 })
  })

  it('§9.2 nor a taint', () => {
    const taint = { key: 'x', effect: 'NoExecute' as const }
    const played = run([
      [0, create(app(2), guard({ minAvailable: '100%' }))],
      [minutes(1), emitting(NodeTainted({ node: 'n1', taint }))],
      [minutes(3), look],
    ])
    expect(created(played)).toBeGreaterThan(2)
    expect([...played.view.pods.values()].every((pod) => pod.node === 'n2')).toBe(true)
    expect(played.of(PodEvictionRefused)).toEqual([])
  })

  it('§9.1 a Deployment in a rollout: pods of all revisions against its replicas', () => {
    const slow = {
      ...template,
      spec: { containers: [{ name: 'main', image: 'y', readinessProbe: { tcpSocket: { port: 1 } } }] },
    }
    const { view } = play({
      nodes,
      behaviorOf: ({ image }) =>
        image === 'y'
          ? { ...DEFAULT_BEHAVIOR, probes: { readiness: { by: 'time', steps: [{ from: 0, status: 500 }] } } }
          : DEFAULT_BEHAVIOR,
      acts: [
        [0, create(app(4), guard({ maxUnavailable: 1 }))],
        [minutes(1), respec('Deployment', 'shop/web', { template: slow })],
        [minutes(3), look],
      ],
    })
    // One old pod less (25 % of 4), and two new ones that never get Ready.
    expect(view.pods.size).toBe(5)
    expect(statusOf(view)).toMatchObject({
      expectedPods: 4,
      currentHealthy: 3,
      desiredHealthy: 3,
      disruptionsAllowed: 0,
    })
  })

  it('writes no faster than its client may: 20 a second after the first 30', () => {
    const many = Array.from({ length: 60 }, (_, i) => guard({ minAvailable: 1 }, `b${i}`))
    const written = run([
      [0, create(...many)],
      [seconds(30), look],
    ]).of(podDisruptionBudgetEvents.StatusReported)
    expect(written).toHaveLength(60)
    expect(written.at(-1)!.at).toBeGreaterThan(1_300)
    expect(written.at(-1)!.at).toBeLessThan(2_000)
  })

  it('a budget that matches nothing says so once for each look', () => {
    const events = history([budget({ minAvailable: 1 })], [])
    sync(events).thenEvents(
      PodDisruptionBudgetMatchedNothing({ object: 'default/web' }),
      podDisruptionBudgetEvents.StatusReported({
        object: 'default/web',
        expectedPods: 0,
        currentHealthy: 0,
        desiredHealthy: 1,
        disruptionsAllowed: 0,
        disruptedPods: {},
      }),
    )
  })

  it('pods without a controller are told of where the number of replicas matters, and nowhere else', () => {
    const told = (spec: Json) =>
      sync(history([budget(spec)], three({}, ''))).events.filter(
        ({ kind }) => kind === PodDisruptionBudgetFoundUnmanagedPods.kind,
      )
    expect(told({ maxUnavailable: 1 })).toEqual([
      PodDisruptionBudgetFoundUnmanagedPods({ object: 'default/web', pods: 3 }),
    ])
    expect(told({ minAvailable: '10%' })).toHaveLength(1)
    expect(told({ minAvailable: 1 })).toEqual([])
  })
})
