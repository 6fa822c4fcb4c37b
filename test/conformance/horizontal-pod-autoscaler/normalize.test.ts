import { describe, expect, it } from 'vitest'
import {
  type Changes,
  normalize,
  normalizeWithBehavior,
} from '../../../packages/controllers/src/horizontal-pod-autoscaler/normalize.ts'

/**
 * Stabilization and limits, case by case. Source: pkg/controller/podautoscaler/horizontal.go and the cases of
 * horizontal_test.go; semantics sections 10.3 and 10.4.
 */

const NOW = 10_000_000
const WINDOW = 300_000

/** What was recommended, so many seconds ago. */
type Past = readonly (readonly [replicas: number, secondsAgo: number])[]

const question = (current: number, desired: number, past: Past, min = 1, max = 100) => ({
  ...{ at: NOW, current, desired, min, max },
  recommendations: past.map(([replicas, ago]) => ({ replicas, from: NOW - ago * 1_000, to: NOW - ago * 1_000 })),
})

describe('without behavior: normalizeDesiredReplicas', () => {
  it.each<[string, number, number, Past, number, number, number, string, string]>([
    ['what is wanted', 3, 4, [], 1, 100, 4, 'ReadyForNewScale', 'DesiredWithinRange'],
    [
      'down only when nothing higher was recommended for five minutes',
      5,
      2,
      [
        [5, 15],
        [2, 30],
      ],
      1,
      100,
      5,
      'ScaleDownStabilized',
      'DesiredWithinRange',
    ],
    [
      '… to the highest of them, not to the current number',
      9,
      2,
      [
        [4, 290],
        [3, 15],
      ],
      1,
      100,
      4,
      'ScaleDownStabilized',
      'DesiredWithinRange',
    ],
    [
      'what is five minutes old is forgotten',
      5,
      2,
      [
        [5, 300],
        [2, 30],
      ],
      1,
      100,
      2,
      'ReadyForNewScale',
      'DesiredWithinRange',
    ],
    ['a higher one counts on the way up, too', 5, 6, [[8, 60]], 1, 100, 8, 'ScaleDownStabilized', 'DesiredWithinRange'],
    ['up at most to twice as many', 10, 30, [], 1, 100, 20, 'ReadyForNewScale', 'ScaleUpLimit'],
    ['… or to four', 1, 30, [], 1, 100, 4, 'ReadyForNewScale', 'ScaleUpLimit'],
    ['never above the maximum', 10, 30, [], 1, 15, 15, 'ReadyForNewScale', 'TooManyReplicas'],
    [
      'the maximum that is the limit itself is the maximum',
      10,
      30,
      [],
      1,
      20,
      20,
      'ReadyForNewScale',
      'TooManyReplicas',
    ],
    ['never below the minimum', 5, 1, [], 3, 100, 3, 'ReadyForNewScale', 'TooFewReplicas'],
    ['none at all is too few', 5, 0, [], 1, 100, 1, 'ReadyForNewScale', 'TooFewReplicas'],
  ])('%s', (_, current, desired, past, min, max, replicas, able, limit) => {
    const answer = normalize(question(current, desired, past, min, max), WINDOW)
    expect([answer.replicas, answer.ableToScale.reason, answer.scalingLimited.reason]).toEqual([replicas, able, limit])
    expect(answer.scalingLimited.limited).toBe(limit !== 'DesiredWithinRange')
  })
})

const UP = {
  stabilizationWindowSeconds: 0,
  selectPolicy: 'Max' as const,
  policies: [
    { type: 'Pods' as const, value: 4, periodSeconds: 15 },
    { type: 'Percent' as const, value: 100, periodSeconds: 15 },
  ],
}
const DOWN = { selectPolicy: 'Max' as const, policies: [{ type: 'Percent' as const, value: 100, periodSeconds: 15 }] }
const rules = (type: 'Pods' | 'Percent', value: number, periodSeconds = 60, selectPolicy: 'Max' | 'Min' = 'Max') => ({
  stabilizationWindowSeconds: 0,
  selectPolicy,
  policies: [{ type, value, periodSeconds }],
})
const both = (selectPolicy: 'Max' | 'Min') => ({
  stabilizationWindowSeconds: 0,
  selectPolicy,
  policies: [
    { type: 'Pods' as const, value: 4, periodSeconds: 60 },
    { type: 'Percent' as const, value: 10, periodSeconds: 60 },
  ],
})
const DISABLED = { stabilizationWindowSeconds: 0, selectPolicy: 'Disabled' as const, policies: UP.policies }

const changes = (ups: Past = [], downs: Past = []): Changes => ({
  ups: ups.map(([by, ago]) => ({ by, at: NOW - ago * 1_000 })),
  downs: downs.map(([by, ago]) => ({ by, at: NOW - ago * 1_000 })),
})

interface Case {
  readonly up?: object
  readonly down?: object
  readonly past?: Past
  readonly changes?: Changes
  readonly min?: number
  readonly max?: number
}

