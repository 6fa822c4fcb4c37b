import {
  NodeCordoned,
  PodDeleted,
  PodDisruptionTargeted,
  PodEvictionRefused,
  PodMarkedForDeletion,
  PodStatusReported,
  podDisruptionBudgetEvents,
} from '@wavetank/cluster'
import { after, cancel, emit, type SimEvent, timer } from '@wavetank/kernel'
import { at, given, stored, type TimedEvent } from '@wavetank/testkit'
import { describe, expect, it } from 'vitest'
import {
  KubectlCompleted,
  NodeDrainBlocked,
  NodeDrainCheckDue,
  NodeDrainDue,
  NodeDrained,
  NodeDrainRetryDue,
  NodeDrainTimeoutDue,
} from './events.ts'
import { kubectl } from './kubectl.ts'
import { issued, node, owner, pod } from './test-cluster.ts'

const drain = {
  verb: 'drain',
  nodes: { names: ['n1'] },
  ignoreDaemonSets: false,
  deleteEmptyDirData: false,
  force: false,
  disableEviction: false,
  podSelector: '',
}
const onN1 = { nodeName: 'n1' }
const web = (name: string) => pod(name, { metadata: owner('ReplicaSet', 'web'), spec: onN1 })
const daemonSet = {
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'agent', namespace: 'default' },
  spec: {
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'a', image: 'b' }] } },
  },
}
const agent = pod('agent-1', { metadata: owner('DaemonSet', 'agent'), spec: onN1 })
const scratch = pod('scratch', {
  metadata: owner('ReplicaSet', 'web'),
  spec: { ...onN1, volumes: [{ name: 'tmp', emptyDir: {} }], containers: [{ name: 'w', image: 'w' }] },
})
const bare = pod('bare', { spec: onN1 })

const evicting = (key: string): readonly SimEvent[] => [
  PodDisruptionTargeted({ pod: key, reason: 'EvictionByEvictionAPI', message: 'Eviction API: evicting' }),
  PodMarkedForDeletion({ pod: key, graceSeconds: 30 }),
]

/** A cluster in which the command was issued as the last thing, and the number of its entry. */
const cluster = (command: object, manifests: readonly object[]) => {
  const events = stored(...manifests)
  return { events, seq: events.length, command: issued(command as never) }
}

/** What the command prints when its nodes were tried right away. */
const printed = (command: object, manifests: readonly object[], ...more: readonly (SimEvent | TimedEvent)[]) => {
  const { events, seq, command: first } = cluster(command, manifests)
  const last = more.at(-1) ?? NodeDrainDue({ issued: seq, index: 0 })
  const before = more.length > 0 ? [NodeDrainDue({ issued: seq, index: 0 }), ...more.slice(0, -1)] : []
  return given(kubectl, [...events, first, ...before]).when(last)
}

