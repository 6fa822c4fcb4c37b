import {
  InertObjectDeleted,
  NamespaceMarkedForDeletion,
  NodeDeleted,
  PodBound,
  PodDeleted,
  PodMarkedForDeletion,
  replicaSetEvents,
} from '@wavetank/cluster'
import { describe, expect, it } from 'vitest'
import { chosen, configMap, named, node, pod, replicaSet, run } from './test-cluster.ts'

const remove = { verb: 'delete', cascade: 'background', force: false, ignoreNotFound: false }
const cart = { ...remove, targets: named('Pod', 'cart') }
const bound = [PodBound({ pod: 'default/cart', node: 'n1' })]
const IMMEDIATE =
  'Warning: Immediate deletion does not wait for confirmation that the running resource has been terminated. The resource may continue to run on the cluster indefinitely.'

describe('kubectl delete', () => {
  it('asks for a graceful deletion of a pod that is on a node', () => {
    const { written, output, exitCode } = run(cart, [node('n1'), pod('cart')], bound)
    expect(written).toEqual([PodMarkedForDeletion({ pod: 'default/cart', graceSeconds: 30 })])
    expect(output).toEqual(['pod "cart" deleted from default namespace'])
    expect(exitCode).toBe(0)
  })

  it.each([
    ['of its own', {}, [PodMarkedForDeletion({ pod: 'default/cart', graceSeconds: 30 })], []],
    ['that is given', { gracePeriodSeconds: 5 }, [PodMarkedForDeletion({ pod: 'default/cart', graceSeconds: 5 })], []],
    [
      'of 0, which is 1 without --force',
      { gracePeriodSeconds: 0 },
      [PodMarkedForDeletion({ pod: 'default/cart', graceSeconds: 1 })],
      [],
    ],
    ['of 0 with --force', { gracePeriodSeconds: 0, force: true }, [PodDeleted({ pod: 'default/cart' })], [IMMEDIATE]],
    ['that --force makes 0', { force: true }, [PodDeleted({ pod: 'default/cart' })], [IMMEDIATE]],
  ])('gives a pod a grace period %s', (_which, flags, events, warning) => {
    const { written, output } = run({ ...cart, ...flags }, [node('n1'), pod('cart')], bound)
    expect(written).toEqual(events)
    const done = warning.length > 0 ? 'force deleted' : 'deleted'
    expect(output).toEqual([...warning, `pod "cart" ${done} from default namespace`])
  })

  it('writes nothing for a pod that is terminating already', () => {
    const marked = PodMarkedForDeletion({ pod: 'default/cart', graceSeconds: 30 })
    const { written, output } = run(cart, [node('n1'), pod('cart')], [...bound, marked])
    expect(written).toEqual([])
    expect(output).toEqual(['pod "cart" deleted from default namespace'])
  })

  it('deletes a pod named twice once', () => {
    const command = { ...remove, targets: named('Pod', 'cart', 'cart') }
    expect(run(command, [pod('cart')]).written).toEqual([PodDeleted({ pod: 'default/cart' })])
  })

  it.each([
    ['background', replicaSetEvents.Deleted({ object: 'default/web' })],
    ['foreground', replicaSetEvents.MarkedForDeletion({ object: 'default/web', propagation: 'Foreground' })],
    ['orphan', replicaSetEvents.MarkedForDeletion({ object: 'default/web', propagation: 'Orphan' })],
  ])('deletes a workload with --cascade=%s', (cascade, event) => {
    const { written, output } = run({ ...remove, cascade, targets: named('ReplicaSet', 'web') }, [replicaSet('web')])
    expect(written).toEqual([event])
    expect(output).toEqual(['replicaset.apps "web" deleted from default namespace'])
  })

  it.each([
    ['Node', 'n1', NodeDeleted({ node: 'n1' }), 'node "n1" deleted'],
    ['Namespace', 'shop', NamespaceMarkedForDeletion({ namespace: 'shop' }), 'namespace "shop" deleted'],
    [
      'ConfigMap',
      'settings',
      InertObjectDeleted({ objectKind: 'ConfigMap', object: 'default/settings' }),
      'configmap "settings" deleted from default namespace',
    ],
  ])('deletes a %s', (kind, name, event, line) => {
    const shop = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } }
    const { written, output } = run({ ...remove, targets: named(kind, name) }, [
      node('n1'),
      shop,
      configMap('settings'),
    ])
    expect(written).toEqual([event])
    expect(output).toEqual([line])
  })

  it('refuses to delete the namespaces that every cluster has', () => {
    const { written, output, exitCode } = run({ ...remove, targets: named('Namespace', 'default') })
    expect(written).toEqual([])
    expect(output).toEqual([
      'Error from server (Forbidden): namespaces "default" is forbidden: this namespace may not be deleted',
    ])
    expect(exitCode).toBe(1)
  })

  it('goes on after a name that is not there', () => {
    const { written, output, exitCode } = run({ ...remove, targets: named('Pod', 'gone', 'cart') }, [pod('cart')])
    expect(written).toEqual([PodDeleted({ pod: 'default/cart' })])
    expect(output).toEqual([
      'pod "cart" deleted from default namespace',
      'Error from server (NotFound): pods "gone" not found',
    ])
    expect(exitCode).toBe(1)
  })

  it('does not mind a missing name with --ignore-not-found', () => {
    const { output, exitCode } = run({ ...remove, ignoreNotFound: true, targets: named('Pod', 'gone') })
    expect(output).toEqual(['No resources found'])
    expect(exitCode).toBe(0)
  })

  it('deletes what a selector chooses, in one namespace or in all', () => {
    const other = pod('other', { metadata: { namespace: 'kube-system' } })
    const none = pod('none', { metadata: { labels: { app: 'db' } } })
    const command = { ...remove, targets: chosen('Pod', 'app=web') }
    expect(run(command, [other, none, pod('cart')]).written).toEqual([PodDeleted({ pod: 'default/cart' })])
    const everywhere = { ...remove, targets: chosen('Pod', 'app=web', { all: true }) }
    expect(run(everywhere, [other, none, pod('cart')]).output).toEqual([
      'pod "cart" deleted from default namespace',
      'pod "other" deleted from kube-system namespace',
    ])
  })
})
