import { PodDeleted, persistentVolumeClaimEvents, persistentVolumeEvents } from '@wavetank/cluster'
import { describe, expect, it } from 'vitest'
import { createTestCluster, type TestCluster } from './cluster.ts'

/** Section 8.9 of the behaviour contract, semantics/node-and-scheduler.md. */

const ZONE = 'topology.kubernetes.io/zone'

const twoZones = (): TestCluster => {
  const cluster = createTestCluster()
  cluster.node('a1', { labels: { [ZONE]: 'a' } })
  cluster.node('b1', { labels: { [ZONE]: 'b' } })
  return cluster
}
const claim = (cluster: TestCluster, name: string, spec: object = {}): void => {
  const whole = {
    accessModes: ['ReadWriteOnce'],
    resources: { requests: { storage: '1Gi' } },
    volumeMode: 'Filesystem',
    storageClassName: 'fast',
    ...spec,
  }
  const { Created } = persistentVolumeClaimEvents
  cluster.happen(Created({ object: `shop/${name}`, uid: name, labels: {}, annotations: {}, spec: whole }), 20_000)
}
const volume = (cluster: TestCluster, name: string, spec: object, labels: Record<string, string> = {}): void => {
  const whole = {
    capacity: { storage: '2Gi' },
    accessModes: ['ReadWriteOnce'],
    volumeMode: 'Filesystem',
    storageClassName: 'fast',
    ...spec,
  }
  const { Created } = persistentVolumeEvents
  cluster.happen(Created({ object: `/${name}`, uid: name, labels, annotations: {}, spec: whole }))
}
const storageClass = (cluster: TestCluster, options: object): void =>
  cluster.object('StorageClass', '/fast', {
    metadata: { name: 'fast' },
    provisioner: 'disk.example.com',
    volumeBindingMode: 'WaitForFirstConsumer',
    ...options,
  })
const mounting = (name: string) => ({
  spec: { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: name } }] } as never,
})
const inZone = (zone: string) => ({
  nodeAffinity: {
    required: { nodeSelectorTerms: [{ matchExpressions: [{ key: ZONE, operator: 'In', values: [zone] }] }] },
  },
})
const messageOf = (cluster: TestCluster): string => (cluster.cycle() as unknown as { readonly message: string }).message
const UNHELPFUL = 'preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.'

describe('VolumeBinding refuses the pod as a whole', () => {
  it.each([
    { why: 'a claim that is not there', build: () => {}, text: 'persistentvolumeclaim "data" not found' },
    {
      why: 'a claim that is being deleted',
      build: (cluster: TestCluster) => {
        claim(cluster, 'data')
        cluster.happen(persistentVolumeClaimEvents.MarkedForDeletion({ object: 'shop/data' }))
      },
      text: 'persistentvolumeclaim "data" is being deleted',
    },
    {
      why: 'a claim that lost its volume',
      build: (cluster: TestCluster) => {
        claim(cluster, 'data', { volumeName: 'pv' })
        cluster.happen(persistentVolumeClaimEvents.Lost({ object: 'shop/data', reason: 'ClaimLost', message: '' }))
      },
      text: 'persistentvolumeclaim "data" bound to non-existent persistentvolume "pv"',
    },
    {
      why: 'a claim of an Immediate class that is not bound yet',
      build: (cluster: TestCluster) => {
        storageClass(cluster, { volumeBindingMode: 'Immediate' })
        claim(cluster, 'data')
      },
      text: 'pod has unbound immediate PersistentVolumeClaims',
    },
  ])('for $why', ({ build, text }) => {
    const cluster = twoZones()
    build(cluster)
    cluster.pod('new', mounting('data'))
    expect(messageOf(cluster)).toBe(`0/2 nodes are available: ${text}. ${UNHELPFUL}`)
  })

  it('until the claim of a generic ephemeral volume is made', () => {
    const cluster = twoZones()
    const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } }
    cluster.pod('new', { spec: { volumes: [{ name: 'tmp', ephemeral: { volumeClaimTemplate: { spec } } }] } as never })
    expect(messageOf(cluster)).toContain(
      'waiting for ephemeral volume controller to create the persistentvolumeclaim "new-tmp"',
    )
  })
})

