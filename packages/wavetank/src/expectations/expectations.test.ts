import type { SimEvent } from '@wavetank/kernel'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ExpectationDue } from './events.ts'
import { createExpectations, expectationNotices } from './expectations.ts'
import {
  clusterOf,
  controllerCreated,
  expectation,
  podCreated,
  podDeleted,
  podReported,
  podRunning,
  run,
  type Story,
  template,
} from './story.test-helper.ts'
import { verdictsFromLog } from './verdicts.ts'

/** One pod comes at 1 s, runs from 2 s to 4 s, and is deleted at 6 s. */
const life: Story = [
  [0, template],
  [1_000, podCreated('default/web', { app: 'web' })],
  [2_000, podRunning('default/web')],
  [4_000, podReported('default/web', 'Failed')],
  [6_000, podDeleted('default/web')],
]
const RUNS = 'pods.exists(p, p.status.phase == "Running")'

const verdictOf = (
  kind: 'always' | 'eventually' | 'never' | 'at',
  text: string,
  window: { readonly from?: number; readonly to?: number },
): string => {
  const { verdicts } = run([expectation(kind, text, window)], life)
  return verdicts
    .map(({ verdict, at, evidence }) => `${verdict} ${at}${evidence === undefined ? '' : ` ${evidence}`}`)
    .join()
}

describe('always', () => {
  it('is met at the end of its window if it held all the time', () => {
    expect(verdictOf('always', RUNS, { from: 2_000, to: 3_999 })).toBe('met 3999')
    expect(verdictOf('always', 'pods.size() < 2', {})).toBe('met 60000')
  })
  it('fails at the first instant at which it does not hold', () => {
    expect(verdictOf('always', RUNS, { from: 2_000, to: 5_000 })).toMatch(/^failed 4000 /)
    expect(verdictOf('always', RUNS, { from: 3_000 })).toMatch(/^failed 4000 /)
  })
  it('counts both edges of the window', () => {
    expect(verdictOf('always', RUNS, { from: 1_999, to: 3_000 })).toMatch(/^failed 1999 /)
    expect(verdictOf('always', RUNS, { from: 2_000, to: 4_000 })).toMatch(/^failed 4000 /)
  })
  it('does not look outside of the window', () => {
    expect(verdictOf('always', 'pods.size() == 0', { from: 6_000 })).toBe('met 60000')
  })
})

describe('never', () => {
  it('is met at the end of its window if it held at no instant', () => {
    expect(verdictOf('never', RUNS, { from: 4_000 })).toBe('met 60000')
    expect(verdictOf('never', RUNS, { to: 1_999 })).toBe('met 1999')
  })
  it('fails at the first instant at which it holds', () => {
    expect(verdictOf('never', RUNS, {})).toMatch(/^failed 2000 /)
    expect(verdictOf('never', RUNS, { from: 3_000, to: 3_500 })).toMatch(/^failed 3000 /)
  })
})

describe('eventually', () => {
  it('is met at the first instant at which it holds', () => {
    expect(verdictOf('eventually', RUNS, {})).toMatch(/^met 2000 /)
    expect(verdictOf('eventually', RUNS, { from: 3_000, to: 5_000 })).toMatch(/^met 3000 /)
    expect(verdictOf('eventually', RUNS, { to: 2_000 })).toMatch(/^met 2000 /)
  })
  it('fails at the end of its window if it never held', () => {
    expect(verdictOf('eventually', RUNS, { to: 1_999 })).toMatch(/^failed 1999 /)
    expect(verdictOf('eventually', RUNS, { from: 4_000 })).toMatch(/^failed 60000 /)
  })
  it('waits while a field or an object is not there yet', () => {
    expect(verdictOf('eventually', 'pod("web").status.phase == "Running"', {})).toMatch(/^met 2000 /)
    expect(verdictOf('eventually', 'pod("db").status.phase == "Running"', { to: 5_000 })).toBe(
      'failed 5000 cannot be evaluated at character 11: `pod("db")` is null: there is no such object',
    )
  })
})

