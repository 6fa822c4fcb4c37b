import {
  type Charges,
  NodeFailed,
  PodDeleted,
  PodFailed,
  PodMarkedForDeletion,
  PodStatusReported,
  patchObject,
  usedQuantities,
} from '@wavetank/cluster'
import { isLeft } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { asking, claim, container, pod, quota, type Server, serverWith, service } from './admission.ts'
import { create, emitting, look, minutes, node, play, seconds } from './stage.ts'

/** Rules: [C] resourcequota/controller.go, [P] evaluator/core/pods.go, [V] persistent_volume_claims.go, [S] services.go. */

const deployment = { kind: 'Deployment', apiVersion: 'apps/v1' }
const configMap = (name: string): object => ({ kind: 'ConfigMap', metadata: { name }, data: {} })
const secret = (name: string): object => ({ kind: 'Secret', metadata: { name }, data: {} })
const workload = (kind: string, name: string, spec: object = {}): object => ({
  apiVersion: 'apps/v1',
  kind,
  metadata: { name },
  spec: {
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: { containers: [container()] } },
    ...spec,
  },
})
const job = (name: string): object => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name },
  spec: { template: { spec: { restartPolicy: 'Never', containers: [container()] } } },
})
const high = {
  apiVersion: 'scheduling.k8s.io/v1',
  kind: 'PriorityClass',
  metadata: { name: 'high', namespace: '' },
  value: 9,
}

interface Case {
  readonly rule: string
  /** What is there. */
  readonly there?: readonly object[]
  readonly quotas: readonly object[]
  readonly asked: object
  /** What is said after `… is forbidden: `; nothing if it is let in. */
  readonly refused?: string
}

const over = (name: string, requested: string, used: string, limited: string): string =>
  `exceeded quota: ${name}, requested: ${requested}, used: ${used}, limited: ${limited}`

const selected = (operator: string, values?: readonly string[]): object => ({
  scopeSelector: {
    matchExpressions: [{ scopeName: 'PriorityClass', operator, ...(values === undefined ? {} : { values }) }],
  },
})
const deadline = { activeDeadlineSeconds: 60 }
const crossing = {
  affinity: {
    podAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [
        { topologyKey: 'zone', namespaces: ['other'], labelSelector: { matchLabels: { a: 'b' } } },
      ],
    },
  },
}
const gpu = (n: string): object => asking('a', { 'nvidia.com/gpu': n }, { 'nvidia.com/gpu': n })

