import { describe, expect, it } from 'vitest'
import { asking, claim, container, pod, range, serverWith } from './admission.ts'

/** Rules: plugin/pkg/admission/limitranger/admission.go; defaults of the object itself: pkg/apis/core/v1/defaults.go. */

interface Refusal {
  readonly rule: string
  readonly limits: readonly object[]
  readonly asked: object
  /** What is said after `… is forbidden: `; nothing if it is let in. */
  readonly refused?: string
}

const ofContainer = (more: object): object => ({ type: 'Container', ...more })
const ofPod = (more: object): object => ({ type: 'Pod', ...more })
const ofClaim = (more: object): object => ({ type: 'PersistentVolumeClaim', ...more })
const two = (a: object, b: object): object => pod('a', { containers: [a, b] })

const refusals: readonly Refusal[] = [
  {
    rule: 'minConstraint: below',
    limits: [ofContainer({ min: { cpu: '100m' } })],
    asked: asking('a', { cpu: '50m' }),
    refused: 'minimum cpu usage per Container is 100m, but request is 50m',
  },
  {
    rule: 'minConstraint: exactly',
    limits: [ofContainer({ min: { cpu: '100m' } })],
    asked: asking('a', { cpu: '100m' }),
  },
  {
    rule: 'minConstraint: the limit is below, so the request was',
    limits: [ofContainer({ min: { memory: '64Mi' } })],
    asked: asking('a', { memory: '32Mi' }, { memory: '32Mi' }),
    refused: 'minimum memory usage per Container is 64Mi, but request is 32Mi',
  },
  {
    rule: 'minConstraint: nothing is asked for',
    limits: [ofPod({ min: { cpu: '100m' } })],
    asked: pod('a'),
    refused: 'minimum cpu usage per Pod is 100m.  No request is specified',
  },
  {
    rule: 'SetDefaults_LimitRangeItem: a container without a request gets the minimum',
    limits: [ofContainer({ min: { cpu: '100m' } })],
    asked: pod('a'),
  },
  {
    rule: 'maxConstraint: above',
    limits: [ofContainer({ max: { cpu: '1' } })],
    asked: asking('a', { cpu: '1' }, { cpu: '2' }),
    refused: 'maximum cpu usage per Container is 1, but limit is 2',
  },
  {
    rule: 'maxConstraint: exactly',
    limits: [ofContainer({ max: { cpu: '1' } })],
    asked: asking('a', {}, { cpu: '1' }),
  },
  {
    rule: 'maxConstraint: no limit',
    limits: [ofPod({ max: { memory: '1Gi' } })],
    asked: asking('a', { memory: '1Mi' }),
    refused: 'maximum memory usage per Pod is 1Gi.  No limit is specified',
  },
  {
    rule: 'SetDefaults_LimitRangeItem: a container without a limit gets the maximum',
    limits: [ofContainer({ max: { cpu: '1' } })],
    asked: pod('a'),
  },
  {
    rule: 'maxConstraint: the request alone is above',
    limits: [ofPod({ max: { cpu: '1' } })],
    asked: two(container({ cpu: '2' }), container(undefined, { cpu: '500m' }, 'two')),
    refused: 'maximum cpu usage per Pod is 1, but request is 2500m',
  },
  {
    rule: 'limitRequestRatioConstraint: above',
    limits: [ofContainer({ maxLimitRequestRatio: { cpu: '2' } })],
    asked: asking('a', { cpu: '100m' }, { cpu: '300m' }),
    refused: 'cpu max limit to request ratio per Container is 2, but provided ratio is 3.000000',
  },
  {
    rule: 'limitRequestRatioConstraint: exactly',
    limits: [ofContainer({ maxLimitRequestRatio: { cpu: '2' } })],
    asked: asking('a', { cpu: '100m' }, { cpu: '200m' }),
  },
  {
    rule: 'limitRequestRatioConstraint: a fraction',
    limits: [ofContainer({ maxLimitRequestRatio: { memory: '1500m' } })],
    asked: asking('a', { memory: '3Gi' }, { memory: '5Gi' }),
    refused: 'memory max limit to request ratio per Container is 1500m, but provided ratio is 1.666667',
  },
  {
    rule: 'limitRequestRatioConstraint: no request',
    limits: [ofContainer({ maxLimitRequestRatio: { cpu: '2' } })],
    asked: pod('a'),
    refused: 'cpu max limit to request ratio per Container is 2, but no request is specified or request is 0',
  },
  {
    rule: 'limitRequestRatioConstraint: no limit',
    limits: [ofContainer({ maxLimitRequestRatio: { cpu: '2' } })],
    asked: asking('a', { cpu: '1' }),
    refused: 'cpu max limit to request ratio per Container is 2, but no limit is specified or limit is 0',
  },
  {
    rule: 'validateContainerLimits: each container',
    limits: [ofContainer({ max: { cpu: '1' } })],
    asked: two(container(undefined, { cpu: '1' }), container(undefined, { cpu: '3' }, 'two')),
    refused: 'maximum cpu usage per Container is 1, but limit is 3',
  },
  {
    rule: 'validateContainerLimits: init containers too',
    limits: [ofContainer({ max: { cpu: '1' } })],
    asked: pod('a', { initContainers: [container(undefined, { cpu: '3' }, 'init')] }),
    refused: 'maximum cpu usage per Container is 1, but limit is 3',
  },
  {
    rule: 'NewAggregate: several at once, in brackets',
    limits: [ofContainer({ min: { cpu: '100m' }, max: { memory: '1Gi' } })],
    asked: asking('a', { cpu: '1m' }, { cpu: '1', memory: '2Gi' }),
    refused:
      '[minimum cpu usage per Container is 100m, but request is 1m, maximum memory usage per Container is 1Gi, but limit is 2Gi]',
  },
  {
    rule: 'NewAggregate: the same once',
    limits: [ofContainer({ max: { cpu: '1' } })],
    asked: two(container(undefined, { cpu: '3' }), container(undefined, { cpu: '3' }, 'two')),
    refused: 'maximum cpu usage per Container is 1, but limit is 3',
  },
  {
    rule: 'podLimits: the sum counts',
    limits: [ofPod({ max: { cpu: '1' } })],
    asked: two(container(undefined, { cpu: '600m' }), container(undefined, { cpu: '600m' }, 'two')),
    refused: 'maximum cpu usage per Pod is 1, but limit is 1200m',
  },
  {
    rule: 'podLimits: within the sum',
    limits: [ofPod({ max: { cpu: '2' } })],
    asked: two(container(undefined, { cpu: '600m' }), container(undefined, { cpu: '600m' }, 'two')),
  },
  {
    rule: 'podRequests: an init container that asks for more',
    limits: [ofPod({ max: { memory: '1Gi' } })],
    asked: pod('a', {
      containers: [container(undefined, { memory: '512Mi' })],
      initContainers: [container(undefined, { memory: '2Gi' }, 'init')],
    }),
    refused: 'maximum memory usage per Pod is 1Gi, but limit is 2Gi',
  },
  {
    rule: 'PersistentVolumeClaimValidateLimitFunc: below',
    limits: [ofClaim({ min: { storage: '2Gi' } })],
    asked: claim('a', '1Gi'),
    refused: 'minimum storage usage per PersistentVolumeClaim is 2Gi, but request is 1Gi',
  },
  {
    rule: 'PersistentVolumeClaimValidateLimitFunc: above',
    limits: [ofClaim({ max: { storage: '2Gi' } })],
    asked: claim('a', '3Gi'),
    refused: 'maximum storage usage per PersistentVolumeClaim is 2Gi, but request is 3Gi',
  },
  {
    rule: 'PersistentVolumeClaimValidateLimitFunc: within',
    limits: [ofClaim({ min: { storage: '1Gi' }, max: { storage: '2Gi' } })],
    asked: claim('a', '2Gi'),
  },
  { rule: 'limits of claims are none of pods', limits: [ofClaim({ min: { storage: '2Gi' } })], asked: pod('a') },
]