describe('at', () => {
  it('looks at one instant, once everything in it has happened', () => {
    expect(verdictOf('at', RUNS, { from: 2_000, to: 2_000 })).toMatch(/^met 2000 /)
    expect(verdictOf('at', RUNS, { from: 1_999, to: 1_999 })).toMatch(/^failed 1999 /)
    expect(verdictOf('at', RUNS, { from: 4_000, to: 4_000 })).toMatch(/^failed 4000 /)
  })
  it('looks though nothing else happens then', () => {
    expect(verdictOf('at', RUNS, { from: 3_141, to: 3_141 })).toMatch(/^met 3141 /)
  })
})

describe('windows', () => {
  it('that outlast the run end with it', () => {
    expect(verdictOf('always', 'pods.size() < 2', { to: 90_000 })).toBe('met 60000')
    expect(verdictOf('at', 'pods.size() == 0', { from: 60_000, to: 60_000 })).toMatch(/^met 60000 /)
  })
  it('that are not over when a run is cut short leave undecided what could still change', () => {
    const expectations = [
      expectation('always', RUNS, { from: 2_000, to: 3_500 }),
      expectation('always', 'pods.size() == 0'),
      expectation('eventually', RUNS, { from: 2_500 }),
      expectation('eventually', 'pods.size() == 2', { to: 5_000 }),
      expectation('never', RUNS, { from: 3_500 }),
    ]
    const { verdicts, entries } = run(expectations, life, 3_000, 60_000)
    expect(verdicts.map(({ verdict }) => verdict)).toEqual(['undecided', 'failed', 'met', 'undecided', 'undecided'])
    expect(verdicts[0]).not.toHaveProperty('at')
    const header = expectations.map(({ source, ...rest }) => ({ ...rest, line: source.line, column: source.column }))
    expect(verdictsFromLog(entries, header)).toEqual(
      verdicts.map((verdict) => ({ ...verdict, source: { line: 1, column: 1 } })),
    )
  })
  it('have notices at their edges, one where they are one instant', () => {
    const due = (at: number, index: number) => ({
      at,
      by: 'expectations',
      event: ExpectationDue({ expectation: index }),
    })
    expect(
      expectationNotices(
        [
          expectation('always', 'true', { from: 5, to: 9 }),
          expectation('at', 'true', { from: 7, to: 7 }),
          expectation('never', 'false'),
          expectation('always', 'true', { from: 7, to: 8 }),
        ],
        7,
      ),
    ).toEqual([due(5, 0), due(7, 1), due(0, 2), due(7, 3)])
  })
})

describe('an expression without a value', () => {
  const strict = 'pods.filter(p, p.metadata.labels.app == "web").size() >= 0'
  const bare: Story = [
    [0, template],
    [1_000, podCreated('default/web', { app: 'web' }), podCreated('default/bare')],
  ]
  it.each(['always', 'never', 'at', 'eventually'] as const)('is no verdict in favour of %s', (kind) => {
    const window = { from: 2_000, to: kind === 'at' ? 2_000 : 3_000 }
    const [verdict] = run([expectation(kind, strict, window)], bare).verdicts
    expect(verdict?.verdict).toBe('failed')
    expect(verdict?.at).toBe(kind === 'eventually' ? 3_000 : 2_000)
    expect(verdict?.evidence).toBe(
      'cannot be evaluated at character 27: there is no `labels` for default/bare; a field that may be absent: `has(x.labels)`, or `x.?labels.orValue(…)`',
    )
  })
  it('has a value where absence is provided for', () => {
    const lenient = 'pods.filter(p, p.metadata.?labels.?app.orValue("") == "web").size() == 1'
    expect(run([expectation('at', lenient, { from: 2_000, to: 2_000 })], bare).verdicts[0]?.verdict).toBe('met')
  })
})

