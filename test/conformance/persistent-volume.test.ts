import {
  type ClusterView,
  deletePod,
  type Labels,
  PodBound,
  PodUnschedulable,
  persistentVolumeClaimEvents,
  persistentVolumeEvents,
} from '@wavetank/cluster'
import type { AnyEventDefinition, SimEvent } from '@wavetank/kernel'
import { describe, expect, it } from 'vitest'
import { type Act, create, look, minutes, node, type Played, play, remove, respec, seconds, stored } from './stage.ts'

/**
 * Claims and volumes. `§` is the section of the behavioural specification; sources are in
 * pkg/controller/volume/persistentvolume.
 */

type Json = Readonly<Record<string, unknown>>

const storageClass = (name: string, more: Json = {}, annotations?: Labels): Json => ({
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name, annotations },
  provisioner: 'csi.example.com',
  ...more,
})
const DEFAULT = { 'storageclass.kubernetes.io/is-default-class': 'true' }
const WAITING = { volumeBindingMode: 'WaitForFirstConsumer' }

const claim = (name: string, spec: Json = {}): Json => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name, namespace: 'shop' },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '5Gi' } }, ...spec },
})

const volume = (name: string, storage: string, spec: Json = {}, labels?: Labels): Json => ({
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name, labels },
  spec: { accessModes: ['ReadWriteOnce'], capacity: { storage }, hostPath: { path: '/tmp/data' }, ...spec },
})

const local = (name: string, storage: string, where: string): Json =>
  volume(name, storage, {
    hostPath: undefined,
    local: { path: '/mnt/disk' },
    storageClassName: 'local',
    nodeAffinity: {
      required: {
        nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [where] }] }],
      },
    },
  })

const consumer = (name: string, claimName: string, spec: Json = {}): Json => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'shop' },
  spec: {
    terminationGracePeriodSeconds: 1,
    containers: [{ name: 'main', image: 'x' }],
    volumes: [{ name: 'data', persistentVolumeClaim: { claimName } }],
    ...spec,
  },
})

const zones = [node('n1', { 'topology.kubernetes.io/zone': 'a' }), node('n2', { 'topology.kubernetes.io/zone': 'b' })]

const run = (
  acts: readonly (readonly [number, Act])[],
  nodes: readonly SimEvent[] = [node('n1'), node('n2')],
): Played => play({ nodes, acts })

const claimAt = (view: ClusterView, name: string) => view.persistentVolumeClaims.get(`shop/${name}`)!
const volumeAt = (view: ClusterView, name: string) => view.persistentVolumes.get(`/${name}`)!
const phases = (view: ClusterView): string =>
  [
    ...[...view.persistentVolumeClaims.values()].map(
      ({ name, status, spec }) => `${name} ${status.phase} ${spec.volumeName ?? '-'}`,
    ),
    ...[...view.persistentVolumes.values()].map(({ name, phase }) => `${name} ${phase}`),
  ]
    .map((line) => line.replace(/pvc-[0-9a-f-]{36}/g, 'pvc-…'))
    .sort()
    .join(', ')

interface Case {
  readonly rule: string
  readonly objects: readonly Json[]
  readonly stands: string
}

