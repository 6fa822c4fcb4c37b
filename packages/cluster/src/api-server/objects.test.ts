import type { SimEvent } from '@wavetank/kernel'
import { type Either, isRight } from 'fp-ts/lib/Either.js'
import { beforeEach, describe, expect, it } from 'vitest'
import { apiObject } from '../api/decode.ts'
import { NamespaceMarkedForDeletion } from '../namespace/events.ts'
import { storedKinds } from '../object/stored-kinds.ts'
import { findObject, objectsOf } from '../render/objects.ts'
import { createClusterStore } from '../store.ts'
import type { ApiFailure } from './failure.ts'
import { createInitialObjects, createObject, deleteObject, pendingKey } from './objects.ts'
import { storedObject, updateObject } from './update.ts'

let store = createClusterStore()
let seq = 0
const happen = (...events: readonly SimEvent[]): void => {
  for (const event of events) store.apply({ seq: seq++, at: 0, cause: null, by: 'test', event })
}
const eventsOf = (answer: Either<ApiFailure, readonly SimEvent[]>): readonly SimEvent[] => {
  if (isRight(answer)) return answer.right
  throw new Error(answer.left.message)
}
const refusalOf = (answer: Either<ApiFailure, readonly SimEvent[]>): string =>
  isRight(answer) ? 'none' : `${answer.left.reason}: ${answer.left.message}`
const create = (manifest: unknown) => createObject(store.view, 0, apiObject(manifest))

beforeEach(() => {
  store = createClusterStore()
  seq = 0
  happen(...createInitialObjects(store.view, 0))
})

const labels = { app: 'web' }
const template = { metadata: { labels }, spec: { containers: [{ name: 'web', image: 'nginx' }] } }
const MANIFESTS = [
  { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a', labels }, spec: template.spec },
  { apiVersion: 'v1', kind: 'ReplicationController', metadata: { name: 'a' }, spec: { template } },
  { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', metadata: { name: 'a' }, addressType: 'IPv4' },
  { apiVersion: 'v1', kind: 'Service', metadata: { name: 'a' }, spec: { type: 'NodePort', ports: [{ port: 80 }] } },
  { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'a' }, spec: { hard: { pods: '9' } } },
  {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name: 'a' },
    spec: { selector: { matchLabels: labels }, template },
  },
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'a', annotations: { x: 'y' } },
    spec: { selector: { matchLabels: labels }, template, paused: true, strategy: { type: 'Recreate' } },
  },
  {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'a', annotations: { x: 'y' } },
    spec: { selector: { matchLabels: labels }, template, minReadySeconds: 5 },
  },
  {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'a' },
    spec: { template: { spec: { ...template.spec, restartPolicy: 'Never' } } },
  },
  {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'a' },
    spec: { maxReplicas: 3, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'a' } },
  },
  {
    apiVersion: 'batch/v1beta1',
    kind: 'CronJob',
    metadata: { name: 'a' },
    spec: {
      schedule: '0 * * * *',
      jobTemplate: { spec: { template: { spec: { ...template.spec, restartPolicy: 'Never' } } } },
    },
  },
  {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'a' },
    spec: {
      selector: { matchLabels: labels },
      template,
      serviceName: 'a',
      ordinals: { start: 5 },
      volumeClaimTemplates: [
        {
          metadata: { name: 'data' },
          spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
        },
      ],
    },
  },
  {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'a' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  },
  {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: 'a' },
    spec: { accessModes: ['ReadWriteOnce'], capacity: { storage: '1Gi' }, hostPath: { path: '/data' } },
  },
  { apiVersion: 'v1', kind: 'Node', metadata: { name: 'a', labels }, status: { capacity: { cpu: '1' } } },
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'a', annotations: { x: 'y' } } },
  { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { x: 'y' } },
  {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'a' },
    spec: { minAvailable: '50%', selector: { matchLabels: { app: 'web' } }, unhealthyPodEvictionPolicy: 'AlwaysAllow' },
  },
  {
    apiVersion: 'scheduling.k8s.io/v1',
    kind: 'PriorityClass',
    metadata: { name: 'a' },
    value: 7,
    globalDefault: false,
    description: 'x',
  },
  { apiVersion: 'acme.io/v1', kind: 'Widget', metadata: { name: 'a' }, spec: { size: 3 } },
]
const manifestOf = (kind: string) => MANIFESTS.find((manifest) => manifest.kind === kind)
/** Kinds that controllers alone make. */
const MADE_BY_CONTROLLERS: ReadonlySet<string> = new Set(['ControllerRevision'])
const cases = MANIFESTS.map((manifest) => [manifest.kind, manifest] as const)

