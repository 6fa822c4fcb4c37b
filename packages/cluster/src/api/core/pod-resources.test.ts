import { isRight } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { defaultPodSpec } from './pod-defaults.ts'
import { nonZeroRequests, podLimits, podRequests, qosClass } from './pod-resources.ts'
import { PodSpec } from './pod-spec.ts'

const specOf = (json: unknown): PodSpec => {
  const decoded = PodSpec.decode(json)
  if (!isRight(decoded)) throw new Error(decoded.left.map(({ message }) => message).join('\n'))
  return defaultPodSpec(decoded.right)
}

type Resources = Readonly<Record<string, unknown>>

const containersOf = (prefix: string, cpus: readonly (number | null)[], restartPolicy?: string): readonly Resources[] =>
  cpus.map((cpu, i) => ({
    name: `${prefix}${i}`,
    image: 'app:1',
    ...(restartPolicy === undefined ? {} : { restartPolicy }),
    ...(cpu === null ? {} : { resources: { requests: { cpu: `${cpu}m` } } }),
  }))

/** `i 1000` is an init container with that many millicores, `s 200` a sidecar. */
const initOf = (words: readonly string[]): readonly Resources[] =>
  words.flatMap((word, i) => {
    const [type, cpu] = word.split(' ')
    return containersOf(`init-${i}-`, [Number(cpu)], type === 's' ? 'Always' : undefined)
  })

const withResources = (...resources: readonly Resources[]) =>
  specOf({ containers: resources.map((own, i) => ({ name: `c${i}`, image: 'app:1', resources: own })) })

describe('podRequests', () => {
  // The worked table of the effective request.
  it.each([
    [1, [300, 100], [], 0, 0, 400],
    [2, [500], ['i 2000', 'i 300'], 0, 0, 2000],
    [3, [300, 100], ['i 1000', 's 200', 'i 900'], 50, 0, 1150],
    [4, [300, 100], ['s 200', 'i 100'], 0, 0, 600],
    [5, [300, 100], ['s 200', 's 300', 'i 600'], 0, 0, 1100],
    [6, [300, 100], ['i 2000'], 50, 2200, 2250],
  ])('case %i', (_case, regular, init, overhead, podLevel, expected) => {
    const spec = specOf({
      containers: containersOf('c', regular),
      initContainers: initOf(init),
      ...(overhead > 0 ? { overhead: { cpu: `${overhead}m` } } : {}),
      ...(podLevel > 0 ? { resources: { requests: { cpu: `${podLevel}m` } } } : {}),
    })
    expect(podRequests(spec).cpuMillis).toBe(expected)
  })

  it('takes the limit for a request that is missing', () => {
    const spec = withResources({ limits: { cpu: '2', memory: '1Gi', 'nvidia.com/gpu': 1 }, requests: { cpu: '500m' } })
    expect(podRequests(spec)).toEqual({
      cpuMillis: 500,
      memoryBytes: 1024 ** 3,
      ephemeralStorageBytes: 0,
      extended: { 'nvidia.com/gpu': 1 },
    })
  })

  it('adds overhead also to resources that nobody requested, but not to missing limits', () => {
    const spec = specOf({ containers: containersOf('c', [null]), overhead: { cpu: '50m', memory: '10Mi' } })
    expect(podRequests(spec)).toMatchObject({ cpuMillis: 50, memoryBytes: 10 * 1024 ** 2 })
    expect(podLimits(spec)).toMatchObject({ cpuMillis: 0, memoryBytes: 0 })
  })

  it('rounds millicores and bytes up', () => {
    const spec = withResources({ requests: { cpu: '100.5m', memory: '1500m', 'ephemeral-storage': '1.5Ki' } })
    expect(podRequests(spec)).toMatchObject({ cpuMillis: 101, memoryBytes: 2, ephemeralStorageBytes: 1536 })
  })

  it('fills pod-level requests from containers, then from pod-level limits', () => {
    const spec = specOf({
      containers: [{ name: 'c', image: 'app:1', resources: { requests: { cpu: '300m' } } }],
      resources: { limits: { cpu: '1', memory: '1Gi' } },
    })
    expect(spec.resources?.requests).toEqual({ cpu: '300m', memory: '1Gi' })
    expect(podRequests(spec)).toMatchObject({ cpuMillis: 300, memoryBytes: 1024 ** 3 })
  })
})

describe('nonZeroRequests', () => {
  it('counts a container without a cpu request as 100m', () => {
    const spec = specOf({ containers: containersOf('c', [null, 250]), initContainers: containersOf('i', [null]) })
    expect(nonZeroRequests(spec).cpuMillis).toBe(350)
    expect(podRequests(spec).cpuMillis).toBe(250)
  })

  it('counts missing memory as 200 MiB and an explicit zero as zero', () => {
    expect(nonZeroRequests(withResources({})).memoryBytes).toBe(209_715_200)
    expect(nonZeroRequests(withResources({ requests: { cpu: 0, memory: '0' } }))).toMatchObject({
      cpuMillis: 0,
      memoryBytes: 0,
    })
  })
})

describe('qosClass', () => {
  it.each([
    ['BestEffort', [{}]],
    ['BestEffort', [{ requests: { cpu: '0' } }]],
    ['BestEffort', [{ limits: { 'ephemeral-storage': '1Gi' } }]],
    ['Guaranteed', [{ limits: { cpu: '1', memory: '1Gi' } }]],
    ['Guaranteed', [{ limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '1000m', memory: '1024Mi' } }]],
    ['Burstable', [{ limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '500m' } }]],
    ['Burstable', [{ limits: { cpu: '1', memory: '1Gi' } }, {}]],
    ['Burstable', [{ limits: { cpu: '1' } }]],
    ['Burstable', [{ requests: { memory: '1Gi' } }]],
  ] as const)('is %s for %j', (expected, resources) => {
    expect(qosClass(withResources(...resources))).toBe(expected)
  })

  it('looks only at the pod as a whole where that has resources', () => {
    const spec = specOf({ containers: containersOf('c', [100]), resources: { limits: { cpu: '1', memory: '1Gi' } } })
    expect(qosClass(spec)).toBe('Burstable')
  })
})
