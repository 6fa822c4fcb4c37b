import {
  createClusterStore,
  createInitialObjects,
  createObject,
  deleteObject,
  findObject,
  storedObject,
  updateObject,
} from '@wavetank/cluster'
import { apiObject, decodeObject } from '@wavetank/cluster/api'
import type { SimEvent } from '@wavetank/kernel'
import { getTable } from '@wavetank/report'
import { isLeft } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'

/**
 * Priority classes. Sources: plugin/pkg/admission/priority/admission.go, pkg/apis/scheduling/validation,
 * pkg/registry/scheduling; `§` is the section of the behavioural specification.
 */

type Json = Readonly<Record<string, unknown>>

const priorityClass = (name: string, value: number, more: Json = {}): Json => ({
  apiVersion: 'scheduling.k8s.io/v1',
  kind: 'PriorityClass',
  metadata: { name },
  value,
  ...more,
})
const pod = (spec: Json = {}): Json => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'a', namespace: 'default' },
  spec: { containers: [{ name: 'main', image: 'x' }], ...spec },
})

const cluster = (...manifests: readonly Json[]) => {
  const store = createClusterStore()
  let seq = 0
  const happen = (events: readonly SimEvent[]): void => {
    for (const event of events) store.apply({ seq: seq++, at: 0, cause: null, by: 'test', event })
  }
  /** What it is refused with; nothing, if it happens. */
  const tried = (result: ReturnType<typeof createObject>): string | undefined => {
    if (isLeft(result)) return `${result.left.reason}: ${result.left.message}`
    happen(result.right)
    return undefined
  }
  happen(createInitialObjects(store.view, 0))
  const create = (manifest: Json) => tried(createObject(store.view, 0, apiObject(manifest)))
  for (const manifest of manifests) expect(create(manifest)).toBeUndefined()
  return {
    view: store.view,
    create,
    remove: (name: string) =>
      tried(deleteObject(store.view, { kind: 'PriorityClass', namespace: '', name }, { propagation: 'Background' })),
    update: (name: string, more: Json) => {
      const stored = storedObject(store.view, { kind: 'PriorityClass', namespace: '', name }) as unknown as Json
      return tried(updateObject(store.view, apiObject({ ...stored, ...more })))
    },
    /** The priority with which a pod is stored, or why it is not. */
    priorityOf: (spec: Json = {}): unknown => {
      const refusal = create(pod(spec))
      if (refusal !== undefined) return refusal
      const { priority, priorityClassName, preemptionPolicy } = store.view.pods.get('default/a')!.template.spec
      return [priority, priorityClassName, preemptionPolicy]
    },
  }
}

describe('the priority of a pod (§11.4, admitPod)', () => {
  const urgent = priorityClass('urgent', 1_000)
  const lazy = priorityClass('lazy', -5, { globalDefault: true })

  it.each<[string, readonly Json[], Json, unknown]>([
    ['0, if nothing says otherwise', [], {}, [0, undefined, 'PreemptLowerPriority']],
    ['of its class', [urgent], { priorityClassName: 'urgent' }, [1_000, 'urgent', 'PreemptLowerPriority']],
    ['of the default class, whose name it gets', [urgent, lazy], {}, [-5, 'lazy', 'PreemptLowerPriority']],
    [
      'of its class, default or no',
      [urgent, lazy],
      { priorityClassName: 'urgent' },
      [1_000, 'urgent', 'PreemptLowerPriority'],
    ],
    [
      'with the preemption policy of the class',
      [priorityClass('meek', 7, { preemptionPolicy: 'Never' })],
      { priorityClassName: 'meek' },
      [7, 'meek', 'Never'],
    ],
    [
      '2 000 000 000 for the cluster’s own',
      [],
      { priorityClassName: 'system-cluster-critical' },
      [2_000_000_000, 'system-cluster-critical', 'PreemptLowerPriority'],
    ],
    [
      '2 000 001 000 for the nodes’ own',
      [],
      { priorityClassName: 'system-node-critical' },
      [2_000_001_000, 'system-node-critical', 'PreemptLowerPriority'],
    ],
    [
      'unknown: refused',
      [],
      { priorityClassName: 'urgent' },
      'Forbidden: pods "a" is forbidden: no PriorityClass with name urgent was found',
    ],
    [
      'written, as it comes out',
      [urgent],
      { priorityClassName: 'urgent', priority: 1_000 },
      [1_000, 'urgent', 'PreemptLowerPriority'],
    ],
    [
      'written, but another one: refused',
      [urgent],
      { priorityClassName: 'urgent', priority: 5 },
      'Forbidden: pods "a" is forbidden: the integer value of priority (5) must not be provided in pod spec; priority ' +
        'admission controller computed 1000 from the given PriorityClass name',
    ],
    [
      'a policy that is not that of the class: refused',
      [urgent],
      { priorityClassName: 'urgent', preemptionPolicy: 'Never' },
      'Forbidden: pods "a" is forbidden: the string value of PreemptionPolicy (Never) must not be provided in pod ' +
        'spec; priority admission controller computed PreemptLowerPriority from the given PriorityClass name',
    ],
  ])('%s', (_rule, classes, spec, expected) => {
    expect(cluster(...classes).priorityOf(spec)).toEqual(expected)
  })

  it('is that of the class as it is when the pod is created', () => {
    const { create, remove, priorityOf } = cluster(urgent)
    expect(remove('urgent')).toBeUndefined()
    expect(priorityOf({ priorityClassName: 'urgent' })).toContain('no PriorityClass with name urgent was found')
    expect(create(priorityClass('urgent', 9))).toBeUndefined()
    expect(priorityOf({ priorityClassName: 'urgent' })).toEqual([9, 'urgent', 'PreemptLowerPriority'])
  })
})

