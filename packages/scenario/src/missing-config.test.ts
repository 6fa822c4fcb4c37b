import { isLeft } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { decodeScenario } from './decode.ts'
import { formatIssues } from './located-issue.ts'

const pod = (spec: object, metadata: object = {}): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'a', ...metadata },
  spec: { containers: [{ name: 'main', image: 'i', ...spec }] },
})
const config = (kind: string, name: string, namespace = 'default'): object => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, namespace },
})
const mounting = (volume: object): object => ({
  ...pod({}),
  spec: { containers: [{ name: 'main', image: 'i' }], volumes: [{ name: 'v', ...volume }] },
})

const warnings = (manifests: readonly object[], timeline: readonly object[] = []): readonly string[] => {
  const scenario = {
    apiVersion: 'wavetank.dev/v1alpha1',
    kind: 'Scenario',
    metadata: { name: 's' },
    duration: '1m',
    nodes: [{ name: 'n', count: 1 }],
    manifests,
    timeline,
  }
  const input = { file: 's.json', text: JSON.stringify(scenario), resolved: new Map(), texts: new Map() }
  const decoded = decodeScenario(input, { flags: {} })
  if (isLeft(decoded)) throw new Error(formatIssues(decoded.left))
  return decoded.right.warnings.filter(({ code }) => code === 'WT054').map(({ message }) => message)
}

const FROM = { envFrom: [{ configMapRef: { name: 'settings' } }] }
const KEY = { env: [{ name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'token', key: 'value' } } }] }

describe('a ConfigMap or Secret that nothing brings', () => {
  it.each([
    ['all of it as environment', pod(FROM), 'ConfigMap "settings"'],
    ['one key', pod(KEY), 'Secret "token"'],
    ['a volume', mounting({ secret: { secretName: 'certificate' } }), 'Secret "certificate"'],
    ['a projected volume', mounting({ projected: { sources: [{ configMap: { name: 'part' } }] } }), 'ConfigMap "part"'],
  ])('is a warning: %s', (_, manifest, what) => {
    expect(warnings([manifest])).toEqual([`this pod will wait: there is no ${what} in namespace default`])
  })

  it('is one warning for each workload, however often it is named', () => {
    const template = {
      metadata: { labels: { app: 'web' } },
      spec: { containers: ['a', 'b'].map((name) => ({ name, image: 'i', ...FROM })) },
    }
    const spec = { selector: { matchLabels: { app: 'web' } }, template }
    expect(warnings([{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' }, spec }])).toEqual([
      'its pods will wait: there is no ConfigMap "settings" in namespace default',
    ])
  })

  it.each<[string, readonly object[]]>([
    ['what a manifest brings', [pod(FROM), config('ConfigMap', 'settings')]],
    ['what is optional', [pod({ envFrom: [{ configMapRef: { name: 'settings', optional: true } }] })]],
    ['what every namespace has', [mounting({ configMap: { name: 'kube-root-ca.crt' } })]],
    ['a pod of a dump', [pod(FROM, { uid: '1' })]],
    ['what a dump leaves out', [pod(FROM), pod({}, { name: 'b', uid: '1' })]],
  ])('is none: %s', (_, manifests) => {
    expect(warnings(manifests)).toEqual([])
  })

  it('is none that the timeline creates', () => {
    expect(warnings([pod(FROM)], [{ at: '5s', kubectl: 'create configmap settings --from-literal=a=b' }])).toEqual([])
  })

  it('in another namespace is another one', () => {
    expect(warnings([pod(FROM), config('ConfigMap', 'settings', 'shop')])).toHaveLength(1)
  })
})