describe('VolumeBinding looks at nodes', () => {
  it('keeps a pod where its volume can be reached', () => {
    const cluster = twoZones()
    volume(cluster, 'pv', inZone('b'))
    claim(cluster, 'data', { volumeName: 'pv' })
    cluster.pod('new', mounting('data'))
    expect(cluster.cycle()).toMatchObject({ kind: 'PodBound', node: 'b1' })
  })

  it('names the volume’s affinity if it matches no node', () => {
    const cluster = twoZones()
    volume(cluster, 'pv', inZone('c'))
    claim(cluster, 'data', { volumeName: 'pv' })
    cluster.pod('new', mounting('data'))
    expect(messageOf(cluster)).toBe(
      `0/2 nodes are available: 2 node(s) didn't match PersistentVolume's node affinity. ${UNHELPFUL}`,
    )
  })

  it('says if the volume is not there', () => {
    const cluster = twoZones()
    claim(cluster, 'data', { volumeName: 'pv' })
    cluster.pod('new', mounting('data'))
    expect(messageOf(cluster)).toContain('2 node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)')
  })

  it('takes a free volume near the node for a claim that waits for its consumer', () => {
    const cluster = twoZones()
    storageClass(cluster, { provisioner: 'kubernetes.io/no-provisioner' })
    volume(cluster, 'taken', { ...inZone('a'), claimRef: { namespace: 'shop', name: 'other' } })
    volume(cluster, 'small', { ...inZone('a'), capacity: { storage: '1Mi' } })
    volume(cluster, 'right', inZone('b'))
    claim(cluster, 'data')
    cluster.pod('new', mounting('data'))
    expect(cluster.cycle()).toMatchObject({ kind: 'VolumeBindingBegun', node: 'b1' })
  })

  it('has one made only where the class allows it', () => {
    const cluster = twoZones()
    storageClass(cluster, { allowedTopologies: [{ matchLabelExpressions: [{ key: ZONE, values: ['a'] }] }] })
    claim(cluster, 'data')
    cluster.pod('new', mounting('data'))
    expect(cluster.cycle()).toMatchObject({ kind: 'VolumeBindingBegun', node: 'a1' })
  })

  it('says so where none is free and none can be made', () => {
    const cluster = twoZones()
    storageClass(cluster, { provisioner: 'kubernetes.io/no-provisioner' })
    claim(cluster, 'data')
    cluster.pod('new', mounting('data'))
    expect(messageOf(cluster)).toBe(
      `0/2 nodes are available: 2 node(s) didn't find available persistent volumes to bind. ${UNHELPFUL}`,
    )
  })

  it('heeds how much storage is left, if the driver says', () => {
    const cluster = twoZones()
    storageClass(cluster, {})
    cluster.object('CSIDriver', '/disk.example.com', {
      metadata: { name: 'disk.example.com' },
      spec: { storageCapacity: true },
    })
    for (const [zone, capacity] of [
      ['a', '100Mi'],
      ['b', '10Gi'],
    ] as const) {
      cluster.object('CSIStorageCapacity', `kube-system/${zone}`, {
        metadata: { namespace: 'kube-system', name: zone },
        storageClassName: 'fast',
        nodeTopology: { matchLabels: { [ZONE]: zone } },
        capacity,
      })
    }
    claim(cluster, 'data')
    cluster.pod('new', mounting('data'))
    expect(cluster.cycle()).toMatchObject({ kind: 'VolumeBindingBegun', node: 'b1' })
  })
})

describe('VolumeZone', () => {
  it.each([
    { zones: 'b', node: 'b1' },
    { zones: 'b__c', node: 'b1' },
  ])('keeps a pod in $zones', ({ zones, node }) => {
    const cluster = twoZones()
    volume(cluster, 'pv', {}, { [ZONE]: zones })
    claim(cluster, 'data', { volumeName: 'pv' })
    cluster.pod('new', mounting('data'))
    expect(cluster.cycle()).toMatchObject({ kind: 'PodBound', node })
  })
})

describe('VolumeRestrictions', () => {
  it('keeps a ReadWriteOncePod claim to one pod, and lets the next in when it goes', () => {
    const cluster = twoZones()
    volume(cluster, 'pv', {})
    claim(cluster, 'data', { volumeName: 'pv', accessModes: ['ReadWriteOncePod'] })
    cluster.pod('old', { ...mounting('data'), node: 'a1' })
    cluster.pod('new', mounting('data'))
    expect(messageOf(cluster)).toContain(
      '2 node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod',
    )
    cluster.happen(PodDeleted({ pod: 'shop/old' }), 20_000)
    expect(cluster.cycle(21_000)).toMatchObject({ kind: 'PodBound', pod: 'shop/new' })
  })

  it.each([
    { readOnly: true, nodes: 2 },
    { readOnly: false, nodes: 1 },
  ])('lets readers share a disk on a node: readOnly $readOnly', ({ readOnly, nodes }) => {
    const cluster = twoZones()
    const disk = { spec: { volumes: [{ name: 'disk', gcePersistentDisk: { pdName: 'd', readOnly } }] } as never }
    cluster.pod('old', { ...disk, node: 'a1' })
    for (let i = 0; i < nodes; i++) cluster.pod(`new-${i}`, { ...disk, requests: { cpu: '4' } })
    const used = Array.from({ length: nodes }, (_, i) => (cluster.cycle(1_000 + i) as unknown as { node: string }).node)
    expect([...used].sort()).toEqual(readOnly ? ['a1', 'b1'] : ['b1'])
  })
})

describe('NodeVolumeLimits', () => {
  it('counts the volumes of a driver against what the node can attach', () => {
    const cluster = twoZones()
    cluster.object('CSINode', '/a1', {
      metadata: { name: 'a1' },
      spec: { drivers: [{ name: 'disk.example.com', allocatable: { count: 1 } }] },
    })
    for (const name of ['one', 'two']) {
      volume(cluster, name, { csi: { driver: 'disk.example.com', volumeHandle: name } })
      claim(cluster, name, { volumeName: name })
    }
    cluster.pod('old', { ...mounting('one'), node: 'a1' })
    cluster.happen({ kind: 'NodeCordoned', node: 'b1' } as never)
    cluster.pod('new', mounting('two'))
    expect(messageOf(cluster)).toContain('1 node(s) exceed max volume count')
    // The same volume again is no further attachment.
    cluster.pod('again', mounting('one'))
    expect(cluster.cycle(2_000)).toMatchObject({ kind: 'PodBound', pod: 'shop/again', node: 'a1' })
  })
})

it('a claim that comes wakes the pod that misses it', () => {
  const cluster = twoZones()
  storageClass(cluster, {})
  cluster.pod('new', mounting('data'))
  expect(cluster.cycle()).toMatchObject({ kind: 'PodUnschedulable' })
  claim(cluster, 'other')
  expect(cluster.own.queue.pods.get('shop/new')!.place).toBe('unschedulable')
  claim(cluster, 'data')
  expect(cluster.own.queue.pods.get('shop/new')!.place).not.toBe('unschedulable')
})
