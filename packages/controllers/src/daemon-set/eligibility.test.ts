import type { DeepReadonly, Node, PodTemplate, Taint, Toleration } from '@wavetank/cluster'
import { describe, expect, it } from 'vitest'
import { eligibilityOf } from './eligibility.ts'
import { daemonTolerations } from './pod-content.ts'

type Spec = Partial<PodTemplate['spec']>
const template = (spec: Spec): DeepReadonly<PodTemplate> =>
  ({ labels: {}, spec: { containers: [], ...spec } }) as unknown as DeepReadonly<PodTemplate>
const nodeWith = (labels: Readonly<Record<string, string>>, ...taints: readonly Taint[]): DeepReadonly<Node> =>
  ({ name: 'n1', labels, taints, unschedulable: false }) as unknown as DeepReadonly<Node>

const YES = [true, true]
const KEEP = [false, true]
const NO = [false, false]
const taint = (effect: Taint['effect'], key = 'special'): Taint => ({ key, effect })
const tolerates = (toleration: Toleration): Spec => ({ tolerations: [toleration] })

describe('a node', () => {
  it.each<[string, Spec, DeepReadonly<Node>, readonly boolean[]]>([
    ['runs a pod that asks for nothing', {}, nodeWith({}), YES],
    ['runs none that names another node', { nodeName: 'n2' }, nodeWith({}), NO],
    ['runs one that names it', { nodeName: 'n1' }, nodeWith({}), YES],
    ['runs one whose nodeSelector it has', { nodeSelector: { disk: 'ssd' } }, nodeWith({ disk: 'ssd' }), YES],
    ['runs none whose nodeSelector it lacks', { nodeSelector: { disk: 'ssd' } }, nodeWith({ disk: 'hdd' }), NO],
    ['runs none with an untolerated NoSchedule taint, but keeps it', {}, nodeWith({}, taint('NoSchedule')), KEEP],
    ['neither runs nor keeps one with an untolerated NoExecute taint', {}, nodeWith({}, taint('NoExecute')), NO],
    ['does not mind PreferNoSchedule', {}, nodeWith({}, taint('PreferNoSchedule')), YES],
    [
      'runs one that tolerates its taint',
      tolerates({ key: 'special', operator: 'Exists' }),
      nodeWith({}, taint('NoExecute')),
      YES,
    ],
    ['runs pods while it is not ready', {}, nodeWith({}, taint('NoExecute', 'node.kubernetes.io/not-ready')), YES],
    ['keeps pods while it is unreachable', {}, nodeWith({}, taint('NoExecute', 'node.kubernetes.io/unreachable')), YES],
    ['runs pods while it is cordoned', {}, nodeWith({}, taint('NoSchedule', 'node.kubernetes.io/unschedulable')), YES],
    [
      'runs pods under memory pressure',
      {},
      nodeWith({}, taint('NoSchedule', 'node.kubernetes.io/memory-pressure')),
      YES,
    ],
    ['runs pods under disk pressure', {}, nodeWith({}, taint('NoSchedule', 'node.kubernetes.io/disk-pressure')), YES],
    ['runs pods under pid pressure', {}, nodeWith({}, taint('NoSchedule', 'node.kubernetes.io/pid-pressure')), YES],
    [
      'without network runs none',
      {},
      nodeWith({}, taint('NoSchedule', 'node.kubernetes.io/network-unavailable')),
      KEEP,
    ],
    [
      'without network runs those on the host’s',
      { hostNetwork: true },
      nodeWith({}, taint('NoSchedule', 'node.kubernetes.io/network-unavailable')),
      YES,
    ],
    [
      'is not refused for a second taint that is tolerated',
      tolerates({ key: 'special', operator: 'Exists' }),
      nodeWith({}, taint('NoSchedule', 'other'), taint('NoExecute')),
      KEEP,
    ],
  ])('%s', (_title, spec, node, expected) => {
    const { shouldRun, shouldContinue } = eligibilityOf(template(spec), node)
    expect([shouldRun, shouldContinue]).toEqual(expected)
  })

  it('is chosen by required node affinity, and not by preferred', () => {
    const term = (values: readonly string[]) => ({
      matchExpressions: [{ key: 'zone', operator: 'In' as const, values }],
    })
    const required = (values: readonly string[]): Spec =>
      ({
        affinity: {
          nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [term(values)] } },
        },
      }) as unknown as Spec
    expect(eligibilityOf(template(required(['a'])), nodeWith({ zone: 'a' })).shouldRun).toBe(true)
    expect(eligibilityOf(template(required(['b'])), nodeWith({ zone: 'a' })).shouldRun).toBe(false)
    const preferred = {
      affinity: {
        nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, preference: term(['b']) }] },
      },
    } as unknown as Spec
    expect(eligibilityOf(template(preferred), nodeWith({ zone: 'a' })).shouldRun).toBe(true)
  })
})

describe('tolerations', () => {
  it('are added to those of the template', () => {
    const own: Toleration = { key: 'special', operator: 'Exists' }
    expect(daemonTolerations(template(tolerates(own)))).toEqual([
      own,
      { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute' },
      { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute' },
      { key: 'node.kubernetes.io/disk-pressure', operator: 'Exists', effect: 'NoSchedule' },
      { key: 'node.kubernetes.io/memory-pressure', operator: 'Exists', effect: 'NoSchedule' },
      { key: 'node.kubernetes.io/pid-pressure', operator: 'Exists', effect: 'NoSchedule' },
      { key: 'node.kubernetes.io/unschedulable', operator: 'Exists', effect: 'NoSchedule' },
    ])
  })
  it('replace one that only lasts for a while', () => {
    const brief: Toleration = {
      key: 'node.kubernetes.io/not-ready',
      operator: 'Exists',
      effect: 'NoExecute',
      tolerationSeconds: 30,
    }
    const [first, ...rest] = daemonTolerations(template(tolerates(brief)))
    expect(first).toEqual({ key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute' })
    expect(rest).toHaveLength(5)
  })
})