describe('an object of any kind', () => {
  it.each(cases)('%s is stored, shown, left alone by the same again, and deleted', (kind, manifest) => {
    happen(...eventsOf(create(manifest)))
    const object = apiObject(manifest)
    const ref = { kind, namespace: object.metadata.namespace ?? '', name: 'a' }
    expect(findObject(store.view, kind, ref.namespace, 'a')?.render()).toMatchObject({
      apiVersion: manifest.apiVersion.replace('v1beta1', 'v1'),
      kind,
      metadata: { name: 'a', uid: expect.stringMatching(/^[0-9a-f-]{36}$/) },
    })
    const read = storedObject(store.view, ref)
    expect(read).toBeDefined()
    expect(eventsOf(updateObject(store.view, read!))).toEqual([])
    expect(refusalOf(create(manifest))).toMatch(/^AlreadyExists: .* "a" already exists$/)
    happen(...eventsOf(deleteObject(store.view, ref, { propagation: 'Background' })))
    const left = objectsOf(store.view, kind).filter(({ name }) => name === 'a')
    // A namespace has to be emptied first, and storage is protected by a finalizer.
    const stays = ['Namespace', 'PersistentVolumeClaim', 'PersistentVolume'].includes(kind)
    expect(left).toHaveLength(stays ? 1 : 0)
  })

  it.each(cases)('%s is refused when there is none to delete or to change', (kind, manifest) => {
    const object = apiObject(manifest)
    const ref = { kind, namespace: object.metadata.namespace ?? '', name: 'a' }
    expect(refusalOf(deleteObject(store.view, ref, { propagation: 'Background' }))).toMatch(
      /^NotFound: .* "a" not found$/,
    )
    expect(refusalOf(updateObject(store.view, object))).toMatch(/^NotFound: .* "a" not found$/)
  })

  it('of every kind with a table is found by the list of objects', () => {
    for (const { kind } of storedKinds) {
      if (MADE_BY_CONTROLLERS.has(kind)) continue
      const manifest = manifestOf(kind)
      expect(manifest, `a manifest of a ${kind} for this test`).toBeDefined()
      happen(...eventsOf(create(manifest)))
      expect(objectsOf(store.view, kind).map(({ name }) => name)).toContain('a')
    }
  })

  it('has the same uid in every run of one seed', () => {
    const first = eventsOf(create(MANIFESTS[0]))
    expect(eventsOf(create(MANIFESTS[0]))).toEqual(first)
  })

  it('shows annotations of a namespace', () => {
    happen(...eventsOf(create(manifestOf('Namespace'))))
    expect(findObject(store.view, 'Namespace', '', 'a')?.annotations).toEqual({ x: 'y' })
  })
})

describe('a namespace', () => {
  const inShop = { ...manifestOf('ConfigMap'), metadata: { name: 'a', namespace: 'shop' } }

  it('is one of four in a new cluster, and those are made once', () => {
    expect([...store.view.namespaces.keys()]).toEqual(['default', 'kube-node-lease', 'kube-public', 'kube-system'])
    expect(createInitialObjects(store.view, 0)).toEqual([])
  })

  it('has to be there before what stands in it, or come with it', () => {
    expect(refusalOf(create(inShop))).toBe('NotFound: namespaces "shop" not found')
    const pending = new Set([pendingKey('Namespace', '', 'shop')])
    expect(eventsOf(createObject(store.view, 0, apiObject(inShop), pending))).toHaveLength(1)
  })

  it('takes nothing new while it is being terminated', () => {
    happen(...eventsOf(create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } })))
    happen(NamespaceMarkedForDeletion({ namespace: 'shop' }))
    expect(refusalOf(create(inShop))).toBe(
      'Forbidden: configmaps "a" is forbidden: unable to create new content in namespace shop because it is being terminated',
    )
  })
})

describe('a name that is made up', () => {
  const generated = { ...MANIFESTS[0], metadata: { generateName: 'job-', labels } }

  it('repeats, and avoids those that are taken', () => {
    const nameOf = () => (eventsOf(create(generated)).at(-1) as unknown as { pod: string }).pod
    const first = nameOf()
    expect(nameOf()).toBe(first)
    happen(...eventsOf(create(generated)))
    expect(nameOf()).not.toBe(first)
  })
})

it('keeps what a pod manifest says of its owner, node and finalizers', () => {
  const owner = { apiVersion: 'batch/v1', kind: 'Job', name: 'j', uid: 'u' }
  const [template_, created] = eventsOf(
    create({
      ...MANIFESTS[0],
      metadata: {
        name: 'a',
        finalizers: ['batch.kubernetes.io/job-tracking'],
        ownerReferences: [
          { ...owner, uid: 'other' },
          { ...owner, controller: true },
        ],
      },
      spec: { ...template.spec, nodeName: 'n1' },
    }),
  )
  happen(template_!, created!)
  expect(created).toMatchObject({ owner })
  expect(store.view.pods.get('default/a')).toMatchObject({
    node: 'n1',
    finalizers: ['batch.kubernetes.io/job-tracking'],
  })
})

it('refuses a pod that admission refuses', () => {
  const urgent = { ...MANIFESTS[0], spec: { ...template.spec, priorityClassName: 'none' } }
  expect(refusalOf(create(urgent))).toContain('no PriorityClass with name none was found')
})