describe('kubectl drain', () => {
  it('cordons its nodes first, then turns to the first of them', () => {
    const { events, seq, command } = cluster({ ...drain, nodes: { names: ['n1', 'n2'] } }, [
      node('n1'),
      node('n2', { spec: { unschedulable: true } }),
    ])
    given(kubectl, events)
      .when(command)
      .then(emit(NodeCordoned({ node: 'n1' })), emit(NodeDrainDue({ issued: seq, index: 0 })))
  })

  it('evicts every pod of the node, and no other', () => {
    const elsewhere = pod('other', { metadata: owner('ReplicaSet', 'web'), spec: { nodeName: 'n2' } })
    const { events, seq, command } = cluster(drain, [node('n1'), node('n2'), web('b'), web('a'), elsewhere])
    given(kubectl, [...events, command])
      .when(NodeDrainDue({ issued: seq, index: 0 }))
      .thenEvents(...evicting('default/a'), ...evicting('default/b'))
  })

  it('deletes with --disable-eviction, and with the grace period given', () => {
    const { events, seq, command } = cluster({ ...drain, disableEviction: true, gracePeriodSeconds: 5 }, [
      node('n1'),
      web('a'),
    ])
    given(kubectl, [...events, command])
      .when(NodeDrainDue({ issued: seq, index: 0 }))
      .thenEvents(PodMarkedForDeletion({ pod: 'default/a', graceSeconds: 5 }))
  })

  it('waits for the last pod, and notices at its next look, once a second', () => {
    const { events, seq, command } = cluster(drain, [node('n1'), web('a'), web('b')])
    const before = [...events, at(500, command), NodeDrainDue({ issued: seq, index: 0 })]
    given(kubectl, before)
      .when(at(1_000, PodDeleted({ pod: 'default/a' })))
      .thenQuiet()
    given(kubectl, [...before, at(1_000, PodDeleted({ pod: 'default/a' }))])
      .when(at(2_700, PodDeleted({ pod: 'default/b' })))
      .then(cancel(`drain ${seq}`), cancel(`check ${seq}`), after(800, NodeDrained({ issued: seq, index: 0 })))
  })

  it('is over when the last node is drained, and tells all', () => {
    const { seq } = cluster(drain, [node('n1'), web('a')])
    const outcome = printed(
      drain,
      [node('n1'), web('a')],
      PodDeleted({ pod: 'default/a' }),
      NodeDrained({ issued: seq, index: 0 }),
    )
    outcome.thenEvents(
      KubectlCompleted({
        line: 'kubectl …',
        exitCode: 0,
        output: ['node/n1 cordoned', 'evicting pod default/a', 'pod/a evicted', 'node/n1 drained'],
      }),
    )
  })

  it('goes on to the next node', () => {
    const nodes = { names: ['n1', 'n2'] }
    const { events, seq, command } = cluster({ ...drain, nodes }, [node('n1'), node('n2')])
    const due = NodeDrainDue({ issued: seq, index: 0 })
    const first = given(kubectl, [...events, command]).when(due)
    first.thenEvents(NodeDrained({ issued: seq, index: 0 }))
    given(kubectl, [...events, command, due])
      .when(NodeDrained({ issued: seq, index: 0 }))
      .thenEvents(NodeDrainDue({ issued: seq, index: 1 }))
  })

  it('stays quiet about pods that nobody drains', () => {
    given(kubectl, stored(node('n1'), web('a')))
      .when(PodDeleted({ pod: 'default/a' }))
      .thenQuiet()
  })

  it.each([
    ['DaemonSet-managed Pods (use --ignore-daemonsets to ignore)', [daemonSet, agent], 'default/agent-1'],
    ['Pods with local storage (use --delete-emptydir-data to override)', [scratch], 'default/scratch'],
    ['cannot delete Pods that declare no controller (use --force to override)', [bare], 'default/bare'],
    ['daemonsets.apps "agent" not found', [agent], 'default/agent-1'],
  ])('refuses: %s', (message, manifests, key) => {
    const error = `cannot delete ${message}: ${key}`
    printed(drain, [node('n1'), ...manifests]).thenEvents(
      KubectlCompleted({
        line: 'kubectl …',
        exitCode: 1,
        output: [
          'node/n1 cordoned',
          `error: unable to drain node "n1" due to error: ${error}, continuing command...`,
          'There are pending nodes to be drained:',
          ' n1',
          error,
        ],
      }),
    )
  })

  it('evicts nothing when one pod is refused', () => {
    const { events } = printed(drain, [node('n1'), web('a'), bare])
    expect(events.map(({ kind }) => kind)).toEqual(['KubectlCompleted'])
  })

  it.each([
    [
      'leaves pods of a DaemonSet with --ignore-daemonsets',
      { ignoreDaemonSets: true },
      [daemonSet, agent],
      [],
      'ignoring DaemonSet-managed Pods: default/agent-1',
    ],
    [
      'takes local storage with --delete-emptydir-data',
      { deleteEmptyDirData: true },
      [scratch],
      ['default/scratch'],
      '',
    ],
    [
      'takes bare pods with --force',
      { force: true },
      [bare],
      ['default/bare'],
      'deleting Pods that declare no controller: default/bare',
    ],
  ])('%s', (_what, flags, manifests, evicted, warning) => {
    const { events, seq, command } = cluster({ ...drain, ...flags }, [node('n1'), ...manifests])
    const due = NodeDrainDue({ issued: seq, index: 0 })
    const outcome = given(kubectl, [...events, command]).when(due)
    const gone = evicted.map((key) => PodDeleted({ pod: key }))
    expect(outcome.events).toEqual(
      evicted.length > 0 ? evicted.flatMap(evicting) : [NodeDrained({ issued: seq, index: 0 })],
    )
    const over = given(kubectl, [...events, command, due, ...gone]).when(NodeDrained({ issued: seq, index: 0 }))
    const { output } = over.events[0] as unknown as { output: readonly string[] }
    expect(output.filter((line) => line.startsWith('Warning'))).toEqual(warning === '' ? [] : [`Warning: ${warning}`])
  })

  it('moves only the pods that --pod-selector chooses', () => {
    const { events, seq, command } = cluster({ ...drain, podSelector: 'app=db' }, [node('n1'), web('a'), bare])
    given(kubectl, [...events, command])
      .when(NodeDrainDue({ issued: seq, index: 0 }))
      .thenEvents(NodeDrained({ issued: seq, index: 0 }))
  })

  it('gives up after --timeout, and says what it waited for', () => {
    const limited = { ...drain, timeout: 90_000 }
    const { seq } = cluster(limited, [node('n1'), web('a')])
    const due = NodeDrainTimeoutDue({ issued: seq, index: 0 })
    const started = printed(limited, [node('n1'), web('a')])
    expect(started.emissions.at(-1)).toEqual(timer(`drain ${seq}`, 90_000, due))
    const error = 'error when waiting for pod "a" in namespace "default" to terminate: global timeout reached: 1m30s'
    printed(limited, [node('n1'), web('a')], at(90_000, due)).thenEvents(
      KubectlCompleted({
        line: 'kubectl …',
        exitCode: 1,
        output: [
          'node/n1 cordoned',
          'evicting pod default/a',
          `There are pending pods in node "n1" when an error occurred: ${error}`,
          'pod/a',
          `error: unable to drain node "n1" due to error: ${error}, continuing command...`,
          'There are pending nodes to be drained:',
          ' n1',
          error,
        ],
      }),
    )
  })

  it('forgets a drain that is over: what happens to its pods later is nothing to it', () => {
    const limited = { ...drain, timeout: 90_000 }
    const { events, seq, command } = cluster(limited, [node('n1'), web('a')])
    const history = [
      ...events,
      command,
      NodeDrainDue({ issued: seq, index: 0 }),
      at(90_000, NodeDrainTimeoutDue({ issued: seq, index: 0 })),
      KubectlCompleted({ line: 'kubectl …', exitCode: 1, output: [] }),
    ]
    given(kubectl, history)
      .when(at(91_000, PodDeleted({ pod: 'default/a' })))
      .thenQuiet()
  })

  it('does nothing at all when a node is not there', () => {
    const { events, command } = cluster({ ...drain, nodes: { names: ['n1', 'n9'] } }, [node('n1')])
    const output = ['Error from server (NotFound): nodes "n9" not found']
    given(kubectl, events)
      .when(command)
      .thenEvents(KubectlCompleted({ line: 'kubectl …', exitCode: 1, output }))
  })
})

