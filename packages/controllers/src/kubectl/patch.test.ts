import { PodLabelled, PodReleased, replicaSetEvents } from '@wavetank/cluster'
import { describe, expect, it } from 'vitest'
import { kindsOf, named, owner, pod, replicaSet, run } from './test-cluster.ts'

const web = { verb: 'patch', targets: named('ReplicaSet', 'web'), type: 'strategic' }
const cart = { verb: 'patch', targets: named('Pod', 'cart'), type: 'merge' }

describe('kubectl patch', () => {
  it.each([
    ['strategic', { spec: { replicas: 4 } }],
    ['merge', { spec: { replicas: 4 } }],
    ['json', [{ op: 'replace', path: '/spec/replicas', value: 4 }]],
  ])('changes an object by a %s patch', (type, patch) => {
    const { written, output, exitCode } = run({ ...web, type, patch }, [replicaSet('web')])
    expect(written).toEqual([replicaSetEvents.Scaled({ object: 'default/web', replicas: 4 })])
    expect(output).toEqual(['replicaset.apps/web patched'])
    expect(exitCode).toBe(0)
  })

  it('changes one container of a template by its name', () => {
    const patch = { spec: { template: { spec: { containers: [{ name: 'web', image: 'nginx:2' }] } } } }
    const outcome = run({ ...web, patch }, [replicaSet('web')])
    expect(kindsOf(outcome.written)).toEqual(['PodTemplateRecorded', 'ReplicaSetTemplateChanged'])
    const template = outcome.applied().replicaSets.get('default/web')?.template
    expect(template?.spec.containers).toMatchObject([{ name: 'web', image: 'nginx:2', imagePullPolicy: 'Always' }])
  })

  it('says so and writes nothing when the patch changes nothing', () => {
    const { written, output } = run({ ...web, patch: { spec: { replicas: 3 } } }, [replicaSet('web')])
    expect(written).toEqual([])
    expect(output).toEqual(['replicaset.apps/web patched (no change)'])
  })

  it('lets go of a pod whose owner reference is taken away', () => {
    const owned = pod('cart', { metadata: owner('ReplicaSet', 'web') })
    const { written } = run({ ...cart, patch: { metadata: { ownerReferences: null, labels: { app: null } } } }, [owned])
    expect(written).toEqual([
      PodReleased({ pod: 'default/cart', owner: 'default/web' }),
      PodLabelled({ pod: 'default/cart', labels: {} }),
    ])
  })

  it.each([
    [
      'a value that is not allowed',
      { ...web, patch: { spec: { replicas: -1 } } },
      'The ReplicaSet "web" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0',
    ],
    [
      'a field that there is not',
      { ...web, patch: { spec: { replica: 1 } } },
      'Error from server (BadRequest): unknown field "spec.replica"',
    ],
    [
      'another name',
      { ...web, patch: { metadata: { name: 'x' } } },
      'Error from server (BadRequest): the name of the object (x) does not match the name on the URL (web)',
    ],
    [
      'an operation on nothing',
      { ...web, type: 'json', patch: [{ op: 'remove', path: '/spec/none' }] },
      'The request is invalid: the server rejected our request due to an error in our request',
    ],
    [
      'a pod’s containers',
      { ...cart, patch: { spec: { containers: [{ name: 'web', image: 'nginx:2' }] } } },
      'error: pods "cart": a change of the spec of a running pod is not simulated',
    ],
    [
      'finalizers',
      { ...cart, patch: { metadata: { finalizers: ['a/b'] } } },
      'error: pods "cart": a change of metadata.finalizers is not simulated',
    ],
  ])('refuses %s', (_what, command, line) => {
    const { written, output, exitCode } = run(command, [replicaSet('web'), pod('cart')])
    expect(written).toEqual([])
    expect(output).toEqual([line])
    expect(exitCode).toBe(1)
  })
})