describe('with behavior: normalizeDesiredReplicasWithBehaviors', () => {
  it.each<[string, number, number, Case, number, string, string]>([
    ['defaults: twice as many at once', 10, 50, {}, 20, 'ReadyForNewScale', 'ScaleUpLimit'],
    ['defaults: four more at once, where that is more', 2, 50, {}, 6, 'ReadyForNewScale', 'ScaleUpLimit'],
    ['defaults: no window on the way up', 2, 5, { past: [[2, 15]] }, 5, 'ReadyForNewScale', 'DesiredWithinRange'],
    [
      'defaults: five minutes on the way down',
      5,
      2,
      { past: [[5, 15]] },
      5,
      'ScaleDownStabilized',
      'DesiredWithinRange',
    ],
    ['defaults: all the way down at once', 50, 1, {}, 1, 'ReadyForNewScale', 'DesiredWithinRange'],
    [
      'a window on the way up: the lowest of it',
      2,
      9,
      {
        up: { ...UP, stabilizationWindowSeconds: 60 },
        past: [
          [4, 45],
          [7, 15],
        ],
      },
      4,
      'ScaleUpStabilized',
      'DesiredWithinRange',
    ],
    [
      '… and what is as old as the window is outside of it',
      2,
      6,
      { up: { ...UP, stabilizationWindowSeconds: 60 }, past: [[4, 60]] },
      6,
      'ReadyForNewScale',
      'DesiredWithinRange',
    ],
    [
      'no window on the way down',
      5,
      2,
      { down: { ...DOWN, stabilizationWindowSeconds: 0 }, past: [[5, 15]] },
      2,
      'ReadyForNewScale',
      'DesiredWithinRange',
    ],
    [
      'between the two windows: as it is',
      5,
      6,
      { up: { ...UP, stabilizationWindowSeconds: 60 }, past: [[4, 15]] },
      5,
      'ScaleUpStabilized',
      'DesiredWithinRange',
    ],
    ['so many pods in a period', 10, 50, { up: rules('Pods', 4) }, 14, 'ReadyForNewScale', 'ScaleUpLimit'],
    [
      '… less those that came in it already',
      13,
      50,
      { up: rules('Pods', 4), changes: changes([[3, 45]]) },
      14,
      'ReadyForNewScale',
      'ScaleUpLimit',
    ],
    [
      '… all of which came: nothing more',
      14,
      50,
      { up: rules('Pods', 4), changes: changes([[4, 45]]) },
      14,
      'ReadyForNewScale',
      'ScaleUpLimit',
    ],
    [
      '… until they are as old as the period',
      14,
      50,
      { up: rules('Pods', 4), changes: changes([[4, 60]]) },
      18,
      'ReadyForNewScale',
      'ScaleUpLimit',
    ],
    [
      'those that went in it may come back',
      8,
      50,
      { up: rules('Pods', 4), changes: changes([], [[3, 30]]) },
      15,
      'ReadyForNewScale',
      'ScaleUpLimit',
    ],
    ['percent on the way up, rounded up', 3, 50, { up: rules('Percent', 10) }, 4, 'ReadyForNewScale', 'ScaleUpLimit'],
    [
      'percent on the way down, cut off',
      15,
      1,
      { down: rules('Percent', 10) },
      13,
      'ReadyForNewScale',
      'ScaleDownLimit',
    ],
    ['pods on the way down', 15, 1, { down: rules('Pods', 4) }, 11, 'ReadyForNewScale', 'ScaleDownLimit'],
    [
      '… less those that went already',
      12,
      1,
      { down: rules('Pods', 4), changes: changes([], [[3, 30]]) },
      11,
      'ReadyForNewScale',
      'ScaleDownLimit',
    ],
    [
      '… all of which went: nothing more',
      11,
      1,
      { down: rules('Pods', 4), changes: changes([], [[6, 30]]) },
      11,
      'ReadyForNewScale',
      'ScaleDownLimit',
    ],
    [
      'Max takes the policy that changes most, up',
      100,
      500,
      { up: both('Max'), max: 1_000 },
      // 100 · 1.1 is a little more than 110 in doubles, and rounded up.
      111,
      'ReadyForNewScale',
      'ScaleUpLimit',
    ],
    [
      'Min the one that changes least, up',
      100,
      500,
      { up: both('Min'), max: 1_000 },
      104,
      'ReadyForNewScale',
      'ScaleUpLimit',
    ],
    [
      'Max takes the policy that changes most, down',
      100,
      1,
      { down: both('Max') },
      90,
      'ReadyForNewScale',
      'ScaleDownLimit',
    ],
    ['Min the one that changes least, down', 100, 1, { down: both('Min') }, 96, 'ReadyForNewScale', 'ScaleDownLimit'],
    ['Disabled: not up', 5, 9, { up: DISABLED }, 5, 'ReadyForNewScale', 'ScaleUpLimit'],
    ['Disabled: not down', 5, 2, { down: DISABLED }, 5, 'ReadyForNewScale', 'ScaleDownLimit'],
    ['never above the maximum', 10, 50, { max: 12 }, 12, 'ReadyForNewScale', 'TooManyReplicas'],
    ['never below the minimum', 10, 1, { min: 3 }, 3, 'ReadyForNewScale', 'TooFewReplicas'],
  ])('%s', (_, current, desired, given, replicas, able, limit) => {
    const { up = UP, down = DOWN, past = [], min = 1, max = 100 } = given
    const asked = question(current, desired, past, min, max)
    const answer = normalizeWithBehavior(asked, up, down, given.changes ?? changes(), WINDOW)
    expect([answer.replicas, answer.ableToScale.reason, answer.scalingLimited.reason]).toEqual([replicas, able, limit])
  })
})
