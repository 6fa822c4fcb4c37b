import { describe, expect, it } from 'vitest'
import { run } from './test-cluster.ts'

const cronJob = {
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  metadata: { name: 'nightly', namespace: 'default' },
  spec: {
    schedule: '0 3 * * *',
    jobTemplate: {
      metadata: { labels: { team: 'night' }, annotations: { note: 'x' } },
      spec: {
        backoffLimit: 2,
        template: { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'busybox' }] } },
      },
    },
  },
}
const command = { verb: 'create job', namespace: 'default', name: 'by-hand', source: { from: 'nightly' } }

describe('kubectl create job', () => {
  it('makes a Job of the template, marked as made by hand and owned by the CronJob', () => {
    const { written, output, exitCode } = run(command, [cronJob])
    expect(written.at(-1)).toMatchObject({
      kind: 'JobCreated',
      object: 'default/by-hand',
      labels: { team: 'night' },
      annotations: { note: 'x', 'cronjob.kubernetes.io/instantiate': 'manual' },
      owner: { apiVersion: 'batch/v1', kind: 'CronJob', name: 'nightly' },
      spec: { backoffLimit: 2 },
    })
    expect(output).toEqual(['job.batch/by-hand created'])
    expect(exitCode).toBe(0)
  })

  it('makes one of an image and what to run in it', () => {
    const source = { image: 'busybox', command: ['date', '-u'] }
    const { written } = run({ ...command, source })
    expect(written).toMatchObject([
      {
        kind: 'PodTemplateRecorded',
        spec: {
          restartPolicy: 'Never',
          containers: [{ name: 'by-hand', image: 'busybox', command: ['date', '-u'] }],
        },
      },
      { kind: 'JobCreated', object: 'default/by-hand', annotations: {} },
    ])
  })

  it.each<[string, object, readonly object[], string]>([
    ['no such CronJob', command, [], 'Error from server (NotFound): cronjobs.batch "nightly" not found'],
    [
      'the name is taken',
      command,
      [
        cronJob,
        {
          apiVersion: 'batch/v1',
          kind: 'Job',
          metadata: { name: 'by-hand', namespace: 'default' },
          spec: cronJob.spec.jobTemplate.spec,
        },
      ],
      'error: failed to create job: jobs.batch "by-hand" already exists',
    ],
  ])('refuses: %s', (_, given, manifests, message) => {
    const { written, output, exitCode } = run(given as never, manifests as never)
    expect(written).toEqual([])
    expect(output).toEqual([message])
    expect(exitCode).toBe(1)
  })
})
