import { isLeft } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import type { CelObject } from './cel-value.ts'
import { createWorld } from './environment.ts'
import { compileIn, compileValue } from './expression.ts'
import { FUNCTIONS } from './functions.ts'
import { LIST_VARIABLES, LOOKUPS } from './kinds.ts'

const object = (kind: string, name: string, rest: object): CelObject => ({
  kind,
  ...rest,
  metadata: {
    name,
    creationTimestamp: '2025-01-01T00:00:00Z',
    ...('metadata' in rest ? (rest.metadata as object) : {}),
  },
})
const readyIs = (status: string) => ({
  conditions: [
    { type: 'PodScheduled', status: 'True' },
    { type: 'Ready', status },
  ],
})

const pods = [
  object('Pod', 'a', {
    metadata: { namespace: 'default', labels: { app: 'web', tier: 'front' } },
    spec: { initContainers: [{ name: 'proxy', restartPolicy: 'Always' }, { name: 'setup' }] },
    status: {
      phase: 'Running',
      ...readyIs('True'),
      containerStatuses: [{ restartCount: 1n }, { restartCount: 2n }],
      initContainerStatuses: [
        { name: 'proxy', restartCount: 4n },
        { name: 'setup', restartCount: 8n },
      ],
    },
  }),
  object('Pod', 'b', {
    metadata: { namespace: 'shop', labels: { app: 'db' } },
    status: { phase: 'Pending', ...readyIs('False') },
  }),
  object('Pod', 'c', {
    metadata: { namespace: 'shop', deletionTimestamp: '2025-01-01T00:05:00Z' },
    status: { phase: 'Running', ...readyIs('True') },
  }),
]
const nodes = [object('Node', 'n1', { status: readyIs('Unknown') })]

const world = createWorld({
  list: (kind) => (kind === 'Pod' ? pods : kind === 'Node' ? nodes : []),
  find: (kind, namespace, name) =>
    (kind === 'Pod' ? pods : nodes).find(
      ({ metadata }) => metadata?.name === name && (metadata.namespace ?? '') === namespace,
    ) ?? null,
  elapsed: () => 90_500,
  wallClock: () => Date.UTC(2025, 0, 1) + 90_500,
})

const evaluated = (text: string): unknown => {
  const compiled = compileValue(world, text)
  if (isLeft(compiled)) throw new Error(compiled.left.message)
  return compiled.right.evaluate()
}
const isTrue = (text: string) => {
  const compiled = compileIn(world, text)
  if (isLeft(compiled)) throw new Error(compiled.left.message)
  const value = compiled.right.evaluate()
  return isLeft(value) ? value.left.message : value.right
}

describe('a lookup', () => {
  it('finds an object by namespace and name, by default in `default`', () => {
    expect(evaluated('pod("a").metadata.name')).toBe('a')
    expect(evaluated('pod("shop/b").metadata.name')).toBe('b')
    expect(evaluated('node("n1").metadata.name')).toBe('n1')
  })
  it('is null where there is nothing', () => {
    expect(isTrue('pod("b") == null && pod("shop/a") == null && node("n2") == null')).toBe(true)
    expect(isTrue('pod("a") != null')).toBe(true)
    expect(evaluated('pod("gone").?status.?phase.orValue("none")')).toBe('none')
  })
  it('goes by every name that kubectl takes', () => {
    expect(
      ['pod', 'po', 'replicationcontroller', 'rc', 'replicaset', 'rs', 'deploy', 'svc'].filter(
        (name) => !LOOKUPS.has(name),
      ),
    ).toEqual([])
    expect(
      ['pods', 'nodes', 'replicasets', 'namespaces', 'configmaps'].filter((name) => !LIST_VARIABLES.has(name)),
    ).toEqual([])
  })
})

describe('functions', () => {
  it.each([
    ['ready(pod("a"))', true],
    ['ready(pod("shop/b"))', false],
    ['ready(node("n1"))', false],
    ['ready(pod("gone"))', false],
    ['running(pod("a"))', true],
    ['running(pod("shop/b"))', false],
    ['running(pod("shop/c"))', false],
    ['running(pod("gone"))', false],
    ['restarts(pod("a"))', 7n],
    ['restarts(pod("shop/b"))', 0n],
    ['pods.map(p, restarts(p)).sum()', 7n],
    ['pods.map(p, restarts(p)).max()', 7n],
    ['pods.map(p, restarts(p)).min()', 0n],
    ['[1, 2.5].sum()', 3.5],
    ['[].sum()', 0n],
    ['["b", "a"].min()', 'a'],
    ['select(pods, "app=web,tier!=back").map(p, p.metadata.name)', ['a']],
    ['pods.where("app in (web,db)").map(p, p.metadata.name)', ['a', 'b']],
    ['pods.where("!app").map(p, p.metadata.name)', ['c']],
    ['pods.filter(p, running(p)).where("app").size()', 1n],
    ['age(pod("a")) == duration("90.5s")', true],
    ['age(pod("a")) > duration("90.6s")', false],
    ['t == duration("1m30.5s")', true],
    ['t - duration("2m") < duration("0s")', true],
    ['now == timestamp("2025-01-01T00:01:30.5Z")', true],
    ['now == timestamp("2025-01-01T01:01:30.5+01:00")', true],
    ['now - timestamp(pod("a").metadata.creationTimestamp) == t', true],
    ['timestamp(0) < now', true],
    ['int(now)', 1_735_689_690n],
    ['string(now)', '2025-01-01T00:01:30.500Z'],
    ['string(t)', '90.5s'],
    ['string(t - duration("2m"))', '-29.5s'],
    ['string(duration("1h"))', '3600s'],
  ])('%s', (text, value) => {
    expect(evaluated(text)).toEqual(value)
  })

  it.each([
    ['age(pod("gone")) > t', 'age: there is no such object'],
    ['age(3) > t', 'age: not a Kubernetes object'],
    ['restarts(pod("gone")) > 1', 'restarts: there is no such object'],
    ['[].max() > 1', 'max: the list is empty'],
    ['["a"].sum() > 1', 'sum: the list holds more than numbers'],
    ['pods.where("a" + "=" + "(").size() > 0', expect.stringContaining('unable to parse requirement')],
    ['timestamp("2025-01-01T00:00:00.000") < now', expect.stringContaining('not a time with its zone')],
    ['timestamp("Jan 1, 2025 00:00:00") < now', expect.stringContaining('not a time with its zone')],
    ['timestamp("2025-13-01T00:00:00Z") < now', expect.stringContaining('not a time with its zone')],
  ])('refuse %s', (text, message) => {
    expect(isTrue(text)).toEqual(message)
  })

  it('are each documented with an example that is true or false', () => {
    for (const { signature, doc, example } of FUNCTIONS) {
      expect(doc, signature).toMatch(/\.$/)
      expect(typeof isTrue(example), example).toBe('boolean')
    }
  })
})

it('takes the numbers of objects for ints, which count and compare with doubles', () => {
  expect(isTrue('pods.exists(p, p.status.?containerStatuses.orValue([]).exists(c, c.restartCount + 1 == 3))')).toBe(
    true,
  )
  expect(isTrue('restarts(pod("a")) > 6.5')).toBe(true)
})