describe('a priority class', () => {
  it('only one is the default: validatePriorityClass', () => {
    const { create, update } = cluster(priorityClass('a', 1, { globalDefault: true }), priorityClass('b', 2))
    const why = 'is forbidden: PriorityClass a is already marked as default. Only one default can exist'
    expect(create(priorityClass('c', 3, { globalDefault: true }))).toBe(
      `Forbidden: priorityclasses.scheduling.k8s.io "c" ${why}`,
    )
    expect(update('b', { globalDefault: true })).toBe(`Forbidden: priorityclasses.scheduling.k8s.io "b" ${why}`)
    expect(update('a', { description: 'still the default' })).toBeUndefined()
    expect(update('a', { globalDefault: false })).toBeUndefined()
    expect(update('b', { globalDefault: true })).toBeUndefined()
  })

  it('its value and policy stay: ValidatePriorityClassUpdate', () => {
    const { update } = cluster(priorityClass('a', 1))
    expect(update('a', { value: 2 })).toBe(
      'Invalid: PriorityClass "a" is invalid: value: Forbidden: may not be changed in an update.',
    )
    expect(update('a', { preemptionPolicy: 'Never' })).toBe(
      'Invalid: PriorityClass "a" is invalid: preemptionPolicy: Invalid value: "Never": field is immutable',
    )
  })

  it('those of the system cannot be deleted', () => {
    expect(cluster().remove('system-node-critical')).toBe(
      'Forbidden: priorityclasses.scheduling.k8s.io "system-node-critical" is forbidden: this is a system priority class and cannot be deleted',
    )
  })

  it.each([
    [
      'value: Forbidden: maximum allowed value of a user defined priority is 1000000000',
      priorityClass('a', 1_000_000_001),
    ],
    [
      "metadata.name: Forbidden: priority class names with 'system-' prefix are reserved for system use only. error:",
      priorityClass('system-mine', 1),
    ],
    [
      "metadata.name: Forbidden: priority class names with 'system-' prefix are reserved for system use only. error:",
      priorityClass('system-node-critical', 1),
    ],
  ])('is refused: %s', (message, manifest) => {
    const decoded = decodeObject(manifest)
    expect(isLeft(decoded) && decoded.left[0]!.message.startsWith(message)).toBe(true)
  })

  it('of old versions is one of today', () => {
    const old = { ...priorityClass('a', 3), apiVersion: 'scheduling.k8s.io/v1beta1' }
    const { view, create } = cluster()
    expect(create(old)).toBeUndefined()
    expect(findObject(view, 'PriorityClass', '', 'a')!.render()).toMatchObject({
      apiVersion: 'scheduling.k8s.io/v1',
      preemptionPolicy: 'PreemptLowerPriority',
      value: 3,
    })
  })

  it('kubectl get priorityclasses', () => {
    const { view } = cluster(priorityClass('urgent', 7, { globalDefault: true, preemptionPolicy: 'Never' }))
    expect(getTable(view, 5_000, { kinds: ['PriorityClass'], output: 'wide' } as never).text).toBe(
      'NAME                      VALUE        GLOBAL-DEFAULT   AGE   PREEMPTIONPOLICY\n' +
        'system-cluster-critical   2000000000   false            5s    PreemptLowerPriority\n' +
        'system-node-critical      2000001000   false            5s    PreemptLowerPriority\n' +
        'urgent                    7            true             5s    Never\n',
    )
  })
})
