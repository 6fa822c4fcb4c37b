import { LAST_APPLIED, PodLabelled, replicationControllerEvents, withLastApplied } from '@wavetank/cluster'
import { describe, expect, it } from 'vitest'
import { configMap, kindsOf, node, pod, replicaSet, replicationController, run } from './test-cluster.ts'

type Json = Readonly<Record<string, unknown>>
const apply = (...manifests: readonly Json[]) => ({ verb: 'apply' as const, manifests })
const create = (...manifests: readonly Json[]) => ({ verb: 'create' as const, manifests })
const shop = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } }

describe('kubectl apply', () => {
  it('creates what is not there, and one template of several once', () => {
    const { written, output, exitCode } = run(apply(replicaSet('a'), replicaSet('b'), pod('cart'), configMap('c')))
    expect(kindsOf(written)).toEqual([
      'PodTemplateRecorded',
      'ReplicaSetCreated',
      'ReplicaSetCreated',
      'PodTemplateRecorded',
      'PodCreated',
      'InertObjectCreated',
    ])
    expect(output).toEqual([
      'replicaset.apps/a created',
      'replicaset.apps/b created',
      'pod/cart created',
      'configmap/c created',
    ])
    expect(exitCode).toBe(0)
  })

  it('creates objects in a namespace that the same files bring', () => {
    const inShop = pod('cart', { metadata: { namespace: 'shop' } })
    const outcome = run(apply(shop, inShop))
    expect(outcome.output).toEqual(['namespace/shop created', 'pod/cart created'])
    expect([...outcome.applied().pods.keys()]).toEqual(['shop/cart'])
  })

  it('leaves alone what is the same', () => {
    const manifests = [
      replicaSet('web'),
      replicationController('rc'),
      pod('cart'),
      configMap('c', { a: '1' }),
      node('n1'),
    ]
    const { written, output } = run(apply(...manifests), manifests.map(withLastApplied))
    expect(written).toEqual([])
    expect(output).toEqual([
      'replicaset.apps/web unchanged',
      'replicationcontroller/rc unchanged',
      'pod/cart unchanged',
      'configmap/c unchanged',
      'node/n1 unchanged',
    ])
  })

  it('changes what is different, and keeps labels that others set', () => {
    const labelled = PodLabelled({ pod: 'default/cart', labels: { app: 'web', by: 'hand' } })
    const changed = pod('cart', { metadata: { labels: { app: 'web', tier: 'front' } } })
    const { written, output } = run(apply(changed), [withLastApplied(pod('cart'))], [labelled])
    expect(kindsOf(written)).toEqual(['PodLabelled', 'PodAnnotated'])
    expect(written[0]).toEqual(PodLabelled({ pod: 'default/cart', labels: { app: 'web', by: 'hand', tier: 'front' } }))
    expect(output).toEqual(['pod/cart configured'])
  })

  it('gives a ReplicationController its new template, size and selector', () => {
    const template = { metadata: { labels: { app: 'v2' } }, spec: { containers: [{ name: 'web', image: 'nginx:2' }] } }
    const next = replicationController('rc', { replicas: 1, selector: { app: 'v2' }, template })
    const outcome = run(apply(next), [withLastApplied(replicationController('rc'))])
    expect(kindsOf(outcome.written)).toEqual([
      'ReplicationControllerSelectorChanged',
      'PodTemplateRecorded',
      'ReplicationControllerTemplateChanged',
      'ReplicationControllerScaled',
      'ReplicationControllerAnnotated',
    ])
    expect(outcome.written[3]).toEqual(replicationControllerEvents.Scaled({ object: 'default/rc', replicas: 1 }))
    const rc = outcome.applied().replicationControllers.get('default/rc')
    expect(rc?.selector).toEqual({ matchLabels: { app: 'v2' } })
    expect(rc?.template.spec.containers[0]?.image).toBe('nginx:2')
  })

  it('is refused, word for word, what may not change, and goes on', () => {
    const labels = { app: 'v2' }
    const template = { metadata: { labels }, spec: { containers: [{ name: 'web', image: 'nginx' }] } }
    const moved = replicaSet('web', { selector: { matchLabels: labels }, template })
    const renamed = pod('cart', { spec: { containers: [{ name: 'other', image: 'nginx:1.27' }] } })
    const there = [replicaSet('web'), pod('cart')].map(withLastApplied)
    const { written, output, exitCode } = run(apply(moved, renamed, configMap('c')), there)
    expect(kindsOf(written)).toEqual(['InertObjectCreated'])
    expect(output[0]).toBe('configmap/c created')
    expect(output[1]).toBe(
      'The ReplicaSet "web" is invalid: spec.selector: Invalid value: {"matchLabels":{"app":"v2"}}: field is immutable',
    )
    expect(output[2]).toContain(
      'The Pod "cart" is invalid: spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`',
    )
    expect(exitCode).toBe(1)
  })

  it('remembers what it created, as it was written', () => {
    const outcome = run(apply(configMap('c', { a: '<b> & c' })))
    const { body } = outcome.applied().inertObjects.get('ConfigMap/default/c')!
    expect((body.metadata as { readonly annotations: Json }).annotations[LAST_APPLIED]).toBe(
      '{"apiVersion":"v1","data":{"a":"\\u003cb\\u003e \\u0026 c"},"kind":"ConfigMap","metadata":{"annotations":{},"name":"c","namespace":"default"}}\n',
    )
  })

  it('warns about an object that was never applied, and remembers it from then on', () => {
    const { written, output } = run(apply(replicationController('rc')), [replicationController('rc')])
    expect(kindsOf(written)).toEqual(['ReplicationControllerAnnotated'])
    expect(output).toEqual([
      `Warning: resource replicationcontrollers/rc is missing the ${LAST_APPLIED} annotation which is required by kubectl apply. kubectl apply should only be used on resources created declaratively by either kubectl create --save-config or kubectl apply. The missing annotation will be patched automatically.`,
      'replicationcontroller/rc configured',
    ])
  })

  it('counts the last of several manifests of one object', () => {
    const { output, written } = run(apply(configMap('c', { a: '1' }), configMap('c', { a: '2' })))
    expect(output).toEqual(['configmap/c created'])
    expect((written[0] as unknown as { body: Json }).body.data).toEqual({ a: '2' })
  })

  it('says that the object is being deleted', () => {
    const marked = replicationControllerEvents.MarkedForDeletion({ object: 'default/rc', propagation: 'Foreground' })
    const there = [withLastApplied(replicationController('rc'))]
    const warning = 'Warning: Detected changes to resource rc which is currently being deleted.'
    expect(run(apply(replicationController('rc', { replicas: 9 })), there, [marked]).output).toEqual([
      warning,
      'replicationcontroller/rc configured',
    ])
    expect(run(apply(replicationController('rc')), there, [marked]).output).toEqual([
      warning,
      'replicationcontroller/rc unchanged',
    ])
  })
})