const cases: readonly Case[] = [
  {
    rule: '§11.1 a claim gets a volume that fits',
    objects: [volume('v', '5Gi'), claim('c', { storageClassName: '' })],
    stands: 'c Bound v, v Bound',
  },
  {
    rule: '§11.1 not one that is too small',
    objects: [volume('v', '4Gi'), claim('c', { storageClassName: '' })],
    stands: 'c Pending -, v Available',
  },
  {
    rule: '§11.1 the smallest of those that fit',
    objects: [
      volume('big', '50Gi'),
      volume('fit', '6Gi'),
      volume('small', '1Gi'),
      claim('c', { storageClassName: '' }),
    ],
    stands: 'big Available, c Bound fit, fit Bound, small Available',
  },
  {
    rule: '§11.1 rather one with no more access modes than asked for, even if larger',
    objects: [
      volume('many', '5Gi', { accessModes: ['ReadWriteOnce', 'ReadOnlyMany'] }),
      volume('plain', '9Gi'),
      claim('c', { storageClassName: '' }),
    ],
    stands: 'c Bound plain, many Available, plain Bound',
  },
  {
    rule: '§11.1 not one that lacks an access mode',
    objects: [volume('v', '5Gi'), claim('c', { storageClassName: '', accessModes: ['ReadWriteMany'] })],
    stands: 'c Pending -, v Available',
  },
  {
    rule: '§11.1 not one of another class',
    objects: [volume('v', '5Gi', { storageClassName: 'fast' }), claim('c', { storageClassName: '' })],
    stands: 'c Pending -, v Available',
  },
  {
    rule: '§11.1 not one of another volume mode',
    objects: [volume('v', '5Gi', { volumeMode: 'Block' }), claim('c', { storageClassName: '' })],
    stands: 'c Pending -, v Available',
  },
  {
    rule: '§11.1 only one that its selector matches',
    objects: [
      volume('v', '5Gi'),
      volume('w', '9Gi', {}, { tier: 'db' }),
      claim('c', { storageClassName: '', selector: { matchLabels: { tier: 'db' } } }),
    ],
    stands: 'c Bound w, v Available, w Bound',
  },
  {
    rule: '§11.1 the one whose claimRef names it, whatever else fits',
    objects: [
      volume('v', '5Gi'),
      volume('mine', '50Gi', { claimRef: { namespace: 'shop', name: 'c' } }),
      claim('c', { storageClassName: '' }),
    ],
    stands: 'c Bound mine, mine Bound, v Available',
  },
  {
    rule: '§11.1 not one whose claimRef names another',
    objects: [
      volume('v', '5Gi', { claimRef: { namespace: 'shop', name: 'other' } }),
      claim('c', { storageClassName: '' }),
    ],
    stands: 'c Pending -, v Available',
  },
  {
    rule: '§11.1 the one that it names',
    objects: [volume('v', '5Gi'), volume('w', '9Gi'), claim('c', { storageClassName: '', volumeName: 'w' })],
    stands: 'c Bound w, v Available, w Bound',
  },
  {
    rule: '§11.1 stays Pending where the one that it names is not there',
    objects: [volume('v', '5Gi'), claim('c', { storageClassName: '', volumeName: 'w' })],
    stands: 'c Pending w, v Available',
  },
  {
    rule: '§11.1 stays Pending where the one that it names does not fit',
    objects: [volume('v', '1Gi'), claim('c', { storageClassName: '', volumeName: 'v' })],
    stands: 'c Pending v, v Available',
  },
  {
    rule: '§11.1 each of two claims gets one volume',
    objects: [
      volume('v', '5Gi'),
      volume('w', '6Gi'),
      claim('c', { storageClassName: '' }),
      claim('d', { storageClassName: '' }),
    ],
    stands: 'c Bound v, d Bound w, v Bound, w Bound',
  },
  {
    rule: '§11.1 a claim of a class gets a volume made',
    objects: [storageClass('fast'), claim('c', { storageClassName: 'fast' })],
    stands: 'c Bound pvc-…, pvc-… Bound',
  },
  {
    rule: '§11.1 but rather one that is there',
    objects: [
      storageClass('fast'),
      volume('v', '5Gi', { storageClassName: 'fast' }),
      claim('c', { storageClassName: 'fast' }),
    ],
    stands: 'c Bound v, v Bound',
  },
  {
    rule: '§11.1 without a class it gets the default one',
    objects: [storageClass('slow'), storageClass('fast', {}, DEFAULT), claim('c')],
    stands: 'c Bound pvc-…, pvc-… Bound',
  },
  {
    rule: '§11.1 with class "" it gets none made',
    objects: [storageClass('fast', {}, DEFAULT), claim('c', { storageClassName: '' })],
    stands: 'c Pending -',
  },
  {
    rule: '§11.1 a class that is not there makes nothing',
    objects: [claim('c', { storageClassName: 'fast' })],
    stands: 'c Pending -',
  },
  {
    rule: '§11.1 a class without a provisioner makes nothing',
    objects: [
      storageClass('local', { provisioner: 'kubernetes.io/no-provisioner' }),
      claim('c', { storageClassName: 'local' }),
    ],
    stands: 'c Pending -',
  },
  {
    rule: '§11.1 WaitForFirstConsumer leaves a claim alone, volumes or not',
    objects: [
      storageClass('late', WAITING),
      volume('v', '5Gi', { storageClassName: 'late' }),
      claim('c', { storageClassName: 'late' }),
    ],
    stands: 'c Pending -, v Available',
  },
  {
    rule: '§11.1 until a pod that uses it has a node',
    objects: [storageClass('late', WAITING), claim('c', { storageClassName: 'late' }), consumer('p', 'c')],
    stands: 'c Bound pvc-…, pvc-… Bound',
  },
  {
    rule: '§11.1 and then rather binds one that is there',
    objects: [
      storageClass('late', WAITING),
      volume('v', '5Gi', { storageClassName: 'late' }),
      claim('c', { storageClassName: 'late' }),
      consumer('p', 'c'),
    ],
    stands: 'c Bound v, v Bound',
  },
]

