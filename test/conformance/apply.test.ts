import { findObject, LAST_APPLIED } from '@wavetank/cluster'
import { KubectlCompleted } from '@wavetank/controllers'
import { describe, expect, it } from 'vitest'
import { smallRun } from './small-run.ts'

/**
 * Client-side apply, as a scenario has it: what stands under `manifests` has been applied, the timeline applies it again.
 *
 * Sources: staging/src/k8s.io/kubectl/pkg/cmd/apply/{apply,patcher}.go, staging/src/k8s.io/apimachinery/pkg/util/strategicpatch,
 * https://kubernetes.io/docs/tasks/manage-kubernetes-objects/declarative-config/.
 */

type Json = Readonly<Record<string, unknown>>

const deployment = (spec: Json = {}, more: { readonly metadata?: Json; readonly pod?: Json } = {}): Json => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', ...more.metadata },
  spec: {
    selector: { matchLabels: { app: 'web' } },
    ...spec,
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'web', image: 'web:1' }], ...more.pod },
    },
  },
})
const service = (spec: Json): Json => ({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' }, spec })
const config = (data: Json, metadata: Json = {}): Json => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'web', ...metadata },
  data,
})
const budget = (maxUnavailable: number): Json => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name: 'web' },
  spec: { maxUnavailable, selector: { matchLabels: { app: 'web' } } },
})
const custom = (spec: Json): Json => ({
  apiVersion: 'example.com/v1',
  kind: 'Widget',
  metadata: { name: 'web' },
  spec,
})

interface Played {
  /** The object at the end, as `get -o json` shows it. */
  readonly object: Json
  /** What the last command printed. */
  readonly output: readonly string[]
}

/** The first manifest has been applied, then come the commands; `next` is the file of `apply`. */
const play = (first: Json | undefined, next: Json, ...commands: readonly string[]): Played => {
  const run = smallRun({
    manifests: first === undefined ? [] : [first],
    files: { 'next.yaml': next },
    timeline: [...commands, 'apply -f next.yaml'].map((kubectl, i) => ({ at: `${i + 1}s`, kubectl })),
    duration: `${commands.length + 1}s`,
  })
  const { kind } = next as { readonly kind: string }
  const json = findObject(run.view, kind, 'default', 'web')?.render()
  return {
    object: JSON.parse(JSON.stringify(json)) as Json,
    output: run.of(KubectlCompleted).at(-1)?.event.output ?? [],
  }
}

