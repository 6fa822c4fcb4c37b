import { isLeft, isRight } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { isKind } from '../api-object.ts'
import { apiObject } from '../decode.ts'
import type { PriorityClass } from '../scheduling/priority-class.ts'
import type { Toleration } from './affinity.ts'
import { admitPodSpec } from './pod-admission.ts'
import type { PodSpec } from './pod-spec.ts'

const specOf = (fields: Readonly<Record<string, unknown>> = {}): PodSpec => {
  const spec = { containers: [{ name: 'app', image: 'app:1' }], ...fields }
  const pod = apiObject({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web' }, spec })
  if (!isKind(pod, 'Pod')) throw new Error('no pod')
  return pod.spec
}
const priorityClass = (name: string, value: number, more: Readonly<Record<string, unknown>> = {}): PriorityClass => {
  const object = apiObject({
    apiVersion: 'scheduling.k8s.io/v1',
    kind: 'PriorityClass',
    metadata: { name },
    value,
    ...more,
  })
  if (!isKind(object, 'PriorityClass')) throw new Error('no class')
  return object
}
const admit = (spec: PodSpec, priorityClasses: readonly PriorityClass[] = []) =>
  admitPodSpec(spec, { notReadySeconds: 300, unreachableSeconds: 200, priorityClasses })
const admitted = (spec: PodSpec, classes: readonly PriorityClass[] = []): PodSpec => {
  const result = admit(spec, classes)
  if (!isRight(result)) throw new Error(result.left[0]!.message)
  return result.right
}

const notReady: Toleration = {
  key: 'node.kubernetes.io/not-ready',
  operator: 'Exists',
  effect: 'NoExecute',
  tolerationSeconds: 300,
}
const unreachable: Toleration = { ...notReady, key: 'node.kubernetes.io/unreachable', tolerationSeconds: 200 }

describe('admitPodSpec', () => {
  it.each([
    [undefined, [notReady, unreachable]],
    [[{ key: 'a', operator: 'Exists' }], [{ key: 'a', operator: 'Exists' }, notReady, unreachable]],
    [[{ operator: 'Exists' }], [{ operator: 'Exists' }]],
    [
      [{ key: 'node.kubernetes.io/not-ready', operator: 'Exists' }],
      [{ key: 'node.kubernetes.io/not-ready', operator: 'Exists' }, unreachable],
    ],
    [
      [{ operator: 'Exists', effect: 'NoSchedule' }],
      [{ operator: 'Exists', effect: 'NoSchedule' }, notReady, unreachable],
    ],
  ])('adds to the tolerations %j what is missing', (own, expected) => {
    expect(admitted(specOf(own === undefined ? {} : { tolerations: own })).tolerations).toEqual(expected)
  })

  it('changes nothing the second time', () => {
    const once = admitted(specOf(), [priorityClass('normal', 10, { globalDefault: true })])
    expect(admitted(once, [priorityClass('normal', 10, { globalDefault: true })])).toEqual(once)
  })

  it('takes the priority of the class that is named', () => {
    const classes = [priorityClass('high', 1000, { preemptionPolicy: 'Never' }), priorityClass('low', 1)]
    expect(admitted(specOf({ priorityClassName: 'high' }), classes)).toMatchObject({
      priority: 1000,
      preemptionPolicy: 'Never',
    })
    expect(admitted(specOf({ priorityClassName: 'system-node-critical' }))).toMatchObject({ priority: 2_000_001_000 })
  })

  it('takes the lowest global default without a name, and 0 without any', () => {
    const classes = [
      priorityClass('b', 20, { globalDefault: true }),
      priorityClass('a', 10, { globalDefault: true }),
      priorityClass('c', 5),
    ]
    expect(admitted(specOf(), classes)).toMatchObject({ priority: 10, priorityClassName: 'a' })
    expect(admitted(specOf())).toMatchObject({ priority: 0, preemptionPolicy: 'PreemptLowerPriority' })
  })

  it('refuses a class that does not exist', () => {
    const result = admit(specOf({ priorityClassName: 'urgent' }))
    expect(isLeft(result) && result.left).toMatchObject([
      {
        code: 'WT121',
        path: ['spec', 'priorityClassName'],
        message: 'no PriorityClass with name urgent was found',
      },
    ])
  })

  it('refuses a priority that is not that of the class', () => {
    const result = admit(specOf({ priority: 7 }))
    expect(isLeft(result) && result.left[0]!.message).toBe(
      'the integer value of priority (7) must not be provided in pod spec; priority admission controller computed 0 from the given PriorityClass name',
    )
  })
})
