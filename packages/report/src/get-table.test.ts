import {
  InertObjectCreated,
  NamespaceCreated,
  NodeCordoned,
  NodeCreated,
  NodeMarkedUnknown,
  PodBound,
  replicaSetEvents,
  replicationControllerEvents,
} from '@wavetank/cluster'
import { expect, it } from 'vitest'
import { addPod, createStory, type Story } from '../test/story.ts'
import { getTable } from './get-table.ts'

// Semantics: node-and-scheduler 11.1, 11.3.

const running = [{ name: 'app', ready: true, restartCount: 0, running: { startedAt: 0 } }]

const shop = (): Story => {
  const story = createStory()
  const roles = { 'node-role.kubernetes.io/worker': '', 'kubernetes.io/role': 'edge', zone: 'a' }
  const nodeInfo = {
    kubeletVersion: 'v1.34.1',
    osImage: 'Debian',
    kernelVersion: '6.1',
    containerRuntimeVersion: 'c://2',
  }
  story.add(0, NamespaceCreated({ namespace: 'shop', uid: 'ns', labels: {} }))
  story.add(
    0,
    NodeCreated({ node: 'n1', uid: 'n1', object: { metadata: { name: 'n1', labels: roles }, status: { nodeInfo } } }),
  )
  story.add(0, NodeCreated({ node: 'n2', uid: 'n2', object: { metadata: { name: 'n2' } } }))
  const labels = { app: 'web', 'example.com/tier': 'front' }
  addPod(story, 'shop/web-2', { labels, status: { ready: true, ip: '10.244.0.2', containers: running } })
  story.add(0, PodBound({ pod: 'shop/web-2', node: 'n1' }))
  addPod(story, 'shop/web-10', { labels: { app: 'web' }, at: 61_500 })
  addPod(story, 'default/lonely')
  const spec = {
    replicas: 3,
    minReadySeconds: 0,
    selector: { matchLabels: { app: 'web' } },
    template: 'template-of-shop/web-2',
  }
  const web = { object: 'shop/web', uid: 'web', labels: { app: 'web' }, annotations: {}, spec }
  story.add(0, replicationControllerEvents.Created(web))
  story.add(0, replicaSetEvents.Created({ ...web, uid: 'web-rs' }))
  return story
}

const get = (story: Story, options: Parameters<typeof getTable>[2], at = 125_000): string => {
  const { text, notices, errors } = getTable(story.view, at, options)
  return [text, ...notices, ...errors].join('')
}

it('lists in the order of the API server: bytes of namespace and name', () => {
  expect(get(shop(), { kinds: ['po'], namespace: 'shop' })).toMatchInlineSnapshot(`
    "NAME     READY   STATUS    RESTARTS   AGE
    web-10   0/1     Pending   0          64s
    web-2    1/1     Running   0          2m5s
    "
  `)
})

it('adds the columns of -o wide', () => {
  expect(get(shop(), { kinds: ['pods'], namespace: 'shop', output: 'wide' })).toMatchInlineSnapshot(`
    "NAME     READY   STATUS    RESTARTS   AGE    IP           NODE     NOMINATED NODE   READINESS GATES
    web-10   0/1     Pending   0          64s    <none>       <none>   <none>           <none>
    web-2    1/1     Running   0          2m5s   10.244.0.2   n1       <none>           <none>
    "
  `)
  expect(get(shop(), { kinds: ['no'], output: 'wide' })).toMatchInlineSnapshot(`
    "NAME   STATUS   ROLES         AGE    VERSION   INTERNAL-IP   EXTERNAL-IP   OS-IMAGE    KERNEL-VERSION   CONTAINER-RUNTIME
    n1     Ready    edge,worker   2m5s   v1.34.1   10.0.0.11     <none>        Debian      6.1              c://2
    n2     Ready    <none>        2m5s   v1.34.0   10.0.0.12     <none>        <unknown>   <unknown>        <unknown>
    "
  `)
  expect(get(shop(), { kinds: ['rs'], namespace: 'shop', output: 'wide' })).toMatchInlineSnapshot(`
    "NAME   DESIRED   CURRENT   READY   AGE    CONTAINERS   IMAGES    SELECTOR
    web    3         0         0       2m5s   app          web:1.0   app=web
    "
  `)
})