describe('kubectl create', () => {
  it.each([
    ['is there already', pod('cart'), 'Error from server (AlreadyExists): pods "cart" already exists'],
    [
      'has no namespace to stand in',
      pod('cart', { metadata: { namespace: 'shop' } }),
      'Error from server (NotFound): namespaces "shop" not found',
    ],
  ])('refuses what %s', (_what, manifest, line) => {
    const { written, output, exitCode } = run(create(manifest), [pod('cart')])
    expect(written).toEqual([])
    expect(output).toEqual([line])
    expect(exitCode).toBe(1)
  })

  it('refuses the second of two objects of one name', () => {
    const { output } = run(create(configMap('c'), configMap('c')))
    expect(output).toEqual(['configmap/c created', 'Error from server (AlreadyExists): configmaps "c" already exists'])
  })

  it('makes up a name for every object that has only the start of one', () => {
    const generated = pod('x', { metadata: { name: undefined, generateName: 'job-' } })
    const { output, written } = run(create(generated, generated))
    expect(output).toHaveLength(2)
    expect(new Set(output).size).toBe(2)
    for (const line of output) expect(line).toMatch(/^pod\/job-[bcdfghjklmnpqrstvwxz2456789]{5} created$/)
    const names = written.filter(({ kind }) => kind === 'PodCreated') as unknown as { pod: string }[]
    expect(names.map(({ pod: key }) => `pod/${key.slice('default/'.length)} created`)).toEqual(output)
  })
})

describe('kubectl create KIND', () => {
  it('says what it could not create, in its own words', () => {
    const command = { ...create(pod('cart')), failure: 'failed to create pod: ' }
    expect(run(command, [pod('cart')]).output).toEqual(['error: failed to create pod: pods "cart" already exists'])
    expect(run(command).output).toEqual(['pod/cart created'])
  })
})

describe('kubectl replace', () => {
  const replace = (...manifests: readonly Json[]) => ({ verb: 'replace' as const, manifests, saves: false })

  it('keeps nothing that the manifest does not say', () => {
    const there = replicationController('rc', { replicas: 5 })
    const labelled = replicationControllerEvents.Labelled({ object: 'default/rc', labels: { by: 'hand' } })
    const outcome = run(replace(replicationController('rc', { replicas: undefined })), [there], [labelled])
    const rc = outcome.applied().replicationControllers.get('default/rc')
    expect(rc).toMatchObject({ replicas: 1, labels: { app: 'web' }, annotations: {} })
    expect(outcome.output).toEqual(['replicationcontroller/rc replaced'])
  })

  it('writes the annotation of apply where there is one, or with --save-config', () => {
    const annotated = (manifest: Json, command: object) =>
      LAST_APPLIED in
      (run(command as Json, [manifest])
        .applied()
        .replicationControllers.get('default/rc')?.annotations ?? {})
    const next = replicationController('rc', { replicas: 1 })
    expect(annotated(replicationController('rc'), replace(next))).toBe(false)
    expect(annotated(replicationController('rc'), { ...replace(next), saves: true })).toBe(true)
    // It is the manifest that has it or not: what the server had goes with the other annotations.
    expect(annotated(withLastApplied(replicationController('rc')), replace(next))).toBe(false)
  })

  it('is refused for what is not there, and for what may not change', () => {
    const { output, exitCode } = run(
      replace(configMap('none'), pod('cart', { spec: { containers: [{ name: 'x', image: 'nginx' }] } })),
      [pod('cart')],
    )
    expect(output[0]).toBe('Error from server (NotFound): configmaps "none" not found')
    expect(output[1]).toContain('The Pod "cart" is invalid: spec: Forbidden: pod updates may not change fields other')
    expect(exitCode).toBe(1)
  })
})

describe('kubectl set selector', () => {
  it('replaces the selector of a Service', () => {
    const service = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web', namespace: 'default' },
      spec: { selector: { app: 'web', tier: 'old' }, ports: [{ port: 80 }] },
    }
    const targets = { by: 'name', refs: [{ kind: 'Service', namespace: 'default', name: 'web' }] }
    const outcome = run({ verb: 'set selector', targets, selector: { app: 'api' } }, [service])
    expect(outcome.applied().services.get('default/web')?.spec.selector).toEqual({ app: 'api' })
    expect(outcome.output).toEqual(['service/web selector updated'])
  })
})