describe('what a claim is bound to', () => {
  it.each(cases)('$rule', ({ objects, stands }) => {
    // Volumes are Available before claims come.
    const first = objects.filter(({ kind }) => kind === 'PersistentVolume' || kind === 'StorageClass')
    const then = objects.filter((object) => !first.includes(object))
    const { view } = run([
      [0, create(...first)],
      [seconds(1), create(...then)],
      [minutes(2), look],
    ])
    expect(phases(view)).toBe(stands)
  })
})

describe('binding', () => {
  it('§11.1 writes both sides', () => {
    const { view } = run([
      [0, create(volume('v', '9Gi'))],
      [seconds(1), create(claim('c', { storageClassName: '' }))],
      [minutes(1), look],
    ])
    const { annotations, spec, status, uid } = claimAt(view, 'c')
    expect([spec.volumeName, status]).toEqual([
      'v',
      { phase: 'Bound', capacity: '9Gi', accessModes: ['ReadWriteOnce'] },
    ])
    expect(annotations).toEqual({
      'pv.kubernetes.io/bind-completed': 'yes',
      'pv.kubernetes.io/bound-by-controller': 'yes',
    })
    expect(volumeAt(view, 'v').spec.claimRef).toMatchObject({ namespace: 'shop', name: 'c', uid })
    expect(volumeAt(view, 'v').annotations).toEqual({ 'pv.kubernetes.io/bound-by-controller': 'yes' })
  })

  it('§11.1 does not say that it chose a volume that was asked for', () => {
    const { view } = run([
      [0, create(volume('v', '9Gi'))],
      [seconds(1), create(claim('c', { storageClassName: '', volumeName: 'v' }))],
      [minutes(1), look],
    ])
    expect(claimAt(view, 'c').annotations).toEqual({ 'pv.kubernetes.io/bind-completed': 'yes' })
  })

  it('§11.1 notices a new volume when everything is looked at again, every 15 s', () => {
    const { of } = run([
      [0, create(claim('c', { storageClassName: '' }))],
      [seconds(31), create(volume('v', '9Gi'))],
      [minutes(2), look],
    ])
    expect(of(persistentVolumeClaimEvents.Bound).map(({ at }) => at)).toEqual([45_000])
  })

  it('§11.1 gives a claim without a class the default one that comes later', () => {
    const { view } = run([
      [0, create(claim('c'))],
      [seconds(31), create(storageClass('fast', {}, DEFAULT))],
      [minutes(2), look],
    ])
    expect(claimAt(view, 'c').spec.storageClassName).toBe('fast')
    expect(claimAt(view, 'c').status.phase).toBe('Bound')
  })

  it('§11.1 of several default classes takes the newest', () => {
    const { view } = run([
      [0, create(storageClass('old', {}, DEFAULT))],
      [seconds(1), create(storageClass('new', {}, DEFAULT))],
      [seconds(2), create(claim('c'))],
      [minutes(1), look],
    ])
    expect(claimAt(view, 'c').spec.storageClassName).toBe('new')
  })

  it.each<[string, readonly Json[], string]>([
    [
      'no class',
      [claim('c', { storageClassName: '' })],
      'Normal FailedBinding no persistent volumes available for this claim and no storage class is set',
    ],
    [
      'a class that waits',
      [storageClass('late', WAITING), claim('c', { storageClassName: 'late' })],
      'Normal WaitForFirstConsumer waiting for first consumer to be created before binding',
    ],
    [
      'a class that is not there',
      [claim('c', { storageClassName: 'x' })],
      'Warning ProvisioningFailed storageclass.storage.k8s.io "x" not found',
    ],
    [
      'a volume that does not fit',
      [volume('v', '1Gi'), claim('c', { storageClassName: '', volumeName: 'v' })],
      'Warning VolumeMismatch Cannot bind to requested volume "v": requested PV is too small',
    ],
    [
      'a volume of another claim',
      [
        volume('v', '9Gi', { claimRef: { namespace: 'shop', name: 'd' } }),
        claim('c', { storageClassName: '', volumeName: 'v' }),
      ],
      'Warning FailedBinding volume "v" already bound to a different claim.',
    ],
  ])('§11.1 says why nothing is done: %s', (_title, objects, expected) => {
    const { said } = run([
      [0, create(...objects)],
      [minutes(1), look],
    ])
    expect(said('PersistentVolumeClaim')).toEqual([expected])
  })

  it('§11.1 says how a volume is made', () => {
    const { said, view } = run([
      [0, create(storageClass('fast'), claim('c', { storageClassName: 'fast' }))],
      [minutes(1), look],
    ])
    expect(said('PersistentVolumeClaim')).toEqual([
      expect.stringMatching(
        /^Normal ExternalProvisioning Waiting for a volume to be created either by the external provisioner 'csi.example.com' or manually/,
      ),
      'Normal Provisioning External provisioner is provisioning volume for claim "shop/c"',
      `Normal ProvisioningSucceeded Successfully provisioned volume pvc-${claimAt(view, 'c').uid}`,
    ])
    expect(claimAt(view, 'c').annotations['volume.kubernetes.io/storage-provisioner']).toBe('csi.example.com')
  })

  it('§11.1 a bound claim whose volume is not there is lost', () => {
    const bound = claim('c', { storageClassName: '', volumeName: 'v' })
    const { view, said } = run([
      [
        0,
        create({
          ...bound,
          metadata: { ...(bound.metadata as Json), annotations: { 'pv.kubernetes.io/bind-completed': 'yes' } },
        }),
      ],
      [minutes(1), look],
    ])
    expect(claimAt(view, 'c').status.phase).toBe('Lost')
    expect(said('PersistentVolumeClaim')).toEqual([
      'Warning ClaimLost Bound claim has lost its PersistentVolume. Data on the volume is lost!',
    ])
  })
})

