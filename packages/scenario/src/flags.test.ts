import { isLeft, right } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { decodeWith } from './codec.ts'
import { flagCatalogOf, flagValues } from './flags.ts'

const catalog = flagCatalogOf([
  { component: 'kubelet', flags: { syncFrequency: { type: 'duration', default: 60_000, doc: 'Between syncs.' } } },
  {
    component: 'kube-controller-manager',
    flags: { 'node-eviction-rate': { type: 'number', default: 0.1, min: 0, doc: 'Nodes a second.' } },
  },
  {
    component: 'kube-controller-manager',
    flags: { 'enable-taint-eviction': { type: 'boolean', default: true, doc: 'Whether taints evict.' } },
  },
])

describe('flags', () => {
  it('of one component come together from all of its controllers, with their defaults', () => {
    expect(decodeWith(flagValues(catalog), { 'kube-controller-manager': { 'node-eviction-rate': 0.5 } })).toEqual(
      right({
        kubelet: { syncFrequency: 60_000 },
        'kube-controller-manager': { 'node-eviction-rate': 0.5, 'enable-taint-eviction': true },
      }),
    )
  })

  it('that nobody has are refused by their component', () => {
    const decoded = decodeWith(flagValues(catalog), { kubelet: { syncFrequncy: '1m' }, kubelt: {} })
    expect(isLeft(decoded) && decoded.left).toMatchObject([
      { code: 'WT028', path: ['kubelt'], message: 'unknown component `kubelt`', hint: 'did you mean `kubelet`?' },
      { code: 'WT028', path: ['kubelet', 'syncFrequncy'], message: 'unknown flag of kubelet `syncFrequncy`' },
    ])
  })

  it('take values of their type and range', () => {
    const decoded = decodeWith(flagValues(catalog), {
      kubelet: { syncFrequency: 60 },
      'kube-controller-manager': { 'node-eviction-rate': -1, 'enable-taint-eviction': 'no' },
    })
    expect(isLeft(decoded) && decoded.left.map(({ code }) => code)).toEqual(['WT014', 'WT016', 'WT012'])
  })
})
