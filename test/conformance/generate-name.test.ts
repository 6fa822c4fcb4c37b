import { objectsOf } from '@wavetank/cluster'
import { describe, expect, it } from 'vitest'
import { pod, smallRun } from './small-run.ts'

/** `metadata.generateName` of pods: pkg/controller/controller_utils.go, getPodsPrefix; job/indexed_job_utils.go, podGenerateNameWithIndex. */

const labels = { app: 'web' }
const template = { metadata: { labels }, spec: { containers: [{ name: 'web', image: 'web:1' }] } }
const object = (apiVersion: string, kind: string, name: string, spec: object): object => ({
  apiVersion,
  kind,
  metadata: { name },
  spec,
})
const set = (kind: string, name: string, more: object = {}): object =>
  object('apps/v1', kind, name, { selector: { matchLabels: labels }, template, ...more })
const job = (name: string, more: object): object =>
  object('batch/v1', 'Job', name, {
    template: { spec: { ...template.spec, restartPolicy: 'Never' } },
    ...more,
  })

interface Named {
  readonly name: string
  readonly generateName?: string
}
const names = (manifest: object, timeline: readonly object[] = []): readonly Named[] => {
  const { view } = smallRun({ manifests: [manifest], timeline, duration: '1m' })
  return objectsOf(view, 'Pod').map((one) => {
    const { name, generateName } = one.render().metadata as Named
    return { name, ...(generateName === undefined ? {} : { generateName }) }
  })
}

const LONG = 'a'.repeat(57)

describe('the start of a pod’s name', () => {
  it.each<[string, object, string]>([
    ['a ReplicaSet', set('ReplicaSet', 'web'), 'web-'],
    ['a ReplicationController', object('v1', 'ReplicationController', 'web', { selector: labels, template }), 'web-'],
    ['a DaemonSet', set('DaemonSet', 'web'), 'web-'],
    ['a Job', job('once', {}), 'once-'],
    ['an indexed Job', job('once', { completionMode: 'Indexed', completions: 1 }), 'once-0-'],
    [
      'one whose name is cut for the index',
      job(LONG, { completionMode: 'Indexed', completions: 1 }),
      `${'a'.repeat(55)}-0-`,
    ],
    ['one whose name is cut for the suffix alone', set('ReplicaSet', `${LONG}bbb`), `${LONG}bbb-`],
  ])('is that of %s', (_owner, manifest, generateName) => {
    const [first] = names(manifest)
    expect(first?.generateName).toBe(generateName)
    expect(first?.name.startsWith(generateName.slice(0, 58))).toBe(true)
    expect(first?.name).toHaveLength(Math.min(58, generateName.length) + 5)
  })

  it('is that of the ReplicaSet of a Deployment', () => {
    const [first] = names(set('Deployment', 'web'))
    expect(first?.generateName).toMatch(/^web-\w+-$/)
    expect(first?.name.startsWith(first.generateName!)).toBe(true)
  })

  it('is not there where nobody makes up names', () => {
    expect(names(set('StatefulSet', 'web', { serviceName: 'web' }))).toEqual([{ name: 'web-0' }])
    expect(names(pod('bare'))).toEqual([{ name: 'bare' }])
  })

  it('is not that of a ReplicaSet that adopted the pod', () => {
    const adopted = { manifests: [pod('bare', {}, labels), set('ReplicaSet', 'web')], duration: '1m' }
    const [only] = objectsOf(smallRun(adopted).view, 'Pod').map((one) => one.render().metadata as Named & object)
    expect(only).toMatchObject({ name: 'bare', ownerReferences: [{ name: 'web' }] })
    expect(only).not.toHaveProperty('generateName')
  })
})

// staging/src/k8s.io/apiserver/pkg/registry/rest/create.go, BeforeCreate: a name for each request.
describe('a pod that is refused', () => {
  const quota = object('v1', 'ResourceQuota', 'few', { hard: { pods: '0' } })
  const refusals = (manifest: object): readonly string[] => {
    const { entries } = smallRun({ manifests: [quota, manifest], duration: '2s' })
    return entries.flatMap(({ event }) => {
      const { message } = event as { readonly kind: string; readonly message?: string }
      const name = event.kind.endsWith('SyncFailed') ? message?.match(/^pods "([^"]+)" is forbidden/)?.[1] : undefined
      return name === undefined ? [] : [name]
    })
  }

  it.each<[string, object]>([
    ['a ReplicaSet', set('ReplicaSet', 'web')],
    ['a DaemonSet', set('DaemonSet', 'web')],
    ['a Job', job('once', {})],
  ])('has another name at each try: %s', (_owner, manifest) => {
    const names = refusals(manifest)
    expect(names.length).toBeGreaterThanOrEqual(2)
    expect(new Set(names).size).toBe(names.length)
  })
})
