import { describe, expect, it } from 'vitest'
import type { PodView } from './pods-on-node.ts'
import { allowsSurge, limitsOf, nextStep, type Place } from './rolling-update.ts'

/** `old`, `new`: available; with `?` not ready; with `-` terminating. */
type Sort = 'old' | 'old?' | 'old-' | 'new' | 'new?' | 'new-'

const podOf = (node: string, sort: Sort, i: number): PodView =>
  ({
    name: `${node}-${sort}${i === 0 ? '' : i}`,
    node,
    labels: { 'controller-revision-hash': sort.slice(0, 3) },
    deletion: sort.endsWith('-') ? {} : undefined,
    conditions: sort.endsWith('?') ? [] : [{ type: 'Ready', status: 'True', lastTransitionAt: 0 }],
  }) as unknown as PodView

/** Nodes n1, n2, …; one in brackets should not run a pod. */
const places = (...nodes: readonly (readonly Sort[] | { readonly not: readonly Sort[] })[]): readonly Place[] =>
  nodes.map((sorts, i) => {
    const node = `n${i + 1}`
    const wanted = Array.isArray(sorts)
    const pods = (wanted ? (sorts as readonly Sort[]) : (sorts as { readonly not: readonly Sort[] }).not).map(
      (sort, j) => podOf(node, sort, j),
    )
    return { node, shouldRun: wanted, pods }
  })

const setWith = (limits: { maxUnavailable?: number | string; maxSurge?: number | string }, minReadySeconds = 0) => ({
  templateGeneration: 2,
  minReadySeconds,
  updateStrategy: { type: 'RollingUpdate' as const, ...limits },
})

const step = (set: ReturnType<typeof setWith>, where: readonly Place[]) => {
  const desired = where.filter(({ shouldRun }) => shouldRun).length
  const { remove, createOn } = nextStep(set, 'new', where, desired, 60_000)
  return [remove.map(({ name }) => name), createOn]
}

describe('limits', () => {
  it.each([
    ['25%', 0, 10, 3, 0],
    ['25%', 0, 8, 2, 0],
    [0, '10%', 11, 0, 2],
    ['0%', 0, 5, 1, 0],
    [0, 0, 5, 1, 0],
    [0, 0, 0, 0, 0],
    ['50%', 0, 0, 0, 0],
  ])('%s unavailable and %s surge of %s nodes are %s and %s', (maxUnavailable, maxSurge, desired, most, extra) => {
    expect(limitsOf(setWith({ maxUnavailable, maxSurge }), desired)).toEqual({ maxUnavailable: most, maxSurge: extra })
  })
  it('surges if any surge is asked for', () => {
    expect(allowsSurge(setWith({ maxSurge: '1%' }))).toBe(true)
    expect(allowsSurge(setWith({ maxSurge: 0 }))).toBe(false)
    expect(allowsSurge({ updateStrategy: { type: 'OnDelete', maxSurge: 1 } })).toBe(false)
  })
})

describe('without surge', () => {
  it.each<[string, number, readonly Place[], readonly string[]]>([
    ['takes one old pod of a healthy set', 1, places(['old'], ['old'], ['old']), ['n1-old']],
    ['takes as many as may be unavailable', 2, places(['old'], ['old'], ['old']), ['n1-old', 'n2-old']],
    ['waits for a new pod that is not available', 1, places(['new?'], ['old'], ['old']), []],
    ['waits for a node without a pod', 1, places([], ['old']), []],
    ['waits for a node where a pod is terminating', 1, places(['old-'], ['old']), []],
    ['waits for a node with both sorts', 1, places(['old', 'new'], ['old']), []],
    ['waits for a node with two of a sort', 1, places(['old', 'old'], ['old']), []],
    ['goes on when the new pod is available', 1, places(['new'], ['old'], ['old']), ['n2-old']],
    ['takes every old pod that is not available', 1, places(['old?'], ['old?'], ['old']), ['n1-old?', 'n2-old?']],
    ['counts those against what it may take', 2, places(['old?'], ['old'], ['old']), ['n1-old?', 'n2-old']],
    ['is done when no pod is old', 3, places(['new'], ['new']), []],
    ['takes what stands where it should not', 1, places({ not: ['old'] }, ['new']), ['n1-old']],
  ])('%s', (_title, maxUnavailable, where, removed) => {
    expect(step(setWith({ maxUnavailable }), where)).toEqual([removed, []])
  })
  it('does not trust a pod that has not been ready for long enough', () => {
    expect(step(setWith({ maxUnavailable: 1 }, 61), places(['new'], ['old']))).toEqual([['n2-old'], []])
    expect(step(setWith({ maxUnavailable: 1 }, 60), places(['new'], ['old']))).toEqual([['n2-old'], []])
    expect(step(setWith({ maxUnavailable: 1 }, 61), places(['new?'], ['new']))).toEqual([[], []])
  })
})

describe('with surge', () => {
  it.each<[string, number, readonly Place[], readonly string[], readonly string[]]>([
    ['makes one new pod beside an old one', 1, places(['old'], ['old']), [], ['n1']],
    ['makes as many as it may', 2, places(['old'], ['old'], ['old']), [], ['n1', 'n2']],
    ['waits for the new pod to be available', 1, places(['old', 'new?'], ['old']), [], []],
    ['then removes the old one and goes on', 1, places(['old', 'new'], ['old']), ['n1-old'], ['n2']],
    ['replaces every old pod that is not available', 1, places(['old?'], ['old?']), [], ['n1', 'n2']],
    ['leaves a node without old pods to the rest of the sync', 1, places([], ['old']), [], ['n2']],
    ['counts a node with two of a sort', 1, places(['old', 'old'], ['old']), [], []],
    ['removes what is not available where it should not be', 1, places({ not: ['old?'] }, ['new']), ['n1-old?'], []],
    ['keeps what is misplaced as long as it is needed', 1, places({ not: ['old'] }, ['new?']), [], []],
    ['removes what is misplaced when enough are available', 1, places({ not: ['old'] }, ['new']), ['n1-old'], []],
  ])('%s', (_title, maxSurge, where, removed, made) => {
    expect(step(setWith({ maxUnavailable: 0, maxSurge }), where)).toEqual([removed, made])
  })
})