describe('the log', () => {
  const { entries, verdicts } = run(
    [
      expectation('always', 'pods.size() == 0', { name: 'stays empty' }),
      expectation('eventually', RUNS),
      expectation('at', 'true', { from: 3_000, to: 3_000 }),
    ],
    life,
  )
  const decided = entries.filter(({ event }) => event.kind === 'ExpectationMet' || event.kind === 'ExpectationFailed')

  it('has every verdict once, with what decided it as its cause', () => {
    const causes = decided.map(({ at, cause, event }) => [at, event.kind, entries[cause ?? -1]?.event.kind])
    expect(causes).toEqual([
      [1_000, 'ExpectationFailed', 'PodCreated'],
      [2_000, 'ExpectationMet', 'PodStatusReported'],
      [3_000, 'ExpectationMet', 'ExpectationDue'],
    ])
  })
  it('names as cause what touched the objects rather than what merely came last', () => {
    const story: Story = [
      [0, template],
      [1_000, podCreated('default/a'), controllerCreated('default/web', 1)],
    ]
    const log = run([expectation('never', 'pods.size() == 1')], story).entries
    const failed = log.find(({ event }) => event.kind === 'ExpectationFailed')
    expect(log[failed?.cause ?? -1]?.event.kind).toBe('PodCreated')
  })
  it('is enough to tell the verdicts again, but for where they are written', () => {
    expect(verdictsFromLog(entries)).toEqual(verdicts.map(({ source: _, ...verdict }) => verdict))
    expect(verdicts.map(({ index, name, verdict }) => [index, name, verdict])).toEqual([
      [0, 'stays empty', 'failed'],
      [1, 'expect[1]', 'met'],
      [2, 'expect[2]', 'met'],
    ])
    expect(verdicts[0]?.source).toEqual({ file: 'test.yaml', line: 1, column: 1 })
  })
})

describe('evaluation', () => {
  /** How often the expression looks at the list of pods, over some instants with these events. */
  const looks = (text: string, ...instants: readonly (readonly SimEvent[])[]): number => {
    const view = clusterOf(template, podCreated('default/web'))
    let count = 0
    const counting = new Proxy(view, {
      get: (target, key) => {
        if (key === 'settings') count++
        return Reflect.get(target, key)
      },
    })
    const held = createExpectations([expectation('always', text)], 1_000_000, counting)
    instants.forEach((events, index) => {
      for (const event of events) held.seen({ seq: index, at: index, cause: null, by: 'test', event })
      held.observe(index, index)
    })
    return count
  }
  // `now` reads the settings of the cluster exactly once for each evaluation; rendering reads them too, so only
  // expressions without objects are counted this way.
  it('happens at every instant for what reads the clock, and never twice at one', () => {
    expect(looks('now > timestamp("2024-01-01T00:00:00Z")', [], [], [])).toBe(3)
  })
  it('happens once over an unchanged state', () => {
    let evaluated = 0
    const view = clusterOf(template, podCreated('default/web'))
    const held = createExpectations([expectation('always', 'configmaps.size() == 0')], 1_000_000, {
      ...view,
      get inertObjects() {
        evaluated++
        return view.inertObjects
      },
    })
    for (let at = 0; at < 5; at++) {
      held.seen({ seq: at, at, cause: null, by: 'test', event: podRunning('default/web') })
      held.observe(at, at)
    }
    expect(evaluated).toBe(1)
  })

  it('does not depend on the order in which objects came', () => {
    const keys = ['a/p', 'a/q', 'b/p', 'b/q', 'c/p', 'c/q']
    const texts = [
      'pods.map(p, p.metadata.name + p.metadata.namespace).size() == 7',
      'pods.all(p, ready(p))',
      'pods[0].metadata.namespace == "c"',
      'pods.filter(p, p.metadata.labels.app == "x").size() == 2',
    ]
    const expectations = texts.map((text) => expectation('at', text, { from: 2_000, to: 2_000 }))
    const told = (order: readonly string[]) =>
      run(expectations, [
        [0, template],
        [1_000, ...order.map((key) => podCreated(key, key.endsWith('q') ? { app: key[0]! } : undefined))],
        [1_500, ...order.filter((key) => key.startsWith('a')).map(podRunning)],
      ]).verdicts
    const expected = told(keys)
    fc.assert(
      fc.property(fc.shuffledSubarray(keys, { minLength: keys.length }), (order) => {
        expect(told(order)).toEqual(expected)
      }),
      { numRuns: 50 },
    )
  })
})