describe('kubectl drain under a budget', () => {
  const budget = (name: string, spec: object) => ({
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name, namespace: 'default' },
    spec: { selector: { matchLabels: { app: 'web' } }, ...spec },
  })
  const ready = (name: string): SimEvent =>
    PodStatusReported({
      pod: `default/${name}`,
      phase: 'Running',
      ready: true,
      containers: [{ name: 'web', ready: true, restartCount: 0 }],
    })
  const allowing = (disruptionsAllowed: number, desiredHealthy = 2): SimEvent =>
    podDisruptionBudgetEvents.StatusReported({
      object: 'default/web',
      expectedPods: 2,
      currentHealthy: 2,
      desiredHealthy,
      disruptionsAllowed,
      disruptedPods: {},
    })
  const granted = (key: string): SimEvent =>
    podDisruptionBudgetEvents.DisruptionGranted({ object: 'default/web', pod: key })
  const violation = "Cannot evict pod as it would violate the pod's disruption budget."
  const refusal = (key: string, why = 'The disruption budget web needs 2 healthy pods and has 2 currently'): SimEvent =>
    PodEvictionRefused({ pod: key, code: 429, message: violation, why, budgets: ['default/web'] })
  const lineOf = (name: string): string =>
    `error when evicting pods/"${name}" -n "default" (will retry after 5s): ${violation}`

  /** Two pods under a budget; the drain starts at 10 s. */
  const stage = (command: object, allowed: number, more: readonly object[] = []) => {
    const manifests = [node('n1'), web('a'), web('b'), budget('web', { minAvailable: 2 }), ...more]
    const before = [...stored(...manifests), ready('a'), ready('b'), allowing(allowed)]
    const seq = before.length
    const due = at(10_000, NodeDrainDue({ issued: seq, index: 0 }))
    return {
      seq,
      due,
      before: [...before, issued(command as never)],
      start: [...before, issued(command as never), due],
    }
  }
  const retried = (seq: number): SimEvent => NodeDrainRetryDue({ issued: seq, index: 0 })

  it('evicts as many as it may, and says what stands in the way of the others', () => {
    const { before, due } = stage(drain, 1)
    given(kubectl, before)
      .when(due)
      .thenEvents(granted('default/a'), ...evicting('default/a'), refusal('default/b'))
  })

  it('--disable-eviction asks nobody', () => {
    const { before, due } = stage({ ...drain, disableEviction: true }, 0)
    given(kubectl, before)
      .when(due)
      .thenEvents(
        PodMarkedForDeletion({ pod: 'default/a', graceSeconds: 30 }),
        PodMarkedForDeletion({ pod: 'default/b', graceSeconds: 30 }),
      )
  })

  it('tries again 5 s later, as soon as something has happened that may matter', () => {
    const { start, seq } = stage(drain, 0)
    const changed = given(kubectl, start).when(at(31_200, allowing(1, 1)))
    changed.then(timer(`retry ${seq}`, 3_800, retried(seq)))
    given(kubectl, [...start, at(31_200, allowing(1, 1))])
      .when(at(35_000, retried(seq)))
      .thenEvents(
        granted('default/a'),
        ...evicting('default/a'),
        refusal('default/b', 'The disruption budget web needs 1 healthy pods and has 2 currently'),
      )
  })

  it('does not say again what it has said', () => {
    const { start, seq } = stage(drain, 0)
    given(kubectl, [...start, at(12_000, allowing(0))])
      .when(at(15_000, retried(seq)))
      .thenQuiet()
  })

  it('waits 10 s for a budget that the controller has not looked at yet, and prints nothing', () => {
    const { before, seq } = stage(drain, 0)
    const changed = podDisruptionBudgetEvents.SpecChanged({
      object: 'default/web',
      spec: { minAvailable: 1, selector: { matchLabels: { app: 'web' } } },
    })
    const start = [...before, changed, at(10_000, NodeDrainDue({ issued: seq, index: 0 }))]
    given(kubectl, start)
      .when(at(10_020, allowing(2, 0)))
      .then(timer(`retry ${seq}`, 9_980, retried(seq)))
    const over = [...start, at(10_020, allowing(2, 0)), at(20_000, retried(seq))]
    const gone = [at(20_100, PodDeleted({ pod: 'default/a' })), PodDeleted({ pod: 'default/b' })]
    const { events } = given(kubectl, [...over, ...gone]).when(at(21_000, NodeDrained({ issued: seq, index: 0 })))
    expect(events[0]).toMatchObject({
      output: [
        'node/n1 cordoned',
        'evicting pod default/a',
        'evicting pod default/b',
        'pod/a evicted',
        'pod/b evicted',
        'node/n1 drained',
      ],
    })
  })

  it('forgets a pod that somebody else removed', () => {
    const { start, seq } = stage(drain, 1)
    const gone = [at(11_000, PodDeleted({ pod: 'default/b' })), at(12_000, PodDeleted({ pod: 'default/a' }))]
    given(kubectl, [...start, ...gone])
      .when(at(15_000, retried(seq)))
      .thenEvents(NodeDrained({ issued: seq, index: 0 }))
  })

  it('gives up on a pod of two budgets, and goes on with the others', () => {
    const other = pod('other', { metadata: { ...owner('ReplicaSet', 'db'), labels: { app: 'db' } }, spec: onN1 })
    const { before, due, seq } = stage(drain, 2, [budget('more', { minAvailable: 0 }), other])
    const message = 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.'
    const budgets = ['default/more', 'default/web']
    const first = given(kubectl, before).when(due)
    first.thenEvents(
      PodEvictionRefused({ pod: 'default/a', code: 500, message, budgets }),
      PodEvictionRefused({ pod: 'default/b', code: 500, message, budgets }),
      ...evicting('default/other').slice(0, 1),
      // It is Pending, but it has a node: its kubelet has to confirm.
      PodMarkedForDeletion({ pod: 'default/other', graceSeconds: 30 }),
    )
    const gone = at(12_300, PodDeleted({ pod: 'default/other' }))
    given(kubectl, [...before, due])
      .when(gone)
      .then(cancel(`drain ${seq}`), cancel(`check ${seq}`), after(700, retried(seq)))
    const { events } = given(kubectl, [...before, due, gone]).when(at(13_000, retried(seq)))
    const errors = ['a', 'b'].map((name) => `error when evicting pods/"${name}" -n "default": ${message}`)
    expect(events[0]).toMatchObject({
      exitCode: 1,
      output: [
        'node/n1 cordoned',
        'evicting pod default/a',
        'evicting pod default/b',
        'evicting pod default/other',
        'pod/other evicted',
        `There are pending pods in node "n1" when an error occurred: [${errors.join(', ')}]`,
        'pod/a',
        'pod/b',
        `error: unable to drain node "n1" due to error: [${errors.join(', ')}], continuing command...`,
        'There are pending nodes to be drained:',
        ' n1',
        ...errors,
      ],
    })
  })

  it('sees the end of --timeout when it would try again', () => {
    const { start, seq } = stage({ ...drain, timeout: 7_000 }, 0)
    const due = NodeDrainTimeoutDue({ issued: seq, index: 0 })
    given(kubectl, start)
      .when(at(17_000, due))
      .then(cancel(`retry ${seq}`), timer(`retry ${seq}`, 3_000, retried(seq)))
    const { events } = given(kubectl, [...start, at(17_000, due)]).when(at(20_000, retried(seq)))
    const error = (name: string): string =>
      `error when evicting pods/"${name}" -n "default": global timeout reached: 7s`
    expect(events[0]).toMatchObject({
      kind: 'KubectlCompleted',
      exitCode: 1,
      output: expect.arrayContaining([lineOf('a'), lineOf('b'), error('a'), error('b')]),
    })
  })

  it('--disable-eviction has words of its own for the end of --timeout', () => {
    const { start, seq } = stage({ ...drain, disableEviction: true, timeout: 7_000 }, 0)
    const { events } = given(kubectl, start).when(at(17_000, NodeDrainTimeoutDue({ issued: seq, index: 0 })))
    expect(events[0]).toMatchObject({
      output: expect.arrayContaining([
        'error: unable to drain node "n1" due to error: timed out waiting for the condition, continuing command...',
      ]),
    })
  })

  it('says after a minute what it waits for: the budget, its numbers, and what is wrong with its pods', () => {
    const { start, seq } = stage(drain, 0, [pod('c', { metadata: owner('ReplicaSet', 'web') })])
    const { events } = given(kubectl, start).when(at(70_000, NodeDrainCheckDue({ issued: seq, index: 0 })))
    expect(events).toEqual([
      NodeDrainBlocked({
        issued: seq,
        node: 'n1',
        budgets: ['default/web'],
        reasons: [
          `pod default/a is not evicted: ${violation} The disruption budget web needs 2 healthy pods and has 2 currently`,
          `pod default/b is not evicted: ${violation} The disruption budget web needs 2 healthy pods and has 2 currently`,
          'PodDisruptionBudget default/web (minAvailable 2) allows 0 disruptions: 2 of 2 pods are healthy, 2 have to be',
          'pod c is not scheduled: waiting for the scheduler',
        ],
      }),
    ])
  })

  it('asks for the pod of that name, whoever it is now, and does not wait for another one', () => {
    const { start, seq } = stage(drain, 0)
    const again = {
      ...stored(node('n1'), web('a')).find(({ kind }) => kind === 'PodCreated'),
      uid: 'another',
    } as SimEvent
    const replaced = [PodDeleted({ pod: 'default/a' }), PodDeleted({ pod: 'default/b' }), again]
    const outcome = given(kubectl, [...start, ...replaced]).when(at(15_000, retried(seq)))
    outcome.thenEvents(...evicting('default/a'), NodeDrained({ issued: seq, index: 0 }))
  })
})
