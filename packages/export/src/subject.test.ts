import { describe, expect, it } from 'vitest'
import { catalogue } from 'wavetank'
import { subjectOf } from './subject.ts'

describe('what an entry is about', () => {
  it.each([
    [{ kind: 'PodBound', pod: 'shop/cart', node: 'n1' }, ['Pod', 'shop', 'cart']],
    [{ kind: 'ReplicaSetScaled', object: 'shop/web' }, ['ReplicaSet', 'shop', 'web']],
    [{ kind: 'ReplicationControllerSyncDue', object: 'shop/web' }, ['ReplicationController', 'shop', 'web']],
    [{ kind: 'PodDisruptionBudgetDeleted', object: 'shop/web' }, ['PodDisruptionBudget', 'shop', 'web']],
    [{ kind: 'InertObjectCreated', objectKind: 'ConfigMap', object: 'shop/web' }, ['ConfigMap', 'shop', 'web']],
    [{ kind: 'NodeFailed', node: 'n1' }, ['Node', null, 'n1']],
    [{ kind: 'NamespaceCreated', namespace: 'shop' }, ['Namespace', null, 'shop']],
    [{ kind: 'KubectlIssued', line: 'scale' }, [null, null, null]],
  ])('%j', (event, [kind, namespace, name]) => {
    expect(subjectOf(event)).toEqual({ kind, namespace, name })
  })

  it('is an object of a kind, wherever an event names an object', () => {
    const without = [...catalogue.values()]
      .filter(({ fields }) => 'object' in fields && !('pod' in fields))
      .filter(({ kind }) => subjectOf({ kind, object: 'a/b', objectKind: 'X' } as never).kind === null)
      .filter(
        ({ kind, fields }) => !('objectKind' in fields) && subjectOf({ kind, object: 'a/b' } as never).kind === null,
      )
    expect(without.map(({ kind }) => kind)).toEqual([])
  })
})
