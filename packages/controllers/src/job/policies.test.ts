import { describe, expect, it } from 'vitest'
import { withIndexes } from './indexes.ts'
import type { JobView, PodView } from './pods.ts'
import { judge, successMessage } from './policies.ts'

const jobOf = (spec: object): JobView => ({ spec: { completions: 10, ...spec } }) as unknown as JobView
const failed = (exitCode: number, more: object = {}): PodView =>
  ({
    namespace: 'shop',
    name: 'batch-1',
    containers: [{ name: 'main', terminated: { exitCode } }],
    initContainers: [],
    conditions: [],
    ...more,
  }) as unknown as PodView

const onExit = (action: string, operator: string, values: readonly number[], containerName?: string) => ({
  action,
  onExitCodes: { operator, values, containerName },
})
const onCondition = (action: string, type: string, status = 'True') => ({ action, onPodConditions: [{ type, status }] })
const disrupted = { conditions: [{ type: 'DisruptionTarget', status: 'True' }] }

// Source: pkg/controller/job/pod_failure_policy.go, matchPodFailurePolicy; semantics 5.9.
describe('the pod failure policy', () => {
  it.each<[string, readonly object[], PodView, boolean, string | undefined, string | undefined]>([
    ['counts what no rule matches', [onExit('Ignore', 'In', [7])], failed(1), true, undefined, undefined],
    ['ignores', [onExit('Ignore', 'In', [1, 2])], failed(2), false, 'Ignore', undefined],
    [
      'takes the first rule that matches',
      [onExit('Count', 'In', [1]), onExit('FailJob', 'In', [1])],
      failed(1),
      true,
      'Count',
      undefined,
    ],
    [
      'fails the Job, and says which rule',
      [onExit('Ignore', 'In', [9]), onExit('FailJob', 'NotIn', [9])],
      failed(42),
      true,
      'FailJob',
      'Container main for pod shop/batch-1 failed with exit code 42 matching FailJob rule at index 1',
    ],
    ['never matches exit code 0', [onExit('FailJob', 'NotIn', [9])], failed(0), true, undefined, undefined],
    [
      'looks at one container, if told so',
      [onExit('Ignore', 'In', [1], 'other')],
      failed(1),
      true,
      undefined,
      undefined,
    ],
    [
      'looks at regular containers first, then at init containers',
      [onExit('FailJob', 'In', [3, 4])],
      failed(0, { initContainers: [{ name: 'init', terminated: { exitCode: 4 } }] }),
      true,
      'FailJob',
      'Container init for pod shop/batch-1 failed with exit code 4 matching FailJob rule at index 0',
    ],
    [
      'passes over containers that still stop',
      [onExit('Ignore', 'NotIn', [9])],
      failed(1, { containers: [{ name: 'main' }] }),
      true,
      undefined,
      undefined,
    ],
    [
      'goes by conditions',
      [onCondition('Ignore', 'DisruptionTarget')],
      failed(137, disrupted),
      false,
      'Ignore',
      undefined,
    ],
    [
      'and their status',
      [onCondition('Ignore', 'DisruptionTarget', 'False')],
      failed(137, disrupted),
      true,
      undefined,
      undefined,
    ],
    [
      'names the condition',
      [onCondition('FailJob', 'DisruptionTarget')],
      failed(137, disrupted),
      true,
      'FailJob',
      'Pod shop/batch-1 has condition DisruptionTarget matching FailJob rule at index 0',
    ],
    ['fails an index', [onExit('FailIndex', 'In', [5])], failed(5), true, 'FailIndex', undefined],
  ])('%s', (_, rules, pod, counts, action, message) => {
    expect(judge(jobOf({ podFailurePolicy: { rules } }), pod)).toEqual({ counts, action, message })
  })

  it('counts every failure of a Job without one', () => {
    expect(judge(jobOf({}), failed(1)).counts).toBe(true)
  })
})

// Source: pkg/controller/job/success_policy.go, matchSuccessPolicy.
describe('the success policy', () => {
  const rules = (...given: readonly object[]) => jobOf({ successPolicy: { rules: given } })
  it.each<[string, JobView, readonly number[], number | undefined]>([
    ['needs every index of the rule', rules({ succeededIndexes: '0,2-3' }), [0, 2], undefined],
    ['and no other', rules({ succeededIndexes: '0,2-3' }), [0, 2, 3], 0],
    ['needs so many of any index', rules({ succeededCount: 2 }), [7, 9], 0],
    ['not fewer', rules({ succeededCount: 2 }), [7], undefined],
    ['needs so many within the set', rules({ succeededIndexes: '0-4', succeededCount: 2 }), [1, 9], undefined],
    ['and takes them', rules({ succeededIndexes: '0-4', succeededCount: 2 }), [1, 4, 9], 0],
    ['says which rule was met first', rules({ succeededCount: 5 }, { succeededIndexes: '1' }), [1], 1],
    ['is not met by nothing', rules({ succeededCount: 0 }), [], undefined],
    ['cuts the set at the completions', rules({ succeededIndexes: '8-20' }), [8, 9], 0],
    ['passes over a set beyond them', rules({ succeededIndexes: '20-30' }), [8, 9], undefined],
  ])('%s', (_, job, succeeded, index) => {
    const message = index === undefined ? undefined : `Matched rules at index ${index}`
    expect(successMessage(job, withIndexes([], succeeded))).toBe(message)
  })
})