describe('the scheduler', () => {
  it('§11.1 binds a pod only when the claim that waited for it is bound', () => {
    const { of } = run([
      [0, create(storageClass('late', WAITING), claim('c', { storageClassName: 'late' }), consumer('p', 'c'))],
      [minutes(1), look],
    ])
    expect(of(PodBound)[0]!.at).toBe(of(persistentVolumeClaimEvents.Bound)[0]!.at)
    expect(of(persistentVolumeClaimEvents.NodeSelected)[0]!.at).toBeLessThan(of(PodBound)[0]!.at)
  })

  it('§11.1 has the volume made where the pod goes', () => {
    const { view } = run(
      [
        [
          0,
          create(
            storageClass('late', WAITING),
            claim('c', { storageClassName: 'late' }),
            consumer('p', 'c', { nodeSelector: { 'topology.kubernetes.io/zone': 'b' } }),
          ),
        ],
        [minutes(1), look],
      ],
      zones,
    )
    expect(view.pods.get('shop/p')?.node).toBe('n2')
    const { volumeName = '' } = claimAt(view, 'c').spec
    expect(volumeAt(view, volumeName).spec.nodeAffinity?.required?.nodeSelectorTerms).toEqual([
      { matchExpressions: [{ key: 'topology.kubernetes.io/zone', operator: 'In', values: ['b'] }] },
    ])
  })

  it('§11.1 sends the next pod of the claim to the zone of its volume', () => {
    const { view } = run(
      [
        [
          0,
          create(
            storageClass('late', WAITING),
            claim('c', { storageClassName: 'late' }),
            consumer('p', 'c', { nodeSelector: { 'topology.kubernetes.io/zone': 'b' } }),
          ),
        ],
        [minutes(1), (view) => deletePod(view.pods.get('shop/p')!)],
        [minutes(2), create(consumer('q', 'c'))],
        [minutes(3), look],
      ],
      zones,
    )
    expect(view.pods.get('shop/q')?.node).toBe('n2')
  })

  it('§11.1 chooses the node of a local volume that fits', () => {
    const { view } = run([
      [
        0,
        create(
          storageClass('local', { ...WAITING, provisioner: 'kubernetes.io/no-provisioner' }),
          local('disk', '9Gi', 'n2'),
        ),
      ],
      [seconds(1), create(claim('c', { storageClassName: 'local' }), consumer('p', 'c'))],
      [minutes(1), look],
    ])
    expect(view.pods.get('shop/p')?.node).toBe('n2')
    expect(phases(view)).toBe('c Bound disk, disk Bound')
  })

  it('§11.1 leaves a pod Pending whose claim waits for a volume that nobody makes', () => {
    const { view, of } = run([
      [
        0,
        create(
          storageClass('local', { ...WAITING, provisioner: 'kubernetes.io/no-provisioner' }),
          local('disk', '1Gi', 'n2'),
        ),
      ],
      [seconds(1), create(claim('c', { storageClassName: 'local' }), consumer('p', 'c'))],
      [minutes(1), look],
    ])
    expect(view.pods.get('shop/p')?.node).toBe('')
    expect(of(PodUnschedulable)[0]!.event.message).toContain(
      "2 node(s) didn't find available persistent volumes to bind",
    )
  })

  it('§8.9 waits for a claim of an immediate class, and goes on when it is bound', () => {
    const { view, of } = run([
      [0, create(storageClass('fast'), claim('c', { storageClassName: 'fast' }), consumer('p', 'c'))],
      [minutes(1), look],
    ])
    expect(of(PodUnschedulable)[0]!.event.message).toContain('pod has unbound immediate PersistentVolumeClaims')
    expect(view.pods.get('shop/p')?.phase).toBe('Running')
  })

  it('§8.9 waits for a claim that is not there yet', () => {
    const { view, of } = run([
      [0, create(storageClass('fast'), consumer('p', 'c'))],
      [minutes(1), create(claim('c', { storageClassName: 'fast' }))],
      [minutes(2), look],
    ])
    expect(of(PodUnschedulable)[0]!.event.message).toContain('persistentvolumeclaim "c" not found')
    expect(view.pods.get('shop/p')?.phase).toBe('Running')
  })
})

