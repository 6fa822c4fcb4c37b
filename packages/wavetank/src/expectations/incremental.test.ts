import { createClusterStore } from '@wavetank/cluster'
import type { SimEvent } from '@wavetank/kernel'
import * as fc from 'fast-check'
import { isLeft } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { createWorld } from './environment.ts'
import { compileIn } from './expression.ts'
import { makeIncremental } from './incremental.ts'
import { createObjectLists } from './object-lists.ts'
import { nodeCreated, podCreated, podDeleted, podReported, template } from './story.test-helper.ts'

const clusterWith = (...kinds: readonly string[]) => {
  const store = createClusterStore()
  const lists = createObjectLists(store.view)
  lists.keep(new Set(kinds))
  let seq = 0
  let scans = 0
  const world = createWorld({
    list: (kind) => {
      scans++
      return lists.list(kind)
    },
    find: lists.find,
    elapsed: () => seq,
    wallClock: () => seq,
  })
  const happen = (...events: readonly SimEvent[]): void => {
    for (const event of events) {
      const entry = { seq: seq++, at: 0, cause: null, by: 'test', event }
      lists.seen(entry)
      store.apply(entry)
    }
    lists.refresh()
  }
  const compile = (text: string) => {
    const compiled = compileIn(world, text)
    if (isLeft(compiled)) throw new Error(compiled.left.message)
    return { plain: compiled.right, incremental: makeIncremental(world, compiled.right, lists) }
  }
  /** How often the expression looks at a whole list. */
  const scansOf = (evaluate: () => unknown): number => {
    scans = 0
    evaluate()
    return scans
  }
  return { happen, compile, scansOf, lists }
}

const EXPRESSIONS = [
  'pods.filter(p, p.metadata.labels.app == "web" && p.status.phase == "Running").size() == 2',
  'pods.all(p, ready(p))',
  '!pods.all(p, p.status.phase != "Failed") || pods.size() > 3',
  'pods.exists(p, p.metadata.labels.app == "db")',
  'pods.exists_one(p, p.status.phase == "Running")',
  'pods.where("app=web").size() >= 2',
  'select(pods, "app").all(p, restarts(p) < 2)',
  'pods.filter(p, running(p)).map(p, p.metadata.name) == ["a"]',
  'pods.filter(p, p.status.phase).size() == 0',
  'pods.filter(p, p.status.containerStatuses.exists(c, c.restartCount > 1)).size() == 1',
  'size(pods.filter(p, p.metadata.name in ["a", "b"])) == nodes.filter(n, ready(n)).size()',
  '[pods.exists(p, ready(p)), true].all(x, x)',
  'pods.where("app=db").exists(p, p.status.phase == "Running") ? pods.all(p, ready(p)) : true',
  'pods.filter(p, ready(p)).size() - 1 == -pods.filter(p, !ready(p)).size()',
  'pods.all(p, timestamp(p.metadata.creationTimestamp) >= timestamp("2025-01-01T00:00:00Z"))',
  'pods.where("app=web").filter(p, ready(p)).where("app!=db").size() == 1',
]

it.each(EXPRESSIONS)('says what the expression as it stands says, through any history: %s', (text) => {
  const keys = ['default/a', 'default/b', 'shop/a', 'shop/c']
  const phase = fc.constantFrom('Pending', 'Running', 'Failed', 'gone')
  const step = fc.record({ key: fc.constantFrom(...keys), phase, app: fc.constantFrom('web', 'db', undefined) })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
      const { happen, compile } = clusterWith('Pod', 'Node')
      const { plain, incremental } = compile(text)
      happen(template, nodeCreated('n1'))
      const alive = new Set<string>()
      for (const [index, { key, phase, app }] of steps.entries()) {
        if (!alive.has(key)) happen(podCreated(key, app === undefined ? undefined : { app }))
        else if (phase === 'gone') happen(podDeleted(key))
        else happen(podReported(key, phase, index % 4))
        if (!alive.has(key)) alive.add(key)
        else if (phase === 'gone') alive.delete(key)
        expect(incremental.evaluate()).toEqual(plain.evaluate())
      }
    }),
    { numRuns: 60 },
  )
})

describe('a list', () => {
  const pods = [template, podCreated('default/a', { app: 'web' }), podCreated('default/b', { app: 'db' })]
  it.each([
    'pods.filter(p, p.metadata.labels.app == "web").size() == 1',
    'pods.all(pod, ready(pod)) || nodes.exists(n, ready(n))',
    'pods.where("app=web").all(p, p.status.phase == "Pending")',
  ])('is not looked through again where objects are asked one by one: %s', (text) => {
    const { happen, compile, scansOf } = clusterWith('Pod', 'Node')
    const { plain, incremental } = compile(text)
    happen(...pods)
    expect(scansOf(plain.evaluate)).toBeGreaterThan(0)
    expect(scansOf(incremental.evaluate)).toBe(0)
  })
  it.each([
    'pods.all(p, nodes.exists(n, n.metadata.name == p.spec.nodeName))',
    'pods.all(p, node(p.spec.nodeName) != null)',
    'pods.all(p, age(p) < duration("1m"))',
    'pods.all(p, t > duration("1s"))',
    'pods.size() == 2',
    'pods.all(pods, true)',
  ])('is looked through where the question needs more than the object: %s', (text) => {
    const { happen, compile, scansOf } = clusterWith('Pod', 'Node')
    const { incremental } = compile(text)
    happen(...pods)
    expect(scansOf(incremental.evaluate)).toBeGreaterThan(0)
  })
})

it('is told of changes only until it is released', () => {
  const { happen, compile, scansOf } = clusterWith('Pod')
  const { incremental } = compile('pods.exists(p, p.metadata.name == "a")')
  happen(template)
  incremental.release()
  happen(podCreated('default/a'))
  expect(incremental.evaluate()).toEqual({ _tag: 'Right', right: false })
  expect(scansOf(incremental.evaluate)).toBe(0)
})