/** What stands at a path with dots; numbers are places in lists. */
const at = (object: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((json, step) => (json as Json | undefined)?.[step], object)

const POD = 'spec.template.spec'
const configured = ['deployment.apps/web configured']

describe('kubectl apply of what was applied before', () => {
  it.each<[rule: string, Json, Json, readonly string[], path: string, expected: unknown]>([
    ['a field takes its new value', deployment({ replicas: 2 }), deployment({ replicas: 3 }), [], 'spec.replicas', 3],
    [
      'a field that the manifest never had keeps what others set: replicas of an autoscaler',
      deployment(),
      deployment({}, { pod: { containers: [{ name: 'web', image: 'web:2' }] } }),
      ['scale deployment web --replicas=4'],
      'spec.replicas',
      4,
    ],
    [
      'a field that the manifest has goes back to it, although it is the same as before',
      deployment({ replicas: 2 }),
      deployment({ replicas: 2 }),
      ['scale deployment web --replicas=4'],
      'spec.replicas',
      2,
    ],
    [
      'a field that the manifest has no longer gets its default',
      deployment({ replicas: 3 }),
      deployment(),
      [],
      'spec.replicas',
      1,
    ],
    [
      'a label that the manifest has no longer goes, another one stays',
      deployment({}, { metadata: { labels: { a: '1', b: '2' } } }),
      deployment({}, { metadata: { labels: { a: '1' } } }),
      ['label deployment web hand=yes'],
      'metadata.labels',
      { a: '1', hand: 'yes' },
    ],
    [
      'a container that the manifest has no longer goes',
      deployment(
        {},
        {
          pod: {
            containers: [
              { name: 'web', image: 'web:1' },
              { name: 'log', image: 'log:1' },
            ],
          },
        },
      ),
      deployment(),
      [],
      `${POD}.containers.1`,
      undefined,
    ],
    [
      'a container that was added by hand stays',
      deployment(),
      deployment({}, { pod: { containers: [{ name: 'web', image: 'web:2' }] } }),
      [`patch deployment web -p '{"spec":{"template":{"spec":{"containers":[{"name":"side","image":"side:1"}]}}}}'`],
      `${POD}.containers.0.name`,
      'side',
    ],
    [
      'an image that was set by hand goes back to the manifest',
      deployment(),
      deployment(),
      ['set image deployment/web web=web:9'],
      `${POD}.containers.0.image`,
      'web:1',
    ],
    [
      'an environment variable that the manifest has no longer goes, one that was set by hand stays',
      deployment({}, { pod: { containers: [{ name: 'web', image: 'web:1', env: [{ name: 'A', value: '1' }] }] } }),
      deployment({}, { pod: { containers: [{ name: 'web', image: 'web:1', env: [] }] } }),
      ['set env deployment/web B=2'],
      `${POD}.containers.0.env`,
      [{ name: 'B', value: '2' }],
    ],
    [
      'arguments are one list, not a merged one',
      deployment({}, { pod: { containers: [{ name: 'web', image: 'web:1', args: ['a', 'b'] }] } }),
      deployment({}, { pod: { containers: [{ name: 'web', image: 'web:1', args: ['c'] }] } }),
      [],
      `${POD}.containers.0.args`,
      ['c'],
    ],
    [
      'a node selector loses the key that the manifest has no longer',
      deployment({}, { pod: { nodeSelector: { disk: 'ssd', zone: 'a' } } }),
      deployment({}, { pod: { nodeSelector: { zone: 'a' } } }),
      [],
      `${POD}.nodeSelector`,
      { zone: 'a' },
    ],
    [
      'Recreate takes the rest of the rolling update along (retainKeys)',
      deployment({ strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } } }),
      deployment({ strategy: { type: 'Recreate' } }),
      [],
      'spec.strategy',
      { type: 'Recreate' },
    ],
    [
      'a volume becomes another kind of volume (retainKeys)',
      deployment({}, { pod: { volumes: [{ name: 'v', emptyDir: {} }] } }),
      deployment({}, { pod: { volumes: [{ name: 'v', hostPath: { path: '/v' } }] } }),
      [],
      `${POD}.volumes`,
      [{ name: 'v', hostPath: { path: '/v', type: '' } }],
    ],
    [
      'the ports of a Service are merged by number',
      service({
        selector: { app: 'web' },
        ports: [
          { name: 'a', port: 80 },
          { name: 'b', port: 81 },
        ],
      }),
      service({ selector: { app: 'web' }, ports: [{ name: 'b', port: 81, targetPort: 8081 }] }),
      [],
      'spec.ports',
      [{ name: 'b', port: 81, protocol: 'TCP', targetPort: 8081 }],
    ],
    [
      'the address of a Service stays, which no manifest has',
      service({ ports: [{ port: 80 }], selector: { app: 'web' } }),
      service({ ports: [{ port: 80 }], selector: { app: 'api' } }),
      [],
      'spec.type',
      'ClusterIP',
    ],
    ['data that are no longer there', config({ a: '1', b: '2' }), config({ a: '1' }), [], 'data', { a: '1' }],
    [
      'lists of a custom resource are replaced, fields that are no longer there go',
      custom({ size: 1, parts: [{ name: 'a' }, { name: 'b' }], old: true }),
      custom({ size: 1, parts: [{ name: 'b' }] }),
      [],
      'spec',
      { size: 1, parts: [{ name: 'b' }] },
    ],
    [
      'an annotation that was made by hand stays',
      deployment(),
      deployment(),
      ['annotate deployment web note=mine'],
      'metadata.annotations.note',
      'mine',
    ],
  ])('%s', (_rule, first, next, commands, path, expected) => {
    const { object } = play(first, next, ...commands)
    expect(at(object, path)).toEqual(expected)
    const text = at(object, 'metadata.annotations') as Json
    expect(JSON.parse(String(text[LAST_APPLIED]))).toMatchObject({
      kind: next.kind,
      metadata: { namespace: 'default' },
    })
  })

  it.each<[rule: string, Json, Json, readonly string[], output: readonly string[]]>([
    ['nothing is different', deployment(), deployment(), [], ['deployment.apps/web unchanged']],
    ['something is', deployment(), deployment({ replicas: 2 }), [], configured],
    [
      'what others changed in fields of theirs',
      deployment(),
      deployment(),
      ['scale deployment web --replicas=3'],
      ['deployment.apps/web unchanged'],
    ],
    [
      'a null that the server has not',
      deployment({}, { metadata: { creationTimestamp: null } }),
      deployment({}, { metadata: { creationTimestamp: null } }),
      [],
      configured,
    ],
    [
      'a quantity in other words than the server’s',
      deployment({}, { pod: { containers: [{ name: 'web', image: 'web:1', resources: { requests: { cpu: 0.5 } } }] } }),
      deployment({}, { pod: { containers: [{ name: 'web', image: 'web:1', resources: { requests: { cpu: 0.5 } } }] } }),
      [],
      configured,
    ],
    [
      'the same quantity in the server’s words',
      deployment(
        {},
        { pod: { containers: [{ name: 'web', image: 'web:1', resources: { requests: { cpu: '500m' } } }] } },
      ),
      deployment(
        {},
        { pod: { containers: [{ name: 'web', image: 'web:1', resources: { requests: { cpu: '500m' } } }] } },
      ),
      [],
      ['deployment.apps/web unchanged'],
    ],
    [
      'a strategy without all of its fields',
      deployment({ strategy: { type: 'RollingUpdate' } }),
      deployment({ strategy: { type: 'RollingUpdate' } }),
      [],
      configured,
    ],
    ['a budget, whose selector is replaced', budget(1), budget(1), [], ['poddisruptionbudget.policy/web configured']],
    [
      'another order of containers',
      deployment(
        {},
        {
          pod: {
            containers: [
              { name: 'a', image: 'a' },
              { name: 'b', image: 'b' },
            ],
          },
        },
      ),
      deployment(
        {},
        {
          pod: {
            containers: [
              { name: 'b', image: 'b' },
              { name: 'a', image: 'a' },
            ],
          },
        },
      ),
      [],
      configured,
    ],
  ])('says %s', (_rule, first, next, commands, output) => {
    expect(play(first, next, ...commands).output).toEqual(output)
  })

  it('removes nothing from an object that was created, and warns of it once', () => {
    const created = smallRun({
      files: {
        'first.yaml': config({ a: '1', b: '2' }),
        'next.yaml': config({ a: '3' }),
      },
      timeline: [
        { at: '1s', kubectl: 'create -f first.yaml' },
        { at: '2s', kubectl: 'apply -f next.yaml' },
        { at: '3s', kubectl: 'apply -f next.yaml' },
      ],
      duration: '4s',
    })
    expect(findObject(created.view, 'ConfigMap', 'default', 'web')?.render()).toMatchObject({
      data: { a: '3', b: '2' },
    })
    const outputs = created.of(KubectlCompleted).map(({ event }) => event.output)
    expect(outputs).toEqual([
      ['configmap/web created'],
      [expect.stringMatching(/^Warning: resource configmaps\/web is missing the/), 'configmap/web configured'],
      ['configmap/web unchanged'],
    ])
  })

  it('costs nothing without an apply: objects have no annotation', () => {
    const run = smallRun({ manifests: [config({ a: '1' })], duration: '1s' })
    expect(findObject(run.view, 'ConfigMap', 'default', 'web')?.annotations).toEqual({})
  })
})