const cases: readonly Case[] = [
  // Compute resources.
  { rule: '[C] what fits is let in', quotas: [quota('q', { pods: '1' })], asked: pod('a') },
  {
    rule: '[C] what does not fit is refused',
    quotas: [quota('q', { pods: '0' })],
    asked: pod('a'),
    refused: over('q', 'pods=1', 'pods=0', 'pods=0'),
  },
  {
    rule: '[C] used counts',
    there: [pod('b')],
    quotas: [quota('q', { pods: '1' })],
    asked: pod('a'),
    refused: over('q', 'pods=1', 'pods=1', 'pods=1'),
  },
  {
    rule: '[C] exactly the limit fits',
    quotas: [quota('q', { 'requests.cpu': '100m' })],
    asked: asking('a', { cpu: '100m' }),
  },
  {
    rule: '[P] requests.cpu',
    quotas: [quota('q', { 'requests.cpu': '1' })],
    asked: asking('a', { cpu: '1001m' }),
    refused: over('q', 'requests.cpu=1001m', 'requests.cpu=0', 'requests.cpu=1'),
  },
  {
    rule: '[P] cpu is requests.cpu',
    quotas: [quota('q', { cpu: '1' })],
    asked: asking('a', { cpu: '2' }),
    refused: over('q', 'cpu=2', 'cpu=0', 'cpu=1'),
  },
  {
    rule: '[P] memory is requests.memory',
    quotas: [quota('q', { memory: '1Gi' })],
    asked: asking('a', { memory: '2Gi' }),
    refused: over('q', 'memory=2Gi', 'memory=0', 'memory=1Gi'),
  },
  {
    rule: '[P] requests.memory',
    quotas: [quota('q', { 'requests.memory': '1Gi' })],
    asked: asking('a', { memory: '1025Mi' }),
    refused: over('q', 'requests.memory=1025Mi', 'requests.memory=0', 'requests.memory=1Gi'),
  },
  {
    rule: '[P] limits.cpu',
    quotas: [quota('q', { 'limits.cpu': '1' })],
    asked: asking('a', {}, { cpu: '2' }),
    refused: over('q', 'limits.cpu=2', 'limits.cpu=0', 'limits.cpu=1'),
  },
  {
    rule: '[P] limits.memory',
    quotas: [quota('q', { 'limits.memory': '64Mi' })],
    asked: asking('a', {}, { memory: '65Mi' }),
    refused: over('q', 'limits.memory=65Mi', 'limits.memory=0', 'limits.memory=64Mi'),
  },
  {
    rule: '[P] a limit without a request is its request',
    quotas: [quota('q', { 'requests.cpu': '1' })],
    asked: asking('a', undefined, { cpu: '2' }),
    refused: over('q', 'requests.cpu=2', 'requests.cpu=0', 'requests.cpu=1'),
  },
  {
    rule: '[P] ephemeral storage',
    quotas: [quota('q', { 'requests.ephemeral-storage': '1Gi' })],
    asked: asking('a', { 'ephemeral-storage': '2Gi' }),
    refused: over(
      'q',
      'requests.ephemeral-storage=2Gi',
      'requests.ephemeral-storage=0',
      'requests.ephemeral-storage=1Gi',
    ),
  },
  {
    rule: '[P] ephemeral storage need not be said',
    quotas: [quota('q', { 'requests.ephemeral-storage': '1Gi' })],
    asked: pod('a'),
  },
  {
    rule: '[P] containers add up',
    quotas: [quota('q', { 'requests.cpu': '1' })],
    asked: pod('a', { containers: [container({ cpu: '600m' }), container({ cpu: '600m' }, undefined, 'two')] }),
    refused: over('q', 'requests.cpu=1200m', 'requests.cpu=0', 'requests.cpu=1'),
  },
  {
    rule: '[P] the largest init container counts, if it is more',
    quotas: [quota('q', { 'requests.cpu': '1' })],
    asked: pod('a', {
      containers: [container({ cpu: '1' })],
      initContainers: [container({ cpu: '2' }, undefined, 'init')],
    }),
    refused: over('q', 'requests.cpu=2', 'requests.cpu=0', 'requests.cpu=1'),
  },
  {
    rule: '[P] extended resources by their requests',
    quotas: [quota('q', { 'requests.nvidia.com/gpu': '1' })],
    asked: gpu('2'),
    refused: over('q', 'requests.nvidia.com/gpu=2', 'requests.nvidia.com/gpu=0', 'requests.nvidia.com/gpu=1'),
  },
  {
    rule: '[P] extended resources that fit',
    quotas: [quota('q', { 'requests.nvidia.com/gpu': '2' })],
    asked: gpu('2'),
  },
  {
    rule: '[P] huge pages',
    quotas: [quota('q', { 'requests.hugepages-2Mi': '2Mi' })],
    asked: asking('a', { cpu: '1', 'hugepages-2Mi': '4Mi' }, { 'hugepages-2Mi': '4Mi' }),
    refused: over('q', 'requests.hugepages-2Mi=4Mi', 'requests.hugepages-2Mi=0', 'requests.hugepages-2Mi=2Mi'),
  },
  {
    rule: '[C] only what is too much is named',
    quotas: [quota('q', { pods: '5', 'requests.cpu': '1' })],
    asked: asking('a', { cpu: '2' }),
    refused: over('q', 'requests.cpu=2', 'requests.cpu=0', 'requests.cpu=1'),
  },
  {
    rule: '[C] prettyPrint: all that is too much, by name',
    quotas: [quota('q', { pods: '0', 'requests.cpu': '1', 'count/pods': '0' })],
    asked: asking('a', { cpu: '2' }),
    refused: over(
      'q',
      'count/pods=1,pods=1,requests.cpu=2',
      'count/pods=0,pods=0,requests.cpu=0',
      'count/pods=0,pods=0,requests.cpu=1',
    ),
  },
  {
    rule: '[C] nothing asked is never too much',
    there: [asking('b', { cpu: '1' })],
    quotas: [quota('q', { 'requests.cpu': '500m' })],
    asked: asking('a', { cpu: '0' }),
  },
  {
    rule: '[C] every quota has to be met',
    quotas: [quota('q', { pods: '9' }), quota('r', { pods: '0' })],
    asked: pod('a'),
    refused: over('r', 'pods=1', 'pods=0', 'pods=0'),
  },
  { rule: '[C] the quota of another namespace says nothing', quotas: [], asked: pod('a') },
  {
    rule: 'quantity.go: used is printed as it was written',
    there: [asking('b', { memory: '1536Mi' })],
    quotas: [quota('q', { 'requests.memory': '2Gi' })],
    asked: asking('a', { memory: '1G' }),
    refused: over('q', 'requests.memory=1G', 'requests.memory=1536Mi', 'requests.memory=2Gi'),
  },
  // What has to be said.
  {
    rule: '[P] must specify cpu',
    quotas: [quota('q', { 'requests.cpu': '1' })],
    asked: pod('a'),
    refused: 'failed quota: q: must specify requests.cpu for: main',
  },
  {
    rule: '[P] must specify all, by name',
    quotas: [quota('q', { 'limits.memory': '1Gi', 'requests.cpu': '1', cpu: '1' })],
    asked: pod('a'),
    refused: 'failed quota: q: must specify cpu for: main; limits.memory for: main; requests.cpu for: main',
  },
  {
    rule: '[P] the containers that do not',
    quotas: [quota('q', { 'requests.cpu': '1' })],
    asked: pod('a', {
      containers: [
        container({ cpu: '1' }),
        container(undefined, undefined, 'two'),
        container(undefined, undefined, 'three'),
      ],
    }),
    refused: 'failed quota: q: must specify requests.cpu for: three,two',
  },
  {
    rule: '[P] init containers too',
    quotas: [quota('q', { 'requests.cpu': '1' })],
    asked: pod('a', {
      containers: [container({ cpu: '1' })],
      initContainers: [container(undefined, undefined, 'init')],
    }),
    refused: 'failed quota: q: must specify requests.cpu for: init',
  },
  { rule: '[P] pods alone ask for nothing', quotas: [quota('q', { pods: '1' })], asked: pod('a') },
  {
    rule: '[C] what must be said comes before what is too much',
    quotas: [quota('a', { pods: '0' }), quota('b', { memory: '1Gi' })],
    asked: pod('a'),
    refused: 'failed quota: b: must specify memory for: main',
  },
  // Numbers of objects.
  {
    rule: '[P] count/pods',
    quotas: [quota('q', { 'count/pods': '0' })],
    asked: pod('a'),
    refused: over('q', 'count/pods=1', 'count/pods=0', 'count/pods=0'),
  },
  {
    rule: 'generic: configmaps',
    there: [configMap('b')],
    quotas: [quota('q', { configmaps: '1' })],
    asked: configMap('a'),
    refused: over('q', 'configmaps=1', 'configmaps=1', 'configmaps=1'),
  },
  {
    rule: 'generic: count/configmaps',
    quotas: [quota('q', { 'count/configmaps': '0' })],
    asked: configMap('a'),
    refused: over('q', 'count/configmaps=1', 'count/configmaps=0', 'count/configmaps=0'),
  },
  {
    rule: 'generic: secrets',
    quotas: [quota('q', { secrets: '0' })],
    asked: secret('a'),
    refused: over('q', 'secrets=1', 'secrets=0', 'secrets=0'),
  },
  {
    rule: 'generic: count/deployments.apps',
    quotas: [quota('q', { 'count/deployments.apps': '0' })],
    asked: workload('Deployment', 'a'),
    refused: over('q', 'count/deployments.apps=1', 'count/deployments.apps=0', 'count/deployments.apps=0'),
  },
  {
    rule: 'generic: count/jobs.batch',
    there: [job('b')],
    quotas: [quota('q', { 'count/jobs.batch': '1' })],
    asked: job('a'),
    refused: over('q', 'count/jobs.batch=1', 'count/jobs.batch=1', 'count/jobs.batch=1'),
  },
  {
    rule: 'generic: count/statefulsets.apps',
    quotas: [quota('q', { 'count/statefulsets.apps': '1' })],
    asked: workload('StatefulSet', 'a', { serviceName: 'a' }),
  },
  {
    rule: 'generic: replicationcontrollers',
    quotas: [quota('q', { replicationcontrollers: '0' })],
    asked: {
      kind: 'ReplicationController',
      metadata: { name: 'a' },
      spec: {
        replicas: 0,
        selector: { a: 'b' },
        template: { metadata: { labels: { a: 'b' } }, spec: { containers: [container()] } },
      },
    },
    refused: over('q', 'replicationcontrollers=1', 'replicationcontrollers=0', 'replicationcontrollers=0'),
  },
  {
    rule: 'generic: resourcequotas',
    quotas: [quota('q', { resourcequotas: '1' })],
    asked: quota('r', { pods: '1' }),
    refused: over('q', 'resourcequotas=1', 'resourcequotas=1', 'resourcequotas=1'),
  },
  { rule: 'generic: other kinds do not count', quotas: [quota('q', { configmaps: '0' })], asked: secret('a') },
  // Claims.
  {
    rule: '[V] persistentvolumeclaims',
    there: [claim('b', '1Gi')],
    quotas: [quota('q', { persistentvolumeclaims: '1' })],
    asked: claim('a', '1Gi'),
    refused: over('q', 'persistentvolumeclaims=1', 'persistentvolumeclaims=1', 'persistentvolumeclaims=1'),
  },
  {
    rule: '[V] requests.storage',
    there: [claim('b', '3Gi')],
    quotas: [quota('q', { 'requests.storage': '5Gi' })],
    asked: claim('a', '3Gi'),
    refused: over('q', 'requests.storage=3Gi', 'requests.storage=3Gi', 'requests.storage=5Gi'),
  },
  {
    rule: '[V] storage of one class',
    quotas: [quota('q', { 'gold.storageclass.storage.k8s.io/requests.storage': '1Gi' })],
    asked: claim('a', '2Gi', { storageClassName: 'gold' }),
    refused: over(
      'q',
      'gold.storageclass.storage.k8s.io/requests.storage=2Gi',
      'gold.storageclass.storage.k8s.io/requests.storage=0',
      'gold.storageclass.storage.k8s.io/requests.storage=1Gi',
    ),
  },
  {
    rule: '[V] claims of one class',
    quotas: [quota('q', { 'gold.storageclass.storage.k8s.io/persistentvolumeclaims': '0' })],
    asked: claim('a', '2Gi', { storageClassName: 'gold' }),
    refused: over(
      'q',
      'gold.storageclass.storage.k8s.io/persistentvolumeclaims=1',
      'gold.storageclass.storage.k8s.io/persistentvolumeclaims=0',
      'gold.storageclass.storage.k8s.io/persistentvolumeclaims=0',
    ),
  },
  {
    rule: '[V] another class does not count',
    quotas: [quota('q', { 'gold.storageclass.storage.k8s.io/requests.storage': '1Gi' })],
    asked: claim('a', '2Gi', { storageClassName: 'iron' }),
  },
  {
    rule: '[V] the default class counts',
    there: [
      {
        apiVersion: 'storage.k8s.io/v1',
        kind: 'StorageClass',
        metadata: {
          name: 'gold',
          namespace: '',
          annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' },
        },
        provisioner: 'example.com/disk',
      },
    ],
    quotas: [quota('q', { 'gold.storageclass.storage.k8s.io/persistentvolumeclaims': '0' })],
    asked: claim('a', '2Gi'),
    refused: over(
      'q',
      'gold.storageclass.storage.k8s.io/persistentvolumeclaims=1',
      'gold.storageclass.storage.k8s.io/persistentvolumeclaims=0',
      'gold.storageclass.storage.k8s.io/persistentvolumeclaims=0',
    ),
  },
  // Services.
  {
    rule: '[S] services',
    there: [service('b', 'ClusterIP')],
    quotas: [quota('q', { services: '1' })],
    asked: service('a', 'ClusterIP'),
    refused: over('q', 'services=1', 'services=1', 'services=1'),
  },
  {
    rule: '[S] load balancers',
    quotas: [quota('q', { 'services.loadbalancers': '0' })],
    asked: service('a', 'LoadBalancer'),
    refused: over('q', 'services.loadbalancers=1', 'services.loadbalancers=0', 'services.loadbalancers=0'),
  },
  {
    rule: '[S] a ClusterIP is no load balancer',
    quotas: [quota('q', { 'services.loadbalancers': '0', 'services.nodeports': '0' })],
    asked: service('a', 'ClusterIP'),
  },
  {
    rule: '[S] node ports, one a port',
    quotas: [quota('q', { 'services.nodeports': '1' })],
    asked: service('a', 'NodePort', {
      ports: [
        { name: 'a', port: 80 },
        { name: 'b', port: 81 },
      ],
    }),
    refused: over('q', 'services.nodeports=2', 'services.nodeports=0', 'services.nodeports=1'),
  },
  {
    rule: '[S] load balancers have node ports',
    quotas: [quota('q', { 'services.nodeports': '0' })],
    asked: service('a', 'LoadBalancer'),
    refused: over('q', 'services.nodeports=1', 'services.nodeports=0', 'services.nodeports=0'),
  },
  {
    rule: '[S] unless they do not allocate them',
    quotas: [quota('q', { 'services.nodeports': '0' })],
    asked: service('a', 'LoadBalancer', { allocateLoadBalancerNodePorts: false }),
  },
  // Scopes.
  {
    rule: '[P] Terminating counts pods with a deadline',
    quotas: [quota('q', { pods: '0' }, { scopes: ['Terminating'] })],
    asked: pod('a', deadline),
    refused: over('q', 'pods=1', 'pods=0', 'pods=0'),
  },
  { rule: '[P] and no others', quotas: [quota('q', { pods: '0' }, { scopes: ['Terminating'] })], asked: pod('a') },
  {
    rule: '[P] NotTerminating',
    quotas: [quota('q', { pods: '0' }, { scopes: ['NotTerminating'] })],
    asked: pod('a'),
    refused: over('q', 'pods=1', 'pods=0', 'pods=0'),
  },
  {
    rule: '[P] NotTerminating lets deadlines in',
    quotas: [quota('q', { pods: '0' }, { scopes: ['NotTerminating'] })],
    asked: pod('a', deadline),
  },
  {
    rule: '[P] BestEffort',
    quotas: [quota('q', { pods: '0' }, { scopes: ['BestEffort'] })],
    asked: pod('a'),
    refused: over('q', 'pods=1', 'pods=0', 'pods=0'),
  },
  {
    rule: '[P] BestEffort lets requests in',
    quotas: [quota('q', { pods: '0' }, { scopes: ['BestEffort'] })],
    asked: asking('a', { cpu: '1m' }),
  },
  {
    rule: '[P] NotBestEffort',
    quotas: [quota('q', { pods: '0' }, { scopes: ['NotBestEffort'] })],
    asked: asking('a', { cpu: '1m' }),
    refused: over('q', 'pods=1', 'pods=0', 'pods=0'),
  },
  {
    rule: '[P] PriorityClass In',
    there: [high],
    quotas: [quota('q', { pods: '0' }, selected('In', ['high']))],
    asked: pod('a', { priorityClassName: 'high' }),
    refused: over('q', 'pods=1', 'pods=0', 'pods=0'),
  },
  {
    rule: '[P] PriorityClass In, another',
    there: [high],
    quotas: [quota('q', { pods: '0' }, selected('In', ['low']))],
    asked: pod('a', { priorityClassName: 'high' }),
  },
  {
    rule: '[P] PriorityClass NotIn counts pods without one',
    quotas: [quota('q', { pods: '0' }, selected('NotIn', ['high']))],
    asked: pod('a'),
    refused: over('q', 'pods=1', 'pods=0', 'pods=0'),
  },
  { rule: '[P] PriorityClass Exists', quotas: [quota('q', { pods: '0' }, selected('Exists'))], asked: pod('a') },
  {
    rule: '[P] PriorityClass DoesNotExist',
    quotas: [quota('q', { pods: '0' }, selected('DoesNotExist'))],
    asked: pod('a'),
    refused: over('q', 'pods=1', 'pods=0', 'pods=0'),
  },
  {
    rule: '[P] CrossNamespacePodAffinity',
    quotas: [quota('q', { pods: '0' }, { scopes: ['CrossNamespacePodAffinity'] })],
    asked: pod('a', crossing),
    refused: over('q', 'pods=1', 'pods=0', 'pods=0'),
  },
  {
    rule: '[P] CrossNamespacePodAffinity without',
    quotas: [quota('q', { pods: '0' }, { scopes: ['CrossNamespacePodAffinity'] })],
    asked: pod('a'),
  },
  {
    rule: '[C] all scopes have to match',
    quotas: [quota('q', { pods: '0' }, { scopes: ['Terminating', 'NotBestEffort'] })],
    asked: pod('a', deadline),
  },
  {
    rule: 'generic: MatchesNoScopeFunc: other kinds have no scope',
    quotas: [quota('q', { configmaps: '0' }, { scopes: ['Terminating'] })],
    asked: configMap('a'),
  },
]

