import { describe, expect, it } from 'vitest'
import type { PodSpec } from '../api/core/pod-spec.ts'
import type { Pod } from './pod.ts'
import { podSpecOf } from './spec.ts'

const spec: PodSpec = {
  containers: [{ name: 'main', image: 'busybox' }],
  restartPolicy: 'Always',
  terminationGracePeriodSeconds: 30,
  schedulerName: 'default-scheduler',
  volumes: [
    { name: 'cache', emptyDir: {} },
    { name: 'data', emptyDir: {} },
  ],
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [] }] },
      preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, preference: { matchExpressions: [] } }],
    },
    podAntiAffinity: {},
  },
} as unknown as PodSpec

const podWith = (overlay: Partial<Pick<Pod, 'affinityNode' | 'claims'>>): Pod =>
  ({ template: { spec }, affinityNode: undefined, claims: undefined, ...overlay }) as unknown as Pod

describe('the spec of a pod', () => {
  it('is that of the template where nothing is the pod’s alone', () => {
    expect(podSpecOf(podWith({}))).toBe(spec)
  })

  it('has one term for the node in place of the required terms, and keeps what is preferred', () => {
    expect(podSpecOf(podWith({ affinityNode: 'n2' })).affinity).toEqual({
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['n2'] }] }],
        },
        preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, preference: { matchExpressions: [] } }],
      },
      podAntiAffinity: {},
    })
  })

  it('has its claims in front of the template’s volumes, and in place of those of the same name', () => {
    expect(podSpecOf(podWith({ claims: { data: 'data-web-0' } })).volumes).toEqual([
      { name: 'data', persistentVolumeClaim: { claimName: 'data-web-0' } },
      { name: 'cache', emptyDir: {} },
    ])
  })

  it('is the same object every time', () => {
    const pod = podWith({ affinityNode: 'n2' })
    expect(podSpecOf(pod)).toBe(podSpecOf(pod))
  })
})
