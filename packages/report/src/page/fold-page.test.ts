import {
  ContainerStarted,
  deploymentEvents,
  NodeCordoned,
  NodeCreated,
  NodeDeleted,
  NodeFailed,
  NodeMarkedUnknown,
  PodBound,
  PodCreated,
  PodDeleted,
  PodMarkedForDeletion,
  PodStatusReported,
  PodUnschedulable,
  replicaSetEvents,
} from '@wavetank/cluster'
import type { SimEvent } from '@wavetank/kernel'
import { describe, expect, it } from 'vitest'
import { addPod, createStory, type Story } from '../../test/story.ts'
import { foldPage } from './fold-page.ts'
import { packPage, type UnpackedPage, unpackPage } from './format.ts'
import { reasonOf } from './pod-lanes.ts'

const told = (): { readonly story: Story; readonly page: (at: number) => UnpackedPage } => {
  const fold = foldPage(60_000)
  const story = createStory(fold.apply)
  const end = { name: 'test', digest: 'd', view: story.view, expectations: [] }
  return { story, page: (at) => unpackPage(packPage(fold.result({ ...end, at }))) }
}

/** `Ready@0 NotReady@5`: the states of one thing, from its columns. */
const lane = ({ column }: UnpackedPage, prefix: string, index: number, textOf: (state: number) => string): string => {
  const counts = column(`${prefix}Count`)
  const from = counts.slice(0, index).reduce((sum, count) => sum + count, 0)
  let at = 0
  const said: string[] = []
  for (let k = from; k < from + counts[index]!; k++) {
    at += column(`${prefix}Span`)[k]!
    said.push(`${textOf(column(`${prefix}State`)[k]!)}@${at}`)
  }
  return said.join(' | ')
}

const pod = (page: UnpackedPage, index: number): string =>
  lane(page, 'pod', index, (state) => {
    const { text, state: name } = page.facts.podStatuses[state]!
    return `${text} (${name})`
  })

const node = (name: string) =>
  NodeCreated({
    node: name,
    uid: name,
    object: { metadata: { name }, status: { capacity: { cpu: '4', memory: '8Gi' } } },
  })
const waiting = (reason: string) => [{ name: 'app', ready: false, restartCount: 0, waiting: { reason } }]
const running = (ready: boolean) => [{ name: 'app', ready, restartCount: 0, running: { startedAt: 0 } }]

describe('the lane of a pod', () => {
  it('is what kubectl would have shown, from creation to end', () => {
    const { story, page } = told()
    story.add(0, node('n1'))
    addPod(story, 'shop/a', { at: 10 })
    story.add(20, PodBound({ pod: 'shop/a', node: 'n1' }))
    const report = (
      at: number,
      phase: 'Pending' | 'Running',
      ready: boolean,
      containers: ReturnType<typeof waiting> | ReturnType<typeof running>,
    ) => story.add(at, PodStatusReported({ pod: 'shop/a', phase, ready, containers }))
    report(30, 'Pending', false, waiting('ContainerCreating'))
    report(40, 'Running', true, running(true))
    report(50, 'Running', false, waiting('CrashLoopBackOff'))
    story.add(60, ContainerStarted({ pod: 'shop/a', container: 'app', restart: 1 }))
    report(60, 'Running', true, running(true))
    story.add(70, PodMarkedForDeletion({ pod: 'shop/a', graceSeconds: 30 }))
    story.add(80, PodDeleted({ pod: 'shop/a' }))
    const read = page(100)
    expect(pod(read, 0)).toBe(
      'Pending (waiting)@10 | Pending (starting)@20 | ContainerCreating (starting)@30 | Running 1/1 (ready)@40 | CrashLoopBackOff 0/1 (trouble)@50 | Running 1/1 (ready)@60 | Terminating (terminating)@70',
    )
    expect([...read.column('podEnd')]).toEqual([81])
    expect([...read.column('podRestarts')]).toEqual([1])
    expect([...read.column('restartsValue')]).toEqual([1])
    expect(read.facts.nodeNames).toBe('n1')
    expect([...read.column('podNode')]).toEqual([1])
  })

  it('says why no node fits, without the numbers that change, and keeps the last message whole', () => {
    const { story, page } = told()
    addPod(story, 'shop/a')
    const say = (at: number, message: string) => story.add(at, PodUnschedulable({ pod: 'shop/a', message }))
    say(1_000, '0/3 nodes are available: 3 Insufficient cpu.')
    say(2_000, '0/4 nodes are available: 4 Insufficient cpu.')
    say(
      3_000,
      '0/4 nodes are available: 1 Too many pods, 3 Insufficient cpu. preemption: 0/4 nodes are available: 4 No preemption victims found for incoming pod.',
    )
    const read = page(5_000)
    expect(pod(read, 0)).toBe(
      'Pending (waiting)@0 | Pending: Insufficient cpu (unschedulable)@1000 | Pending: Insufficient cpu; Too many pods (unschedulable)@3000',
    )
    expect(read.facts.reasons.map(({ text }) => text)).toEqual(['Insufficient cpu', 'Insufficient cpu; Too many pods'])
    expect(read.facts.messages.split('\n')[read.column('podMessage')[0]! - 1]).toContain('1 Too many pods')
  })

  it('is another one for a pod that comes back under its name', () => {
    const { story, page } = told()
    addPod(story, 'shop/web-0')
    story.add(10, PodDeleted({ pod: 'shop/web-0' }))
    story.add(20, PodCreated({ pod: 'shop/web-0', uid: 'second', template: 'template-of-shop/web-0' }))
    expect(page(30).facts.podNames).toBe('web-0\nweb-0')
  })
})

