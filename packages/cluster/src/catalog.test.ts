import { describe, expect, it } from 'vitest'
import { CATALOG, isBuiltInVersion, kindByName, kindOf } from './catalog.ts'

describe('catalog', () => {
  it.each([
    ['po', 'Pod'],
    ['pods', 'Pod'],
    ['Pod', 'Pod'],
    ['rc', 'ReplicationController'],
    ['deploy', 'Deployment'],
    ['deployments.apps', 'Deployment'],
    ['deployments.v1.apps', 'Deployment'],
    ['deploy.extensions', 'Deployment'],
    ['endpoints', 'Endpoints'],
    ['netpol', 'NetworkPolicy'],
    ['networkpolicies', 'NetworkPolicy'],
    ['ingresses', 'Ingress'],
    ['storageclasses', 'StorageClass'],
    ['ev', 'Event'],
    ['limits', 'LimitRange'],
    ['hpa', 'HorizontalPodAutoscaler'],
    ['leases', 'Lease'],
    ['pc', 'PriorityClass'],
  ])('knows %s as %s', (name, kind) => {
    expect(kindByName(name)?.kind).toBe(kind)
  })

  it('knows the versions that old files have', () => {
    expect(kindOf('extensions/v1beta1', 'Deployment')?.versions[0]).toBe('apps/v1')
    expect(kindOf('batch/v1beta1', 'CronJob')?.versions[0]).toBe('batch/v1')
    expect(kindOf('apps/v1', 'Pod')).toBeUndefined()
  })

  it('tells custom resources from kinds of its own', () => {
    expect(isBuiltInVersion('apps/v7')).toBe(true)
    expect(isBuiltInVersion('v1')).toBe(true)
    expect(isBuiltInVersion('argoproj.io/v1alpha1')).toBe(false)
  })

  it('says whether a kind lives in a namespace', () => {
    expect(kindByName('node')?.namespaced).toBe(false)
    expect(kindByName('pvc')?.namespaced).toBe(true)
  })

  it('gives no plural and no short name to two kinds', () => {
    const names = CATALOG.flatMap(({ plural, shortNames }) => [plural, ...shortNames])
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([])
  })
})
