import { describe, expect, it } from 'vitest'
import { byAge, isThere, type PodView, planFor, type Rules } from './pods-on-node.ts'

const HASH = 'new'
const rules = (overrides: Partial<Rules> = {}): Rules => ({
  hash: HASH,
  minReadySeconds: 0,
  surges: false,
  at: 100_000,
  ...overrides,
})
const RUN = { shouldRun: true, shouldContinue: true }
const KEEP = { shouldRun: false, shouldContinue: true }
const NO = { shouldRun: false, shouldContinue: false }

interface Shape {
  readonly name: string
  readonly phase?: string
  readonly node?: string
  readonly createdAt?: number
  readonly deleting?: boolean
  /** When it became Ready; not, if absent. */
  readonly readyAt?: number
  readonly old?: boolean
}
const pod = ({ name, phase = 'Running', node = 'n1', createdAt = 0, deleting, readyAt, old }: Shape): PodView =>
  ({
    name,
    phase,
    node,
    createdAt,
    deletion: deleting === true ? {} : undefined,
    labels: { 'controller-revision-hash': old === true ? 'old' : HASH },
    conditions: readyAt === undefined ? [] : [{ type: 'Ready', status: 'True', lastTransitionAt: readyAt }],
  }) as unknown as PodView
const names = (pods: readonly PodView[]): readonly string[] => pods.map(({ name }) => name)

describe('a node that should run a pod', () => {
  it('gets one, if it has none', () => {
    expect(planFor(RUN, [], rules()).create).toBe(true)
  })
  it('gets none while one is terminating: the object has to go first', () => {
    expect(planFor(RUN, [pod({ name: 'a', deleting: true })], rules()).create).toBe(false)
  })
  it('keeps a pod that is not ready, whatever ails it', () => {
    const plan = planFor(RUN, [pod({ name: 'a', phase: 'Pending', node: '' })], rules())
    expect([plan.create, ...names(plan.remove)]).toEqual([false])
  })
  it('keeps the scheduled one of two, then the oldest, then the first by name', () => {
    const two = [pod({ name: 'a', node: '', createdAt: 1 }), pod({ name: 'b', createdAt: 9 })]
    expect(names(planFor(RUN, two, rules()).remove)).toEqual(['a'])
    const aged = [pod({ name: 'a', createdAt: 9 }), pod({ name: 'b', createdAt: 1 })]
    expect(names(planFor(RUN, aged, rules()).remove)).toEqual(['a'])
    expect(names([pod({ name: 'b' }), pod({ name: 'a' })].sort(byAge))).toEqual(['a', 'b'])
  })
  it('loses what has ended, and is told which of the two it was', () => {
    const plan = planFor(RUN, [pod({ name: 'f', phase: 'Failed' }), pod({ name: 's', phase: 'Succeeded' })], rules())
    expect([names(plan.failed), names(plan.succeeded), names(plan.remove)]).toEqual([['f'], ['s'], []])
  })
})

describe('a node that should run none', () => {
  it('keeps its pod while it may', () => {
    expect(names(planFor(KEEP, [pod({ name: 'a' })], rules()).remove)).toEqual([])
  })
  it('gets none', () => {
    expect(planFor(KEEP, [], rules()).create).toBe(false)
    expect(planFor(NO, [], rules()).create).toBe(false)
  })
  it('loses every pod that is not going already, failed or not', () => {
    const pods = [pod({ name: 'a' }), pod({ name: 'b', deleting: true }), pod({ name: 'c', phase: 'Failed' })]
    const plan = planFor(NO, pods, rules())
    expect([names(plan.remove), names(plan.failed)]).toEqual([['a', 'c'], []])
  })
})

describe('with surge', () => {
  const surging = rules({ surges: true })
  const old = pod({ name: 'old', old: true, readyAt: 1 })
  it('makes a pod beside one that is terminating', () => {
    expect(planFor(RUN, [pod({ name: 'a', deleting: true })], surging).create).toBe(true)
    expect(planFor(KEEP, [pod({ name: 'a', deleting: true })], surging).create).toBe(false)
  })
  it('keeps both while the old one is ready and the new one is not available', () => {
    expect(names(planFor(RUN, [old, pod({ name: 'new', createdAt: 5 })], surging).remove)).toEqual([])
    const waiting = rules({ surges: true, minReadySeconds: 60 })
    expect(names(planFor(RUN, [old, pod({ name: 'new', readyAt: 99_000 })], waiting).remove)).toEqual([])
  })
  it('removes the old one when the new one is available', () => {
    expect(names(planFor(RUN, [old, pod({ name: 'new', readyAt: 99_000 })], surging).remove)).toEqual(['old'])
  })
  it('removes the old one when it is not ready', () => {
    const dead = pod({ name: 'old', old: true })
    expect(names(planFor(RUN, [dead, pod({ name: 'new' })], surging).remove)).toEqual(['old'])
  })
  it('keeps the oldest of each sort', () => {
    const pods = [
      old,
      pod({ name: 'new', createdAt: 5 }),
      pod({ name: 'newer', createdAt: 6 }),
      pod({ name: 'older', old: true, createdAt: 7 }),
    ]
    expect(names(planFor(RUN, pods, surging).remove)).toEqual(['newer', 'older'])
  })
})

it('does not see a pod that has ended and is being deleted', () => {
  expect(isThere(pod({ name: 'a', phase: 'Failed', deleting: true }))).toBe(false)
  expect(isThere(pod({ name: 'a', phase: 'Failed' }))).toBe(true)
  expect(isThere(pod({ name: 'a', deleting: true }))).toBe(true)
})
