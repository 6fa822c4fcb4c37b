import {
  InertObjectChanged,
  NamespaceLabelled,
  NodeAnnotated,
  NodeLabelled,
  PodAnnotated,
  PodLabelled,
  replicaSetEvents,
} from '@wavetank/cluster'
import { describe, expect, it } from 'vitest'
import { configMap, kindsOf, named, node, pod, replicaSet, run } from './test-cluster.ts'

const label = { verb: 'label', targets: named('Pod', 'cart'), set: {}, remove: [], overwrite: false }
const annotate = { ...label, verb: 'annotate' }

describe('kubectl label', () => {
  it.each([
    ['adds', { set: { tier: 'front' } }, { app: 'web', tier: 'front' }, 'labeled'],
    ['removes', { remove: ['app'] }, {}, 'unlabeled'],
    ['replaces with --overwrite', { set: { app: 'db' }, overwrite: true }, { app: 'db' }, 'labeled'],
    ['removes with --overwrite', { remove: ['app'], overwrite: true }, {}, 'labeled'],
  ])('%s a label', (_what, changes, labels, done) => {
    const { written, output, exitCode } = run({ ...label, ...changes }, [pod('cart')])
    expect(written).toEqual([PodLabelled({ pod: 'default/cart', labels })])
    expect(output).toEqual([`pod/cart ${done}`])
    expect(exitCode).toBe(0)
  })

  it('refuses to replace a value without --overwrite, object by object', () => {
    const command = { ...label, targets: named('Pod', 'cart', 'other'), set: { app: 'db' } }
    const other = pod('other', { metadata: { labels: {} } })
    const { written, output, exitCode } = run(command, [pod('cart'), other])
    expect(written).toEqual([PodLabelled({ pod: 'default/other', labels: { app: 'db' } })])
    expect(output).toEqual(['pod/other labeled', "error: 'app' already has a value (web), and --overwrite is false"])
    expect(exitCode).toBe(1)
  })

  it.each([
    ['the label has the value already', { set: { app: 'web' } }, ['pod/cart not labeled']],
    ['the label to remove is not there', { remove: ['tier'] }, ['label "tier" not found.', 'pod/cart not labeled']],
  ])('writes nothing when %s', (_when, changes, lines) => {
    const { written, output, exitCode } = run({ ...label, ...changes }, [pod('cart')])
    expect(written).toEqual([])
    expect(output).toEqual(lines)
    expect(exitCode).toBe(0)
  })

  it('labels objects of every kind', () => {
    const set = { tier: 'front' }
    const shop = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } }
    const manifests = [node('n1'), replicaSet('web'), configMap('settings'), shop]
    const written = (kind: string, name: string) =>
      run({ ...label, targets: named(kind, name), set }, manifests).written
    expect(written('Node', 'n1')).toEqual([
      NodeLabelled({ node: 'n1', labels: { 'kubernetes.io/hostname': 'n1', ...set } }),
    ])
    expect(written('ReplicaSet', 'web')).toEqual([
      replicaSetEvents.Labelled({ object: 'default/web', labels: { app: 'web', ...set } }),
    ])
    expect(written('Namespace', 'shop')).toEqual([
      NamespaceLabelled({ namespace: 'shop', labels: { 'kubernetes.io/metadata.name': 'shop', ...set } }),
    ])
    expect(written('ConfigMap', 'settings')).toEqual([
      InertObjectChanged({
        objectKind: 'ConfigMap',
        object: 'default/settings',
        body: { ...configMap('settings'), metadata: { name: 'settings', namespace: 'default', labels: set } },
      }),
    ])
  })

  it('is refused by the API server when the label is none', () => {
    const { written, output } = run({ ...label, set: { tier: 'not a label' } }, [pod('cart')])
    expect(written).toEqual([])
    expect(output[0]).toContain(
      'The Pod "cart" is invalid: metadata.labels: Invalid value: "not a label": a valid label',
    )
  })

  it('leaves the view readable: what was labelled is rendered anew', () => {
    const outcome = run({ ...label, set: { tier: 'front' } }, [pod('cart')])
    expect(outcome.applied().pods.get('default/cart')?.labels).toEqual({ app: 'web', tier: 'front' })
  })
})

describe('kubectl annotate', () => {
  it('adds and removes annotations in one write', () => {
    const had = pod('cart', { metadata: { annotations: { old: '1' } } })
    const { written, output } = run({ ...annotate, set: { note: 'a b' }, remove: ['old'] }, [had])
    expect(written).toEqual([PodAnnotated({ pod: 'default/cart', annotations: { note: 'a b' } })])
    expect(output).toEqual(['pod/cart annotated'])
  })

  it('refuses to replace values without --overwrite, all in one message', () => {
    const had = pod('cart', { metadata: { annotations: { a: '1', b: '2' } } })
    const { written, output } = run({ ...annotate, set: { a: '3', b: '4' } }, [had])
    expect(written).toEqual([])
    expect(output).toEqual([
      "error: --overwrite is false but found the following declared annotation(s): 'a' already has a value (1); 'b' already has a value (2)",
    ])
  })

  it('always replaces the cause of a change', () => {
    const had = node('n1', { metadata: { annotations: { 'kubernetes.io/change-cause': 'x' } } })
    const command = { ...annotate, targets: named('Node', 'n1'), set: { 'kubernetes.io/change-cause': 'y' } }
    const { written } = run(command, [had])
    expect(written).toEqual([NodeAnnotated({ node: 'n1', annotations: { 'kubernetes.io/change-cause': 'y' } })])
  })

  it('annotates nothing that is not there', () => {
    const { written, output } = run({ ...annotate, set: { a: '1' } })
    expect(kindsOf(written)).toEqual([])
    expect(output).toEqual(['Error from server (NotFound): pods "cart" not found'])
  })
})
