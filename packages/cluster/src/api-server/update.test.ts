import type { SimEvent } from '@wavetank/kernel'
import { isRight } from 'fp-ts/lib/Either.js'
import { beforeEach, describe, expect, it } from 'vitest'
import { apiObject } from '../api/decode.ts'
import { NodeAnnotated, NodeCordoned, NodeTainted, NodeUntainted } from '../node/events.ts'
import { PodAdopted, PodReleased, PodSchedulingGatesChanged } from '../pod/events.ts'
import { createClusterStore } from '../store.ts'
import { createInitialObjects, createObject } from './objects.ts'
import { patchObject } from './patch.ts'

let store = createClusterStore()
let seq = 0
const happen = (...events: readonly SimEvent[]): void => {
  for (const event of events) store.apply({ seq: seq++, at: 0, cause: null, by: 'test', event })
}
const create = (manifest: unknown): void => {
  const created = createObject(store.view, 0, apiObject(manifest))
  if (isRight(created)) happen(...created.right)
}
const patch = (kind: string, change: object, name = 'a'): readonly SimEvent[] | string => {
  const namespace = kind === 'Node' || kind === 'Widget' ? '' : 'default'
  const answer = patchObject(store.view, { kind, namespace, name }, 'merge', change)
  return isRight(answer) ? answer.right : `${answer.left.reason}: ${answer.left.message}`
}

const labels = { app: 'web' }
const spec = { containers: [{ name: 'web', image: 'nginx', resources: { limits: { cpu: '1' } } }] }
const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: 'u', controller: true }

beforeEach(() => {
  store = createClusterStore()
  seq = 0
  happen(...createInitialObjects(store.view, 0))
  create({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a', labels }, spec })
  create({
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name: 'a' },
    spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
  })
  create({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'a' },
    spec: { providerID: 'x://1', taints: [{ key: 'k', effect: 'NoExecute' }] },
  })
})

describe('an update of a pod', () => {
  it('adopts it, and releases it from its last owner first', () => {
    const { controller, ...ref } = owner
    const adopted = PodAdopted({ pod: 'default/a', owner: ref })
    expect(patch('Pod', { metadata: { ownerReferences: [owner] } })).toEqual([adopted])
    happen(adopted)
    const other = { ...ref, name: 'next', uid: 'v' }
    expect(patch('Pod', { metadata: { ownerReferences: [{ ...other, controller }] } })).toEqual([
      PodReleased({ pod: 'default/a', owner: 'default/web' }),
      PodAdopted({ pod: 'default/a', owner: other }),
    ])
  })

  it('loses scheduling gates, and gets no new ones', () => {
    const gates = [{ name: 'example.com/quota' }, { name: 'example.com/licence' }]
    create({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'gated' }, spec: { ...spec, schedulingGates: gates } })
    const gated = (change: object) => patch('Pod', { spec: change }, 'gated')
    const one = PodSchedulingGatesChanged({ pod: 'default/gated', gates: ['example.com/licence'] })
    expect(gated({ schedulingGates: [gates[1]] })).toEqual([one])
    happen(one)
    expect(gated({ schedulingGates: null })).toEqual([PodSchedulingGatesChanged({ pod: 'default/gated', gates: [] })])
    expect(gated({ schedulingGates: gates })).toContain('spec: Forbidden: pod updates may not change')
  })

  it.each([
    ['its node', { nodeName: 'n1' }],
    ['its restart policy', { restartPolicy: 'Never' }],
    ['its resources', { containers: [{ ...spec.containers[0], resources: { limits: { cpu: '2' } } }] }],
    ['its containers', { containers: [...spec.containers, { name: 'more', image: 'x' }] }],
  ])('may not change %s', (_what, change) => {
    expect(patch('Pod', { spec: change })).toContain(
      'Invalid: Pod "a" is invalid: spec: Forbidden: pod updates may not',
    )
  })

  it.each([
    ['its image', { containers: [{ ...spec.containers[0], image: 'nginx:2' }] }],
    ['its deadline', { activeDeadlineSeconds: 9 }],
  ])('is not simulated where it changes %s', (_what, change) => {
    expect(patch('Pod', { spec: change })).toBe(
      'NotSimulated: pods "a": a change of the spec of a running pod is not simulated',
    )
  })
})

describe('an update of a node', () => {
  it('says which taints went and came', () => {
    const taints = [
      { key: 'k', value: 'v', effect: 'NoExecute' as const },
      { key: 'l', effect: 'NoSchedule' as const },
    ]
    expect(patch('Node', { spec: { taints } })).toEqual(taints.map((taint) => NodeTainted({ node: 'a', taint })))
    expect(patch('Node', { spec: { taints: null } })).toEqual([
      NodeUntainted({ node: 'a', key: 'k', effect: 'NoExecute' }),
    ])
  })

  it('may change several things at once', () => {
    expect(patch('Node', { spec: { unschedulable: true }, metadata: { annotations: { x: 'y' } } })).toEqual([
      NodeCordoned({ node: 'a' }),
      NodeAnnotated({ node: 'a', annotations: { x: 'y' } }),
    ])
  })

  it.each([
    [
      { providerID: 'x://2' },
      'Invalid: Node "a" is invalid: spec.providerID: Forbidden: node updates may not change providerID except from "" to valid',
    ],
    [
      { podCIDR: '10.0.0.0/24' },
      'NotSimulated: nodes "a": a change of spec besides taints and the mark is not simulated',
    ],
  ])('refuses %j', (change, words) => {
    expect(patch('Node', { spec: change })).toBe(words)
  })
})

describe('an update of a ReplicaSet', () => {
  it.each([
    ['status', { status: { replicas: 7 } }],
    ['what the API server alone writes', { metadata: { uid: 'x', resourceVersion: '9', generation: 9 } }],
    ['defaults spelt out', { spec: { replicas: 1, minReadySeconds: 0 } }],
  ])('ignores %s', (_what, change) => {
    expect(patch('ReplicaSet', change)).toEqual([])
  })

  it('keeps the selector within the template', () => {
    const template = { metadata: { labels: { app: 'db' } } }
    expect(patch('ReplicaSet', { spec: { template } })).toContain('`selector` does not match template `labels`')
  })
})

it('merges strategically only into kinds that it knows', () => {
  create({ apiVersion: 'acme.io/v1', kind: 'Widget', metadata: { name: 'a' }, spec: { size: 3 } })
  const widget = { kind: 'Widget', namespace: '', name: 'a' }
  const strategic = patchObject(store.view, widget, 'strategic', { spec: { size: 4 } })
  expect(strategic).toMatchObject({ left: { reason: 'UnsupportedMediaType' } })
  expect(patch('Widget', { spec: { size: 4 } })).toMatchObject([
    { kind: 'InertObjectChanged', body: { spec: { size: 4 } } },
  ])
})
