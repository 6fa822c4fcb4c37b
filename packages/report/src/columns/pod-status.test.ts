import { type ContainerStatus, PodBound, PodMarkedForDeletion, PodUnschedulable } from '@wavetank/cluster'
import { describe, expect, it } from 'vitest'
import { addPod, createStory, type PodStory } from '../../test/story.ts'
import { getTable } from '../get-table.ts'

// Semantics: node-and-scheduler 1.10.

const running = (name: string, ready = true, more: Partial<ContainerStatus> = {}): ContainerStatus => ({
  name,
  ready,
  restartCount: 0,
  started: true,
  running: { startedAt: 0 },
  ...more,
})
const waiting = (name: string, reason: string, more: Partial<ContainerStatus> = {}): ContainerStatus => ({
  name,
  ready: false,
  restartCount: 0,
  started: false,
  waiting: { reason },
  ...more,
})
const exited = (
  name: string,
  exitCode: number,
  reason: string,
  more: Partial<ContainerStatus> = {},
): ContainerStatus => ({
  name,
  ready: false,
  restartCount: 0,
  started: false,
  terminated: { exitCode, reason, startedAt: 0, finishedAt: 1_000 },
  ...more,
})

/** READY, STATUS and RESTARTS, five minutes after the pod was made. */
const cells = (pod: PodStory, ...events: Parameters<ReturnType<typeof createStory>['add']>[1][]): string => {
  const story = createStory()
  addPod(story, 'default/web', pod)
  for (const event of events) story.add(1_000, event)
  const { text } = getTable(story.view, 300_000, { kinds: ['pods'], noHeaders: true })
  return text.trimEnd().split(/ {2,}/).slice(1, 4).join(' ')
}

const two = { initContainers: [{ name: 'one' }, { name: 'two' }] }
const withSidecar = { initContainers: [{ name: 'proxy', restartPolicy: 'Always' }] }