it('puts the namespace first for all namespaces, and not for kinds without one', () => {
  expect(get(shop(), { kinds: ['pods'], namespace: { all: true } })).toMatchInlineSnapshot(`
    "NAMESPACE   NAME     READY   STATUS    RESTARTS   AGE
    default     lonely   0/1     Pending   0          2m5s
    shop        web-10   0/1     Pending   0          64s
    shop        web-2    1/1     Running   0          2m5s
    "
  `)
  expect(get(shop(), { kinds: ['ns'], namespace: { all: true } })).toMatchInlineSnapshot(`
    "NAME   STATUS   AGE
    shop   Active   2m5s
    "
  `)
})

it('adds labels behind everything else', () => {
  const options = { kinds: ['pods'], namespace: 'shop', showLabels: true, labelColumns: ['example.com/tier'] }
  expect(get(shop(), options)).toMatchInlineSnapshot(`
    "NAME     READY   STATUS    RESTARTS   AGE    TIER    LABELS
    web-10   0/1     Pending   0          64s            app=web
    web-2    1/1     Running   0          2m5s   front   app=web,example.com/tier=front
    "
  `)
})

it('chooses by label', () => {
  expect(
    get(shop(), { kinds: ['pods'], namespace: 'shop', selector: 'example.com/tier in (front)', noHeaders: true }),
  ).toMatchInlineSnapshot(`
      "web-2   1/1   Running   0     2m5s
      "
    `)
})

it('separates kinds by an empty line and says which is which', () => {
  expect(get(shop(), { kinds: ['rc,rs'], namespace: 'shop' })).toMatchInlineSnapshot(`
    "NAME                        DESIRED   CURRENT   READY   AGE
    replicationcontroller/web   3         0         0       2m5s

    NAME                  DESIRED   CURRENT   READY   AGE
    replicaset.apps/web   3         0         0       2m5s
    "
  `)
  expect(get(shop(), { kinds: ['all'], namespace: 'default' })).toMatchInlineSnapshot(`
    "NAME         READY   STATUS    RESTARTS   AGE
    pod/lonely   0/1     Pending   0          2m5s
    "
  `)
})

it('prints names alone with -o name', () => {
  expect(get(shop(), { kinds: ['rs,pods'], namespace: 'shop', output: 'name' })).toMatchInlineSnapshot(`
    "replicaset.apps/web
    pod/web-10
    pod/web-2
    "
  `)
})

it('shows what is wrong with a node', () => {
  const story = shop()
  story.add(
    50_000,
    NodeMarkedUnknown({ node: 'n1', reason: 'NodeStatusUnknown', message: 'Kubelet stopped posting node status.' }),
  )
  story.add(60_000, NodeCordoned({ node: 'n2' }))
  expect(get(story, { kinds: ['nodes'] })).toMatchInlineSnapshot(`
    "NAME   STATUS                     ROLES         AGE    VERSION
    n1     NotReady                   edge,worker   2m5s   v1.34.1
    n2     Ready,SchedulingDisabled   <none>        2m5s   v1.34.0
    "
  `)
})

it('counts ages from the whole second in which an object was made', () => {
  const story = createStory()
  addPod(story, 'default/web', { at: 1_900 })
  expect(get(story, { kinds: ['pods'], noHeaders: true }, 2_000)).toMatch(/ 1s\n$/)
})

it('says that there is nothing, as a notice', () => {
  const { view } = shop()
  expect(getTable(view, 0, { kinds: ['rs'] })).toEqual({
    text: '',
    notices: ['No resources found in default namespace.'],
    errors: [],
  })
  expect(getTable(view, 0, { kinds: ['rs'], namespace: { all: true }, selector: 'a=b' }).notices).toEqual([
    'No resources found',
  ])
  expect(getTable(view, 0, { kinds: ['storageclass'] }).notices).toEqual(['No resources found'])
})

