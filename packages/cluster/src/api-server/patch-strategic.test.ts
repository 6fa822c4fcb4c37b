import { describe, expect, it } from 'vitest'
import { strategicMerge } from './patch-strategic.ts'

const names = (...list: readonly string[]) => list.map((name) => ({ name }))
const spec = (fields: object) => ({ spec: fields })

describe('strategic merge patch', () => {
  // https://kubernetes.io/docs/tasks/manage-kubernetes-objects/update-api-object-kubectl-patch/
  it('adds a container in front of the others, as the documentation shows', () => {
    const live = spec({ template: { spec: { containers: [{ name: 'patch-demo-ctr', image: 'nginx' }] } } })
    const patch = spec({ template: { spec: { containers: [{ name: 'patch-demo-ctr-2', image: 'redis' }] } } })
    expect(strategicMerge(live, patch)).toEqual(
      spec({
        template: {
          spec: {
            containers: [
              { name: 'patch-demo-ctr-2', image: 'redis' },
              { name: 'patch-demo-ctr', image: 'nginx' },
            ],
          },
        },
      }),
    )
  })

  it('replaces tolerations, as the documentation shows', () => {
    const disk = [{ key: 'disktype', value: 'ssd', effect: 'NoSchedule' }]
    const live = spec({ tolerations: [{ key: 'dedicated', value: 'test-team', effect: 'NoSchedule' }] })
    expect(strategicMerge(live, spec({ tolerations: disk }))).toEqual(spec({ tolerations: disk }))
  })

  it('keeps only retained keys, as the documentation shows', () => {
    const live = spec({ strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } } })
    const patch = spec({ strategy: { $retainKeys: ['type'], type: 'Recreate' } })
    expect(strategicMerge(live, patch)).toEqual(spec({ strategy: { type: 'Recreate' } }))
  })

  it.each([
    ['env', 'name'],
    ['volumes', 'name'],
    ['initContainers', 'name'],
    ['volumeMounts', 'mountPath'],
    ['topologySpreadConstraints', 'topologyKey'],
    ['imagePullSecrets', 'name'],
    ['hostAliases', 'ip'],
  ])('merges %s by %s', (field, key) => {
    const live = spec({ [field]: [{ [key]: 'a', old: 1 }, { [key]: 'b' }] })
    const patch = spec({ [field]: [{ [key]: 'a', new: 2 }] })
    expect(strategicMerge(live, patch)).toEqual(spec({ [field]: [{ [key]: 'a', old: 1, new: 2 }, { [key]: 'b' }] }))
  })

  it('merges ports of containers by containerPort, and those of a Service by port', () => {
    const container = (ports: readonly object[]) => spec({ containers: [{ name: 'web', ports }] })
    const merged = container([{ containerPort: 80, name: 'http', protocol: 'TCP' }])
    const live = container([{ containerPort: 80, protocol: 'TCP' }])
    expect(strategicMerge(live, container([{ containerPort: 80, name: 'http' }]))).toEqual(merged)
    const service = spec({ ports: [{ port: 80, targetPort: 8080 }] })
    expect(strategicMerge(service, spec({ ports: [{ port: 80, name: 'http' }] }))).toEqual(
      spec({ ports: [{ port: 80, targetPort: 8080, name: 'http' }] }),
    )
  })

  it('merges owner references by uid', () => {
    const metadata = (...ownerReferences: readonly object[]) => ({ metadata: { ownerReferences } })
    const live = metadata({ uid: '1', name: 'a' }, { uid: '2', name: 'b' })
    expect(strategicMerge(live, metadata({ uid: '1', $patch: 'delete' }))).toEqual(metadata({ uid: '2', name: 'b' }))
  })

  it.each([
    ['deletes an item', { containers: [{ name: 'b', $patch: 'delete' }] }, { containers: names('a', 'c') }],
    ['replaces a list', { containers: [{ $patch: 'replace' }, { name: 'd' }] }, { containers: names('d') }],
    ['removes a list', { containers: null }, {}],
    ['puts items in the order of the patch', { containers: names('c', 'a') }, { containers: names('b', 'c', 'a') }],
    [
      'puts new items before those that only the server has',
      { containers: names('d', 'b') },
      { containers: names('d', 'a', 'b', 'c') },
    ],
    [
      'follows $setElementOrder',
      { $setElementOrder: 0, '$setElementOrder/containers': names('c', 'b', 'a'), containers: names('b') },
      { $setElementOrder: 0, containers: names('c', 'b', 'a') },
    ],
    [
      'reorders without a change',
      { '$setElementOrder/containers': names('c', 'b', 'a') },
      { containers: names('c', 'b', 'a') },
    ],
  ])('%s', (_what, patch, result) => {
    expect(strategicMerge({ containers: names('a', 'b', 'c') }, patch)).toEqual(result)
  })

  it('merges finalizers as a set, and takes values out of it', () => {
    const live = { metadata: { finalizers: ['a', 'b'] } }
    expect(strategicMerge(live, { metadata: { finalizers: ['c', 'b'] } })).toEqual({
      metadata: { finalizers: ['c', 'a', 'b'] },
    })
    expect(strategicMerge(live, { metadata: { '$deleteFromPrimitiveList/finalizers': ['a'] } })).toEqual({
      metadata: { finalizers: ['b'] },
    })
  })

  it('replaces and empties mappings, and removes by null', () => {
    const live = { metadata: { labels: { a: '1', b: '2' } } }
    expect(strategicMerge(live, { metadata: { labels: { $patch: 'replace', c: '3' } } })).toEqual({
      metadata: { labels: { c: '3' } },
    })
    expect(strategicMerge(live, { metadata: { labels: { $patch: 'delete' } } })).toEqual({ metadata: { labels: {} } })
    expect(strategicMerge(live, { metadata: { labels: { a: null, c: '3' } } })).toEqual({
      metadata: { labels: { b: '2', c: '3' } },
    })
  })

  it('stores nothing of a patch that only removes, where there was nothing', () => {
    expect(strategicMerge({}, spec({ a: null, containers: [{ name: 'x', image: null }] }))).toEqual(
      spec({ containers: [{ name: 'x' }] }),
    )
  })

  it('leaves what it was given as it was', () => {
    const live = Object.freeze({ spec: Object.freeze({ containers: Object.freeze(names('a')) }) })
    strategicMerge(live, spec({ containers: [{ name: 'a', image: 'x' }] }))
    expect(live).toEqual(spec({ containers: names('a') }))
  })
})
