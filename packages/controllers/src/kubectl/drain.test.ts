import { NodeCordoned, PodDeleted, PodDisruptionTargeted, PodMarkedForDeletion } from '@wavetank/cluster'
import { after, cancel, emit, type SimEvent, timer } from '@wavetank/kernel'
import { at, given, stored, type TimedEvent } from '@wavetank/testkit'
import { describe, expect, it } from 'vitest'
import { KubectlCompleted, NodeDrainDue, NodeDrained, NodeDrainTimeoutDue } from './events.ts'
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
