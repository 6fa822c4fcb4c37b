import { expect, it } from 'vitest'
import {
  expectation,
  nodeCreated,
  podCreated,
  podReported,
  podRunning,
  run,
  type Story,
  template,
} from './story.test-helper.ts'

const story: Story = [
  [0, template, nodeCreated('n1')],
  [1_000, ...['a', 'b', 'c', 'd', 'e'].map((name) => podCreated(`shop/${name}`, { app: 'web' }))],
  [1_500, ...['a', 'b', 'c', 'd'].map((name) => podRunning(`shop/${name}`))],
  [1_500, podReported('shop/e', 'Failed', 7)],
]
const evidenceOf = (kind: 'always' | 'never' | 'eventually', text: string) => {
  const window = kind === 'always' ? { from: 2_000 } : { from: 2_000, to: 2_000 }
  return run([expectation(kind, text, window)], story).verdicts[0]?.evidence
}

it.each([
  [
    'pods.filter(p, p.status.phase == "Running").size() == 5',
    '`pods.filter(p, p.status.phase == "Running").size()` is 4 (shop/a, shop/b, shop/c and 1 more), expected 5',
  ],
  ['size(pods) > 5', '`size(pods)` is 5 (shop/a, shop/b, shop/c and 2 more), expected > 5'],
  ['6 == pods.size()', '`pods.size()` is 5 (shop/a, shop/b, shop/c and 2 more), expected 6 == that'],
  [
    'pods.size() == nodes.size()',
    '`pods.size()` is 5 (shop/a, shop/b, shop/c and 2 more), `nodes.size()` is 1 (n1), expected `pods.size() == nodes.size()`',
  ],
  ['pods.all(p, ready(p))', '`ready(p)` is false for 1 of 5 (shop/e)'],
  [
    'pods.all(p, restarts(p) < 3)',
    '`restarts(p) < 3` is false for 1 of 5 (shop/e); shop/e: `restarts(p)` is 7, expected < 3',
  ],
  ['pods.exists(p, p.metadata.name == "x")', '`p.metadata.name == "x"` is true for none of 5'],
  // A variable of a macro hides the world's.
  ['pods.exists(t, t.metadata.name == "x")', '`t.metadata.name == "x"` is true for none of 5'],
  ['pods.all(nodes, ready(nodes))', '`ready(nodes)` is false for 1 of 5 (shop/e)'],
  ['!pods.exists(p, p.status.phase == "Failed")', '`p.status.phase == "Failed"` is true for 1 of 5 (shop/e)'],
  ['pods.exists_one(p, ready(p))', '`ready(p)` is true for 4 of 5 (shop/a, shop/b, shop/c and 1 more)'],
  ['nodes.size() == 1 && pods.size() == 6', '`pods.size()` is 5 (shop/a, shop/b, shop/c and 2 more), expected 6'],
  ['nodes.size() == 2 || ready(pod("x"))', '`nodes.size()` is 1 (n1), expected 2; `ready(pod("x"))` is false'],
  [
    'pod("shop/e").status.phase in ["Running", "Succeeded"]',
    '`pod("shop/e").status.phase` is "Failed", expected in ["Running", "Succeeded"]',
  ],
  ['t < duration("1.5s")', '`t` is 2s, expected < duration("1.5s")'],
  [
    'now < timestamp("2025-01-01T00:00:00Z")',
    '`now` is 2025-01-01T00:00:02Z, expected < timestamp("2025-01-01T00:00:00Z")',
  ],
  [
    'pods.map(p, p.metadata.name) == ["a"]',
    '`pods.map(p, p.metadata.name)` is ["a", "b", "c" and 2 more], expected ["a"]',
  ],
  [
    'pod("shop/a").metadata.labels == {"app": "db"}',
    '`pod("shop/a").metadata.labels` is {app: "web"}, `{"app": "db"}` is {app: "db"}, expected `pod("shop/a").metadata.labels == {"app": "db"}`',
  ],
  ['false', '`false` is false'],
])('always %s', (text, evidence) => {
  expect(evidenceOf('always', text)).toBe(evidence)
})

it('says of what should not be true why it is', () => {
  expect(evidenceOf('never', 'pods.size() == 5')).toBe('`pods.size()` is 5 (shop/a, shop/b, shop/c and 2 more)')
  expect(evidenceOf('never', 'nodes.size() == 2 || restarts(pod("shop/e")) > 3')).toBe('`restarts(pod("shop/e"))` is 7')
  expect(evidenceOf('never', 'pods.all(p, p.kind == "Pod")')).toBe(
    '`p.kind == "Pod"` is true for 5 of 5 (shop/a, shop/b, shop/c and 2 more)',
  )
})

it('names the object and the field that an expression stumbles over, in lists of lists too', () => {
  expect(evidenceOf('always', 'pods.all(p, p.status.containerStatuses.all(c, c.state.running.since == 1))')).toBe(
    'cannot be evaluated at character 63: there is no `since` for app of shop/a; a field that may be absent: `has(x.since)`, or `x.?since.orValue(…)`',
  )
})

it('is cut where it would be longer than anybody reads', () => {
  const long = `"${'x'.repeat(1_000)}" == pods[0].metadata.name`
  expect(evidenceOf('always', long)?.length).toBeLessThanOrEqual(400)
})