describe('what a limit range lets in', () => {
  it.each(refusals)('$rule', ({ limits, asked, refused }) => {
    const said = serverWith(range('limits', ...limits)).refusal(asked)
    if (refused === undefined) expect(said).toBeUndefined()
    else expect(said?.replace(/^\S+ "[^"]+" is forbidden: /, '')).toBe(refused)
  })

  it('is what the first range by name says, if several object', () => {
    const server = serverWith(
      range('b', ofContainer({ max: { cpu: '1' } })),
      range('a', ofContainer({ max: { cpu: '2' } })),
    )
    expect(server.refusal(asking('a', {}, { cpu: '3' }))).toBe(
      'pods "a" is forbidden: maximum cpu usage per Container is 2, but limit is 3',
    )
  })

  it('is looked at before the quota', () => {
    const server = serverWith(range('a', ofContainer({ max: { cpu: '1' } })), {
      kind: 'ResourceQuota',
      metadata: { name: 'q' },
      spec: { hard: { pods: '0' } },
    })
    expect(server.refusal(asking('a', {}, { cpu: '3' }))).toContain('maximum cpu')
  })
})

interface Setting {
  readonly rule: string
  readonly limits: object
  readonly given?: object
  readonly resources: object
  readonly note?: string
}

const settings: readonly Setting[] = [
  {
    rule: 'default and defaultRequest',
    limits: { default: { cpu: '500m' }, defaultRequest: { cpu: '100m' } },
    resources: { limits: { cpu: '500m' }, requests: { cpu: '100m' } },
    note: 'cpu request for container main; cpu limit for container main',
  },
  {
    rule: 'the request is the default limit',
    limits: { default: { cpu: '500m' } },
    resources: { limits: { cpu: '500m' }, requests: { cpu: '500m' } },
    note: 'cpu request for container main; cpu limit for container main',
  },
  {
    rule: 'the limit is the maximum',
    limits: { max: { memory: '1Gi' } },
    resources: { limits: { memory: '1Gi' }, requests: { memory: '1Gi' } },
    note: 'memory request for container main; memory limit for container main',
  },
  {
    rule: 'the request is the minimum',
    limits: { min: { memory: '64Mi' } },
    resources: { requests: { memory: '64Mi' } },
    note: 'memory request for container main',
  },
  {
    rule: 'what is said stays',
    limits: { default: { cpu: '500m' }, defaultRequest: { cpu: '100m' } },
    given: container({ cpu: '200m' }, { cpu: '300m' }),
    resources: { limits: { cpu: '300m' }, requests: { cpu: '200m' } },
  },
  {
    rule: 'a limit is its own request first',
    limits: { defaultRequest: { cpu: '100m' }, default: { cpu: '1' } },
    given: container(undefined, { cpu: '300m' }),
    resources: { limits: { cpu: '300m' }, requests: { cpu: '300m' } },
  },
  {
    rule: 'resource by resource',
    limits: { defaultRequest: { cpu: '100m', memory: '64Mi' } },
    given: container({ cpu: '200m' }),
    resources: { requests: { cpu: '200m', memory: '64Mi' } },
    note: 'memory request for container main',
  },
  {
    rule: 'names in order',
    limits: { defaultRequest: { memory: '64Mi', cpu: '100m' } },
    resources: { requests: { cpu: '100m', memory: '64Mi' } },
    note: 'cpu, memory request for container main',
  },
]

describe('what a limit range sets', () => {
  it.each(settings)('$rule', ({ limits, given, resources, note }) => {
    const server = serverWith(range('a', ofContainer(limits)))
    server.store(pod('a', given === undefined ? {} : { containers: [given] }))
    const stored = server.view.pods.get('shop/a')!
    expect(stored.template.spec.containers[0]?.resources).toEqual(resources)
    expect(stored.annotations['kubernetes.io/limit-ranger']).toBe(
      note === undefined ? undefined : `LimitRanger plugin set: ${note}`,
    )
  })

  it('is set for init containers too, and said so', () => {
    const server = serverWith(range('a', ofContainer({ defaultRequest: { cpu: '10m' } })))
    server.store(pod('a', { initContainers: [container(undefined, undefined, 'init')] }))
    const { template, annotations } = server.view.pods.get('shop/a')!
    expect(template.spec.initContainers?.[0]?.resources).toEqual({ requests: { cpu: '10m' } })
    expect(annotations['kubernetes.io/limit-ranger']).toBe(
      'LimitRanger plugin set: cpu request for container main; cpu request for init container init',
    )
  })

  it('lets a quota in that needs it', () => {
    const needs = { kind: 'ResourceQuota', metadata: { name: 'q' }, spec: { hard: { 'requests.cpu': '1' } } }
    expect(serverWith(needs).refusal(pod('a'))).toContain('must specify requests.cpu')
    expect(
      serverWith(needs, range('a', ofContainer({ defaultRequest: { cpu: '10m' } }))).refusal(pod('a')),
    ).toBeUndefined()
  })
})
