import { replicaSetEvents, replicationControllerEvents } from '@wavetank/cluster'
import { describe, expect, it } from 'vitest'
import { chosen, configMap, named, replicaSet, replicationController, run } from './test-cluster.ts'

const scale = { verb: 'scale', targets: named('ReplicationController', 'hostname'), replicas: 5 }

describe('kubectl scale', () => {
  it('changes the number of replicas and says so', () => {
    const { written, output, exitCode } = run(scale, [replicationController('hostname')])
    expect(written).toEqual([replicationControllerEvents.Scaled({ object: 'default/hostname', replicas: 5 })])
    expect(output).toEqual(['replicationcontroller/hostname scaled'])
    expect(exitCode).toBe(0)
  })

  it('says so and writes nothing when the number is the same', () => {
    const { written, output } = run({ ...scale, replicas: 3 }, [replicationController('hostname')])
    expect(written).toEqual([])
    expect(output).toEqual(['replicationcontroller/hostname scaled'])
  })

  it('refuses when --current-replicas is another number', () => {
    const { written, output, exitCode } = run({ ...scale, currentReplicas: 2 }, [replicationController('hostname')])
    expect(written).toEqual([])
    expect(output).toEqual(['error: Expected replicas to be 2, was 3'])
    expect(exitCode).toBe(1)
  })

  it('scales only what has the resource version', () => {
    const refused = run({ ...scale, resourceVersion: '999999' }, [replicationController('hostname')])
    expect(refused.written).toEqual([])
    expect(refused.output).toEqual([expect.stringMatching(/^error: Expected resource version to be 999999, was \d+$/)])
    const [, version = ''] = /was (\d+)$/.exec(refused.output[0]!) ?? []
    expect(run({ ...scale, resourceVersion: version }, [replicationController('hostname')]).written).toHaveLength(1)
  })

  it('scales when --current-replicas is right', () => {
    expect(run({ ...scale, currentReplicas: 3 }, [replicationController('hostname')]).written).toHaveLength(1)
  })

  it('scales those that a selector chooses, with the group in their names', () => {
    const command = { ...scale, targets: chosen('ReplicaSet', 'app=web') }
    const { written, output } = run(command, [replicaSet('a'), replicaSet('b', { replicas: 5 })])
    expect(written).toEqual([replicaSetEvents.Scaled({ object: 'default/a', replicas: 5 })])
    expect(output).toEqual(['replicaset.apps/a scaled', 'replicaset.apps/b scaled'])
  })

  it('scales what there is, and names what there is not', () => {
    const command = { ...scale, targets: named('ReplicationController', 'gone', 'hostname') }
    const { output, exitCode } = run(command, [replicationController('hostname')])
    expect(output).toEqual([
      'replicationcontroller/hostname scaled',
      'Error from server (NotFound): replicationcontrollers "gone" not found',
    ])
    expect(exitCode).toBe(1)
  })

  it.each([
    ['nothing is chosen', { ...scale, targets: chosen('ReplicaSet', 'app=none') }, 'error: no objects passed to scale'],
    [
      'the kind has no scale',
      { ...scale, targets: named('ConfigMap', 'settings') },
      'Error from server (NotFound): the server could not find the requested resource',
    ],
    [
      'the number is refused',
      { ...scale, replicas: -1 },
      'The ReplicationController "hostname" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0',
    ],
  ])('fails when %s', (_when, command, line) => {
    const { written, output, exitCode } = run(command, [replicationController('hostname'), configMap('settings')])
    expect(written).toEqual([])
    expect(output).toEqual([line])
    expect(exitCode).toBe(1)
  })
})