describe('STATUS', () => {
  it('is the phase while nothing is known of the containers', () => {
    expect(cells({})).toBe('0/1 Pending 0')
    expect(cells({}, PodUnschedulable({ pod: 'default/web', message: '0/1 nodes are available' }))).toBe(
      '0/1 Pending 0',
    )
  })

  it('is the reason of the pod before its phase', () => {
    expect(cells({ status: { phase: 'Failed', reason: 'Evicted' } })).toBe('0/1 Evicted 0')
  })

  it('is SchedulingGated while a gate is left', () => {
    expect(cells({ spec: { schedulingGates: [{ name: 'quota' }] } })).toBe('0/1 SchedulingGated 0')
  })

  it('is what the container waits for', () => {
    expect(cells({ status: { phase: 'Pending', containers: [waiting('app', 'ImagePullBackOff')] } })).toBe(
      '0/1 ImagePullBackOff 0',
    )
  })

  it('is how the container ended', () => {
    expect(cells({ status: { phase: 'Succeeded', containers: [exited('app', 0, 'Completed')] } })).toBe(
      '0/1 Completed 0',
    )
    expect(cells({ status: { phase: 'Failed', containers: [exited('app', 1, 'Error')] } })).toBe('0/1 Error 0')
    expect(cells({ status: { phase: 'Failed', containers: [exited('app', 3, '')] } })).toBe('0/1 ExitCode:3 0')
  })

  it('is that of the first container in the list that has something to say', () => {
    const spec = { containers: [{ name: 'a' }, { name: 'b' }, { name: 'c' }] }
    const containers = [running('a'), waiting('b', 'CrashLoopBackOff'), exited('c', 1, 'Error')]
    expect(cells({ spec, status: { containers } })).toBe('1/3 CrashLoopBackOff 0')
  })

  it('stays Running while a container runs that is not ready', () => {
    expect(cells({ status: { phase: 'Running', containers: [running('app', false)] } })).toBe('0/1 Running 0')
  })

  it('is Running or NotReady, not Completed, while another container runs', () => {
    const spec = { containers: [{ name: 'a' }, { name: 'b' }] }
    const containers = [exited('a', 0, 'Completed'), running('b')]
    expect(cells({ spec, status: { ready: true, containers } })).toBe('1/2 Running 0')
    expect(cells({ spec, status: { ready: false, containers } })).toBe('1/2 NotReady 0')
  })

  it('counts the init containers that are done', () => {
    const containers = [waiting('app', 'PodInitializing')]
    const first = [running('one', false, { started: false }), waiting('two', 'PodInitializing')]
    expect(cells({ spec: two, status: { phase: 'Pending', initContainers: first, containers } })).toBe('0/1 Init:0/2 0')
    const second = [exited('one', 0, 'Completed', { ready: true }), running('two', false, { started: false })]
    expect(cells({ spec: two, status: { phase: 'Pending', initContainers: second, containers } })).toBe(
      '0/1 Init:1/2 0',
    )
  })

  it('says how an init container fails', () => {
    const containers = [waiting('app', 'PodInitializing')]
    const looping = [waiting('one', 'CrashLoopBackOff', { restartCount: 4 }), waiting('two', 'PodInitializing')]
    expect(cells({ spec: two, status: { phase: 'Pending', initContainers: looping, containers } })).toBe(
      '0/1 Init:CrashLoopBackOff 4',
    )
    const failed = [exited('one', 2, ''), waiting('two', 'PodInitializing')]
    expect(cells({ spec: two, status: { phase: 'Pending', initContainers: failed, containers } })).toBe(
      '0/1 Init:ExitCode:2 0',
    )
  })

  it('is PodInitializing between the last init container and the first regular one', () => {
    const initContainers = [
      exited('one', 0, 'Completed', { ready: true }),
      exited('two', 0, 'Completed', { ready: true }),
    ]
    const containers = [waiting('app', 'PodInitializing')]
    expect(cells({ spec: two, status: { phase: 'Pending', initContainers, containers } })).toBe('0/1 PodInitializing 0')
  })

  it('counts a sidecar as a container, and does not wait for it to be ready', () => {
    const status = { initContainers: [running('proxy', false)], containers: [running('app')] }
    expect(cells({ spec: withSidecar, status })).toBe('1/2 Running 0')
    const ready = { initContainers: [running('proxy')], containers: [running('app')] }
    expect(cells({ spec: withSidecar, status: ready })).toBe('2/2 Running 0')
  })

  it('is Terminating once the pod is deleted, whatever else', () => {
    const deleted = PodMarkedForDeletion({ pod: 'default/web', graceSeconds: 30 })
    expect(cells({ status: { containers: [running('app')] } }, deleted)).toBe('1/1 Terminating 0')
  })

  it('is no longer Terminating once the phase is terminal', () => {
    const deleted = PodMarkedForDeletion({ pod: 'default/web', graceSeconds: 30 })
    const status = { phase: 'Failed' as const, containers: [exited('app', 137, 'Error')] }
    expect(cells({ status }, deleted)).toBe('0/1 Error 0')
  })

  it('is Unknown for a deleted pod that is lost with its node', () => {
    const deleted = PodMarkedForDeletion({ pod: 'default/web', graceSeconds: 30 })
    expect(cells({ status: { reason: 'NodeLost' } }, deleted)).toBe('0/1 Unknown 0')
  })

  it('stays as it was on a node that nobody hears of', () => {
    const status = { ready: true, containers: [running('app')] }
    expect(cells({ status }, PodBound({ pod: 'default/web', node: 'gone' }))).toBe('1/1 Running 0')
  })
})

describe('RESTARTS', () => {
  const last = (finishedAt: number) => ({ exitCode: 1, reason: 'Error', startedAt: 0, finishedAt })

  it('says when the latest of the runs before the restarts ended', () => {
    const spec = { containers: [{ name: 'a' }, { name: 'b' }] }
    const containers = [
      running('a', true, { restartCount: 2, lastTermination: last(175_400) }),
      running('b', true, { restartCount: 1, lastTermination: last(20_000) }),
    ]
    expect(cells({ spec, status: { containers } })).toBe('2/2 Running 3 (2m5s ago)')
  })

  it('says no age where no run before is known', () => {
    expect(cells({ status: { containers: [running('app', true, { restartCount: 3 })] } })).toBe('1/1 Running 3')
  })

  it('counts init containers only until they are done, sidecars always', () => {
    const spec = { initContainers: [{ name: 'one' }, { name: 'proxy', restartPolicy: 'Always' }] }
    const initContainers = [
      exited('one', 0, 'Completed', { ready: true, restartCount: 5, lastTermination: last(1_000) }),
      running('proxy', true, { restartCount: 1, lastTermination: last(240_000) }),
    ]
    const status = { initContainers, containers: [running('app', true, { restartCount: 1 })] }
    expect(cells({ spec, status })).toBe('2/2 Running 2 (60s ago)')
  })
})