it('says what is missing, and shows the rest', () => {
  const { text, errors } = getTable(shop().view, 0, { kinds: ['rs'], names: ['web', 'gone'], namespace: 'shop' })
  expect(text).toContain('web    3')
  expect(errors).toEqual(['Error from server (NotFound): replicasets.apps "gone" not found'])
  expect(getTable(shop().view, 0, { kinds: ['pod/gone'] }).errors).toEqual([
    'Error from server (NotFound): pods "gone" not found',
  ])
})

it('refuses what kubectl refuses', () => {
  const { view } = shop()
  const refusals = [
    { kinds: ['foo'] },
    { kinds: ['pods'], names: ['a'], namespace: { all: true } as const },
    { kinds: ['pods'], names: ['a'], selector: 'a=b' },
    { kinds: ['pod/a', 'rs'] },
    { kinds: ['pods'], selector: 'a b' },
  ]
  expect(refusals.map((options) => getTable(view, 0, options).errors.join())).toMatchInlineSnapshot(`
    [
      "error: the server doesn't have a resource type "foo"",
      "error: a resource cannot be retrieved by name across all namespaces",
      "error: name cannot be provided when a selector is specified",
      "error: there is no need to specify a resource type as a separate argument when passing arguments in resource/name form",
      "Error from server (BadRequest): unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt",
    ]
  `)
})

it('takes several objects by kind and name', () => {
  expect(get(shop(), { kinds: ['pod/web-2', 'rc/web', 'pod/web-10'], namespace: 'shop' })).toMatchInlineSnapshot(`
    "NAME        READY   STATUS    RESTARTS   AGE
    pod/web-2   1/1     Running   0          2m5s

    NAME                        DESIRED   CURRENT   READY   AGE
    replicationcontroller/web   3         0         0       2m5s

    NAME         READY   STATUS    RESTARTS   AGE
    pod/web-10   0/1     Pending   0          64s
    "
  `)
})

it('lists objects that nothing acts on by name and age', () => {
  const story = createStory()
  const add = (kind: string, object: string, apiVersion: string): unknown =>
    story.add(
      0,
      InertObjectCreated({
        objectKind: kind,
        object,
        uid: object,
        body: { apiVersion, kind, metadata: { labels: { a: 'b' } } },
      }),
    )
  add('ConfigMap', 'default/settings', 'v1')
  add('Widget', 'default/w1', 'example.com/v1')
  expect(get(story, { kinds: ['cm'], showLabels: true })).toMatchInlineSnapshot(`
    "NAME       AGE    LABELS
    settings   2m5s   a=b
    "
  `)
  expect(get(story, { kinds: ['widgets', 'cm'] })).toMatchInlineSnapshot(`
    "NAME                    AGE
    widget.example.com/w1   2m5s

    NAME                 AGE
    configmap/settings   2m5s
    "
  `)
})

it('prints one object by name as it is, and anything else as a list', () => {
  expect(get(shop(), { kinds: ['no'], names: ['n2'], output: 'yaml' })).toMatch(
    /^apiVersion: v1\nkind: Node\nmetadata:\n/,
  )
  const list = JSON.parse(get(shop(), { kinds: ['pods,rc'], namespace: 'shop', output: 'json' }))
  expect(list).toMatchObject({ apiVersion: 'v1', kind: 'List', metadata: { resourceVersion: '' } })
  expect(
    list.items.map(({ kind, metadata }: { kind: string; metadata: { name: string } }) => `${kind}/${metadata.name}`),
  ).toEqual(['Pod/web-10', 'Pod/web-2', 'ReplicationController/web'])
  expect(get(shop(), { kinds: ['pods'], namespace: 'empty', output: 'yaml' })).toBe(
    'apiVersion: v1\nitems: []\nkind: List\nmetadata:\n  resourceVersion: ""\n',
  )
})