it('takes reasons from what the scheduler says, whatever it says', () => {
  expect(reasonOf('0/2 nodes are available: 2 node(s) had untolerated taint {a: b}, 1 x.')).toBe(
    'node(s) had untolerated taint {a: b}; x',
  )
  expect(reasonOf('persistentvolumeclaim "data" not found')).toBe('persistentvolumeclaim "data" not found')
})

it('says of a node what the API server says, and what its machine is like meanwhile', () => {
  const { story, page } = told()
  const events: readonly (readonly [number, SimEvent])[] = [
    [0, node('n1')],
    [10, NodeCordoned({ node: 'n1' })],
    [20, NodeFailed({ node: 'n1' })],
    [30, NodeMarkedUnknown({ node: 'n1', reason: 'NodeStatusUnknown', message: 'x' })],
    [40, NodeDeleted({ node: 'n1' })],
  ]
  for (const [at, event] of events) story.add(at, event)
  const read = page(50)
  const said = lane(read, 'node', 0, (state) => {
    const { text, state: name } = read.facts.nodeStatuses[state]!
    return `${text} (${name})`
  })
  expect(said).toBe(
    'Ready (ready)@0 | Ready,SchedulingDisabled (cordoned)@10 | Ready,SchedulingDisabled, machine off (unnoticed)@20 | NotReady,SchedulingDisabled, machine off (notReady)@30',
  )
  expect([...read.column('nodeEnd')]).toEqual([41])
})

it('has a lane for a Deployment in place of its ReplicaSets, with ready and wanted pods', () => {
  const { story, page } = told()
  addPod(story, 'shop/other')
  const spec = { selector: {}, template: 'template-of-shop/other', minReadySeconds: 0 }
  const rollout = {
    strategy: { type: 'RollingUpdate' as const },
    revisionHistoryLimit: 10,
    progressDeadlineSeconds: 600,
  }
  const meta = { labels: {}, annotations: {} }
  const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: 'd' }
  story.add(
    5,
    deploymentEvents.Created({
      ...meta,
      object: 'shop/web',
      uid: 'd',
      spec: { ...spec, ...rollout, replicas: 1, paused: false },
    }),
  )
  story.add(
    6,
    replicaSetEvents.Created({
      ...meta,
      object: 'shop/web-1',
      uid: 'r',
      owner: deployment,
      spec: { ...spec, replicas: 1 },
    }),
  )
  const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-1', uid: 'r' }
  story.add(7, PodCreated({ pod: 'shop/web-1-a', uid: 'p', template: spec.template, owner }))
  story.add(8, PodStatusReported({ pod: 'shop/web-1-a', phase: 'Running', ready: true, containers: running(true) }))
  story.add(9, PodMarkedForDeletion({ pod: 'shop/web-1-a', graceSeconds: 30 }))
  const read = page(10)
  const counts = lane(
    read,
    'workload',
    0,
    (state) => `${read.facts.counts[state * 2]}/${read.facts.counts[state * 2 + 1]}`,
  )
  expect(read.facts.workloads).toEqual([{ kind: 'Deployment', namespace: 'shop', name: 'web' }])
  expect(counts).toBe('0/1@5 | 1/1@8 | 0/1@9')
  expect(read.facts.owners[read.column('podOwner')[1]! - 1]).toEqual({
    kind: 'Deployment',
    namespace: 'shop',
    name: 'web',
  })
})

it('marks what the timeline did, not what was there', () => {
  const { story, page } = told()
  story.add(0, node('n1'), 'scenario')
  story.add(5, { kind: 'DisruptionDue', disruption: 'fail', node: 'n1' } as SimEvent, 'scenario')
  story.add(6, { kind: 'KubectlIssued', line: 'scale rc web --replicas=2', command: {} } as SimEvent, 'scenario')
  story.add(
    7,
    { kind: 'KubectlCompleted', line: 'scale rc web --replicas=2', exitCode: 1, output: ['not found'] } as SimEvent,
    'kubectl',
  )
  story.add(8, { kind: 'DisruptionDue', disruption: 'recover', node: 'n1' } as SimEvent, 'scenario')
  expect(page(9).facts.moments).toEqual([
    { at: 5, kind: 'fault', text: 'fail n1' },
    { at: 6, kind: 'command', text: 'kubectl scale rc web --replicas=2' },
    { at: 7, kind: 'failedCommand', text: 'kubectl scale rc web --replicas=2: not found' },
    { at: 8, kind: 'mended', text: 'recover n1' },
  ])
})