describe('reclaiming', () => {
  const bound = (policy: string): readonly (readonly [number, Act])[] => [
    [0, create(volume('v', '9Gi', { persistentVolumeReclaimPolicy: policy }))],
    [seconds(1), create(claim('c', { storageClassName: '' }))],
    [minutes(1), remove('PersistentVolumeClaim', 'c')],
  ]

  it('§11.1 Retain keeps the volume, Released, with its claimRef', () => {
    const { view } = run([...bound('Retain'), [minutes(2), look]])
    expect(phases(view)).toBe('v Released')
    expect(volumeAt(view, 'v').spec.claimRef?.name).toBe('c')
  })

  it('§11.1 which no other claim gets until the claimRef is cleared by hand', () => {
    const acts = [...bound('Retain'), [minutes(2), create(claim('d', { storageClassName: '' }))]] as const
    expect(phases(run([...acts, [minutes(4), look]]).view)).toBe('d Pending -, v Released')
    const clear: Act = (view, at) => {
      const { claimRef, ...spec } = (stored(view, 'PersistentVolume', '/v') as unknown as { spec: Json }).spec
      return respec('PersistentVolume', '/v', { ...spec, claimRef: undefined })(view, at)
    }
    expect(phases(run([...acts, [minutes(3), clear], [minutes(5), look]]).view)).toBe('d Bound v, v Bound')
  })

  it('§11.1 Delete deletes the volume', () => {
    const { view, of } = run([...bound('Delete'), [minutes(2), look]])
    expect(view.persistentVolumes.size).toBe(0)
    expect(of(persistentVolumeEvents.PhaseChanged).map(({ event }) => event.phase)).toEqual([
      'Available',
      'Bound',
      'Released',
    ])
  })

  it('§11.1 Delete fails where nobody can delete the volume, and says so', () => {
    const { view, said } = run([
      [0, create(volume('v', '9Gi', { persistentVolumeReclaimPolicy: 'Delete', hostPath: { path: '/data' } }))],
      [seconds(1), create(claim('c', { storageClassName: '' }))],
      [minutes(1), remove('PersistentVolumeClaim', 'c')],
      [minutes(2), look],
    ])
    expect(phases(view)).toBe('v Failed')
    expect(said('PersistentVolume')).toEqual([
      'Warning VolumeFailedDelete host_path deleter only supports /tmp/.+ but received provided /data',
    ])
  })

  it.each([
    ['Delete', 0],
    ['Retain', 1],
  ])('§11.1 a volume made for a claim has the policy of its class: %s', (reclaimPolicy, left) => {
    const { view } = run([
      [0, create(storageClass('fast', { reclaimPolicy }), claim('c', { storageClassName: 'fast' }))],
      [minutes(1), remove('PersistentVolumeClaim', 'c')],
      [minutes(2), look],
    ])
    expect(view.persistentVolumes.size).toBe(left)
  })
})