describe('what a quota lets in', () => {
  it.each(cases)('$rule', ({ there = [], quotas, asked, refused }) => {
    const said = serverWith(...there, ...quotas).refusal(asked)
    if (refused === undefined) expect(said).toBeUndefined()
    else expect(said?.replace(/^\S+ "[^"]+" is forbidden: /, '')).toBe(refused)
  })

  it('is said about the object that is refused', () => {
    expect(
      serverWith(quota('q', { 'count/deployments.apps': '0' })).refusal({
        ...workload('Deployment', 'web'),
        ...deployment,
      }),
    ).toBe(
      'deployments.apps "web" is forbidden: exceeded quota: q, requested: count/deployments.apps=1, used: count/deployments.apps=0, limited: count/deployments.apps=0',
    )
  })

  it('is nothing before the controller has written the first status', () => {
    const server = serverWith()
    server.store(quota('q', { pods: '0' }))
    expect(server.refusal(pod('a'))).toBeUndefined()
    server.count()
    expect(server.refusal(pod('a'))).toContain('exceeded quota')
  })

  it('counts what else is asked for at the same instant', () => {
    const server = serverWith(quota('q', { pods: '2' }))
    const charges = new Map()
    expect([pod('a'), pod('b'), pod('c')].map((one) => server.refusal(one, charges) !== undefined)).toEqual([
      false,
      false,
      true,
    ])
    expect(server.refusal(pod('c'), charges)).toContain('used: pods=2')
  })
})

describe('what is used', () => {
  const used = ({ view }: Server): Readonly<Record<string, string>> =>
    usedQuantities(view.resourceQuotas.get('shop/q')!)
  const hard = { pods: '9', 'count/pods': '9', 'requests.cpu': '9', configmaps: '9' }
  const server = (): Server =>
    serverWith(quota('q', hard), asking('a', { cpu: '250m' }), asking('b', { cpu: '1' }), configMap('c'))

  it('rises with what is created, at once', () => {
    expect(used(server())).toEqual({ 'count/pods': '2', pods: '2', 'requests.cpu': '1250m', configmaps: '1' })
  })

  it('is counted for what was there before the quota', () => {
    const late = serverWith(asking('a', { cpu: '250m' }), asking('b', { cpu: '1' }), configMap('c'), quota('q', hard))
    expect(used(late)).toEqual(used(server()))
  })

  it('falls when the controller has seen that something is gone', () => {
    const one = server()
    one.apply(PodDeleted({ pod: 'shop/b' }))
    expect(used(one).pods).toBe('2')
    one.count()
    expect(used(one)).toEqual({ 'count/pods': '1', pods: '1', 'requests.cpu': '250m', configmaps: '1' })
  })

  it.each([
    ['failed', PodFailed({ pod: 'shop/b' })],
    ['succeeded', PodStatusReported({ pod: 'shop/b', phase: 'Succeeded', ready: false, containers: [] })],
  ])('does not count the compute resources of a pod that %s, but that it is stored [P]', (_, event) => {
    const one = server()
    one.apply(event)
    one.count()
    expect(used(one)).toEqual({ 'count/pods': '2', pods: '1', 'requests.cpu': '250m', configmaps: '1' })
  })

  it('counts a pod that is being deleted until its grace period is over [P]', () => {
    const one = server()
    one.apply(PodMarkedForDeletion({ pod: 'shop/b', graceSeconds: 30 }))
    one.count()
    expect(used(one).pods).toBe('2')
  })
})

describe('controllers whose pods are refused', () => {
  const named = (manifest: object): object => ({
    ...manifest,
    metadata: { ...(manifest as { metadata: object }).metadata, namespace: 'shop' },
  })
  const withQuota = (manifest: object) =>
    play({
      acts: [
        [0, create(named({ apiVersion: 'v1', ...quota('q', { pods: '2' }) }) as never)],
        [seconds(5), create(named(manifest) as never)],
        [minutes(1), look],
      ],
    })

  it.each([
    ['ReplicaSet', workload('ReplicaSet', 'web', { replicas: 5 })],
    [
      'Job',
      {
        ...job('web'),
        spec: {
          parallelism: 5,
          completions: 5,
          template: { spec: { restartPolicy: 'Never', containers: [container()] } },
        },
      },
    ],
    [
      'StatefulSet',
      workload('StatefulSet', 'web', { replicas: 5, serviceName: 'web', podManagementPolicy: 'Parallel' }),
    ],
  ])('%s: as many as fit, then FailedCreate in the words of the API server', (kind, manifest) => {
    const run = withQuota(manifest)
    expect(run.view.pods.size).toBe(2)
    expect(
      run
        .said(kind)
        .some((line) =>
          /FailedCreate .*exceeded quota: q, requested: pods=1, used: pods=2, limited: pods=2/.test(line),
        ),
    ).toBe(true)
  })

  it('ReplicaSet: says it in its status, until it is over', () => {
    const run = withQuota(workload('ReplicaSet', 'web', { replicas: 5 }))
    expect(run.view.replicaSets.get('shop/web')?.status.failure?.reason).toBe('FailedCreate')
    expect(run.view.resourceQuotas.get('shop/q')?.used.get('pods')?.value).toBe(2)
  })

  it.each([
    [minutes(5) - 1, 1],
    [seconds(301), 0],
  ])('a pod that hangs in termination is counted until a full resync finds it: at %i ms %i [P]', (at, pods) => {
    // Nobody confirms the deletion: its node has no power. After twice the grace period it is overdue.
    const run = play({
      nodes: [node('n')],
      acts: [
        [0, create(named({ apiVersion: 'v1', ...quota('q', { pods: '2' }) }) as never)],
        [seconds(5), create(named({ apiVersion: 'v1', ...pod('a') }) as never)],
        [seconds(20), emitting(NodeFailed({ node: 'n' }))],
        [seconds(21), emitting(PodMarkedForDeletion({ pod: 'shop/a', graceSeconds: 30 }))],
        [at, look],
      ],
    })
    expect(run.view.pods.has('shop/a')).toBe(true)
    expect(run.view.resourceQuotas.get('shop/q')?.used.get('pods')?.value).toBe(pods)
  })
})

describe('a Service that changes its type (services.go, Handles: Update)', () => {
  const there = [service('a', 'ClusterIP'), service('b', 'ClusterIP')]
  const ref = (name: string) => ({ kind: 'Service', namespace: 'shop', name })
  const become = (server: Server, name: string, type: string, charges?: Charges): string | undefined => {
    const update = patchObject(server.view, ref(name), 'merge', { spec: { type } }, charges)
    if (isLeft(update)) return update.left.message
    if (charges === undefined) server.apply(...update.right)
    return undefined
  }
  const usedOf = (server: Server) => usedQuantities([...server.view.resourceQuotas.values()][0]!)

  it('[C] is refused what does not fit, in the words of what it needs more', () => {
    const server = serverWith(...there, quota('q', { 'services.nodeports': '0', services: '2' }))
    expect(become(server, 'a', 'NodePort')).toBe(
      `services "a" is forbidden: ${over('q', 'services.nodeports=1', 'services.nodeports=0', 'services.nodeports=0')}`,
    )
  })

  it('[C] is let in where it fits, and counts at once', () => {
    const server = serverWith(...there, quota('q', { 'services.nodeports': '1' }))
    expect(become(server, 'a', 'NodePort')).toBeUndefined()
    expect(usedOf(server)).toEqual({ 'services.nodeports': '1' })
    expect(become(server, 'b', 'NodePort')).toContain('used: services.nodeports=1, limited: services.nodeports=1')
  })

  it('[C] gives back at once what it needs no longer', () => {
    const server = serverWith(service('a', 'NodePort'), quota('q', { 'services.nodeports': '1' }))
    expect(become(server, 'a', 'ClusterIP')).toBeUndefined()
    expect(usedOf(server)).toEqual({ 'services.nodeports': '0' })
  })

  it('[C] is not asked if it uses as much as before, whatever the quota says', () => {
    const server = serverWith(service('a', 'NodePort'), quota('q', { 'services.nodeports': '0' }))
    expect(patchObject(server.view, ref('a'), 'merge', { spec: { sessionAffinity: 'ClientIP' } })).toMatchObject({
      right: [{ kind: 'ServiceSpecChanged' }],
    })
  })

  it('[C] counts for what is changed at the same instant', () => {
    const server = serverWith(...there, quota('q', { 'services.nodeports': '1' }))
    const charges: Charges = new Map()
    expect(become(server, 'a', 'NodePort', charges)).toBeUndefined()
    expect(become(server, 'b', 'NodePort', charges)).toContain('exceeded quota: q, requested: services.nodeports=1')
  })
})
