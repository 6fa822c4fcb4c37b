import { PodDisruptionTargeted } from '@wavetank/cluster'
import { describe, expect, it } from 'vitest'
import { create, look, minutes, node, type Played, play, remove, seconds } from './stage.ts'

/** Rules: pkg/controller/volume/ephemeral/controller.go; the names: component-helpers/storage/ephemeral/ephemeral.go. */

const fast = {
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name: 'fast' },
  provisioner: 'example.com/disk',
}
const claimSpec = {
  accessModes: ['ReadWriteOnce'],
  storageClassName: 'fast',
  resources: { requests: { storage: '1Gi' } },
}
const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'worker', namespace: 'shop' },
  spec: {
    containers: [{ name: 'main', image: 'example.com/a:1', volumeMounts: [{ name: 'scratch', mountPath: '/tmp' }] }],
    volumes: [
      {
        name: 'scratch',
        ephemeral: { volumeClaimTemplate: { metadata: { labels: { of: 'worker' } }, spec: claimSpec } },
      },
    ],
  },
}
const foreign = {
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'worker-scratch', namespace: 'shop' },
  spec: claimSpec,
}
const quota = {
  apiVersion: 'v1',
  kind: 'ResourceQuota',
  metadata: { name: 'q', namespace: 'shop' },
  spec: { hard: { persistentvolumeclaims: '0' } },
}
const nodes = [node('n')]
const claims = ({ view }: Played): readonly string[] => [...view.persistentVolumeClaims.keys()]
const isRunning = ({ view }: Played): boolean => view.pods.get('shop/worker')?.phase === 'Running'

describe('generic ephemeral volumes', () => {
  it('get a claim named after pod and volume, with labels and spec of its template, which the pod owns', () => {
    const run = play({
      nodes,
      acts: [
        [0, create(fast, pod)],
        [minutes(1), look],
      ],
    })
    const claim = run.view.persistentVolumeClaims.get('shop/worker-scratch')
    expect(claim?.labels).toEqual({ of: 'worker' })
    expect(claim?.spec.resources.requests).toEqual({ storage: '1Gi' })
    expect(claim?.owner).toMatchObject({ kind: 'Pod', name: 'worker', uid: run.view.pods.get('shop/worker')?.uid })
    expect(isRunning(run)).toBe(true)
  })

  it('go with their pod, and so does the volume', () => {
    const run = play({
      nodes,
      acts: [
        [0, create(fast, pod)],
        [minutes(1), remove('Pod', 'worker')],
        [minutes(3), look],
      ],
    })
    expect(claims(run)).toEqual([])
    expect(run.view.persistentVolumes.size).toBe(0)
  })

  it('do not take a claim that somebody else made, and say so until it is gone', () => {
    const run = play({
      nodes,
      acts: [
        [0, create(fast, foreign)],
        [seconds(1), create(pod)],
        [minutes(1), look],
      ],
    })
    expect(isRunning(run)).toBe(false)
    expect(run.said('Pod')).toContain(
      'Warning FailedBinding ephemeral volume scratch: PVC shop/worker-scratch was not created for pod shop/worker (pod is not owner)',
    )
    const freed = play({
      nodes,
      acts: [
        [0, create(fast, foreign)],
        [seconds(1), create(pod)],
        [minutes(1), remove('PersistentVolumeClaim', 'worker-scratch')],
        [minutes(8), look],
      ],
    })
    expect(freed.view.persistentVolumeClaims.get('shop/worker-scratch')?.owner?.kind).toBe('Pod')
    expect(isRunning(freed)).toBe(true)
  })

  it('are refused by a quota, in the words of the API server', () => {
    const run = play({
      nodes,
      acts: [
        [0, create(fast, quota)],
        [seconds(1), create(pod)],
        [minutes(1), look],
      ],
    })
    expect(claims(run)).toEqual([])
    expect(run.said('Pod')).toContain(
      'Warning FailedBinding ephemeral volume scratch: create PVC worker-scratch: persistentvolumeclaims "worker-scratch" is forbidden: exceeded quota: q, requested: persistentvolumeclaims=1, used: persistentvolumeclaims=0, limited: persistentvolumeclaims=0',
    )
  })

  it('of a pod that is being deleted get none', () => {
    const gated = { ...pod, metadata: { ...pod.metadata, finalizers: ['example.com/wait'] } }
    const run = play({
      nodes,
      acts: [
        [0, create(fast)],
        [1, (view, at) => [...(create(gated)(view, at) ?? [])]],
        [2, remove('Pod', 'worker')],
        [minutes(1), look],
      ],
    })
    expect(run.of(PodDisruptionTargeted)).toEqual([])
    expect(claims(run)).toEqual([])
  })
})