describe('protection', () => {
  const used: readonly (readonly [number, Act])[] = [
    [0, create(storageClass('fast'), claim('c', { storageClassName: 'fast' }), consumer('p', 'c'))],
    [minutes(1), remove('PersistentVolumeClaim', 'c')],
  ]

  it('§11.1 keeps a deleted claim while a pod uses it', () => {
    const { view, table } = run([...used, [minutes(5), look]])
    expect(claimAt(view, 'c').deletion).toBeDefined()
    expect(claimAt(view, 'c').finalizers).toEqual(['kubernetes.io/pvc-protection'])
    expect(table('pvc')).toContain('Terminating')
  })

  it('§11.1 and lets it go with the pod', () => {
    const { view } = run([...used, [minutes(2), (view) => deletePod(view.pods.get('shop/p')!)], [minutes(5), look]])
    expect([view.persistentVolumeClaims.size, view.persistentVolumes.size]).toEqual([0, 0])
  })

  it('§11.1 does not keep one for a pod that has no node', () => {
    const { view } = run([
      [
        0,
        create(
          storageClass('fast'),
          claim('c', { storageClassName: 'fast' }),
          consumer('p', 'c', { nodeSelector: { no: 'where' } }),
        ),
      ],
      [minutes(1), remove('PersistentVolumeClaim', 'c')],
      [minutes(2), look],
    ])
    expect(view.persistentVolumeClaims.size).toBe(0)
  })

  it('§11.1 keeps a deleted volume while it is bound', () => {
    const acts: readonly (readonly [number, Act])[] = [
      [0, create(volume('v', '9Gi'))],
      [seconds(1), create(claim('c', { storageClassName: '' }))],
      [minutes(1), remove('PersistentVolume', 'v')],
    ]
    const kept = run([...acts, [minutes(3), look]])
    expect(volumeAt(kept.view, 'v').deletion).toBeDefined()
    expect(claimAt(kept.view, 'c').status.phase).toBe('Bound')
    const gone = run([...acts, [minutes(2), remove('PersistentVolumeClaim', 'c')], [minutes(3), look]])
    expect(gone.view.persistentVolumes.size).toBe(0)
  })
})

describe('the tables', () => {
  it('show claims, volumes and classes as kubectl does', () => {
    const { table } = run([
      [
        0,
        create(
          storageClass('fast', {}, DEFAULT),
          volume('v', '9Gi', { accessModes: ['ReadWriteOnce', 'ReadOnlyMany'] }),
        ),
      ],
      [
        seconds(1),
        create(
          claim('c', { storageClassName: '' }),
          claim('waiting', { storageClassName: '', accessModes: ['ReadWriteMany'] }),
        ),
      ],
      [minutes(1), look],
    ])
    expect(table('pvc', 'pv', 'sc')).toMatchInlineSnapshot(`
      "NAME                            STATUS    VOLUME   CAPACITY   ACCESS MODES   STORAGECLASS   VOLUMEATTRIBUTESCLASS   AGE
      persistentvolumeclaim/c         Bound     v        9Gi        RWO,ROX                       <unset>                 59s
      persistentvolumeclaim/waiting   Pending                                                     <unset>                 59s

      NAME                 CAPACITY   ACCESS MODES   RECLAIM POLICY   STATUS   CLAIM    STORAGECLASS   VOLUMEATTRIBUTESCLASS   REASON   AGE
      persistentvolume/v   9Gi        RWO,ROX        Retain           Bound    shop/c                  <unset>                          60s

      NAME                                         PROVISIONER       RECLAIMPOLICY   VOLUMEBINDINGMODE   ALLOWVOLUMEEXPANSION   AGE
      storageclass.storage.k8s.io/fast (default)   csi.example.com   Delete          Immediate           false                  60s
      "
    `)
  })
})

it('is quiet when nothing can be done', () => {
  const { entries } = run([
    [0, create(claim('c', { storageClassName: '' }), claim('d', { storageClassName: 'x' }))],
    [minutes(30), look],
  ])
  expect(entries.filter(({ at, by }) => at > minutes(1) && by === 'persistentvolume-controller')).toEqual([])
})

it('tells a volume once that it is asked for', () => {
  const { of } = run([
    [0, create(storageClass('fast'), claim('c', { storageClassName: 'fast' }))],
    [minutes(1), look],
  ])
  expect(of(persistentVolumeClaimEvents.ProvisioningRequested)).toHaveLength(1)
  expect(of({ kind: 'VolumeProvisioningDue' } as AnyEventDefinition)).toHaveLength(1)
})
