import { isLeft, isRight } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import type { Issue } from '../issue.ts'
import { formatPath } from '../issue.ts'
import { isGeneric, isInert, isKind } from './api-object.ts'
import { apiObject, decodeDocument, decodeObject } from './decode.ts'

type Json = Readonly<Record<string, unknown>>

const issuesOf = (json: unknown): readonly Issue[] => {
  const decoded = decodeObject(json)
  return isLeft(decoded) ? decoded.left : []
}
const messagesOf = (json: unknown): readonly string[] => issuesOf(json).map(({ message }) => message)

const container = (changes: Json = {}): Json => ({ name: 'app', image: 'app:1', ...changes })
const pod = (spec: Json, metadata: Json = { name: 'web' }): Json => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata,
  spec: { containers: [container()], ...spec },
})
const template = (spec: Json = {}, labels: Json = { app: 'web' }): Json => ({
  metadata: { labels },
  spec: { containers: [container()], ...spec },
})
const workload = (kind: string, spec: Json = {}, apiVersion = 'apps/v1'): Json => ({
  apiVersion,
  kind,
  metadata: { name: 'web' },
  spec: { selector: { matchLabels: { app: 'web' } }, template: template(), ...spec },
})
const controller = (spec: Json): Json => ({
  apiVersion: 'v1',
  kind: 'ReplicationController',
  metadata: { name: 'web' },
  spec: { template: template(), ...spec },
})
const job = (spec: Json = {}, podSpec: Json = {}): Json => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'sum' },
  spec: { template: template({ restartPolicy: 'Never', ...podSpec }), ...spec },
})
const cronJob = (spec: Json = {}): Json => ({
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  metadata: { name: 'nightly' },
  spec: { schedule: '0 3 * * *', jobTemplate: { spec: job().spec }, ...spec },
})

describe('decodeObject', () => {
  it('takes a plain pod and fills what the API server fills', () => {
    const object = apiObject(pod({}))
    expect(object).toEqual({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'web', namespace: 'default' },
      spec: {
        containers: [
          {
            name: 'app',
            image: 'app:1',
            resources: {},
            terminationMessagePath: '/dev/termination-log',
            terminationMessagePolicy: 'File',
            imagePullPolicy: 'IfNotPresent',
          },
        ],
        restartPolicy: 'Always',
        terminationGracePeriodSeconds: 30,
        schedulerName: 'default-scheduler',
        dnsPolicy: 'ClusterFirst',
        securityContext: {},
        enableServiceLinks: true,
      },
    })
  })

  it('leaves the input as it is', () => {
    const json = workload('Deployment', {}, 'extensions/v1beta1')
    const before = JSON.stringify(json)
    apiObject(json)
    expect(JSON.stringify(json)).toBe(before)
  })

  it('gives the same object for its own result', () => {
    const documents = [pod({ hostNetwork: true }), workload('StatefulSet', { serviceName: 'web' }), job(), cronJob()]
    for (const json of documents) expect(apiObject(apiObject(json))).toEqual(apiObject(json))
  })

  it.each([
    ['app', 'Always'],
    ['app:latest', 'Always'],
    ['app:1', 'IfNotPresent'],
    ['registry:5000/app', 'Always'],
    ['registry:5000/app:2', 'IfNotPresent'],
    ['app@sha256:0123', 'IfNotPresent'],
  ])('pulls %s %s', (image, policy) => {
    const object = apiObject(pod({ containers: [container({ image })] }))
    expect(isKind(object, 'Pod') && object.spec.containers[0]!.imagePullPolicy).toBe(policy)
  })

  it('fills probes, and takes zero for absent where Go does', () => {
    const livenessProbe = { httpGet: { port: 80 }, periodSeconds: 0 }
    const object = apiObject(pod({ containers: [container({ livenessProbe })] }))
    expect(isKind(object, 'Pod') && object.spec.containers[0]!.livenessProbe).toEqual({
      httpGet: { path: '/', port: 80, scheme: 'HTTP' },
      timeoutSeconds: 1,
      periodSeconds: 10,
      successThreshold: 1,
      failureThreshold: 3,
    })
  })

  it('takes nulls for absent fields', () => {
    const json = pod({ nodeSelector: null, tolerations: null }, { name: 'web', creationTimestamp: null, labels: null })
    expect(messagesOf(json)).toEqual([])
  })

  it('loads what kubectl get -o yaml prints', () => {
    const printed = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{"apiVersion":"v1"}\n' },
        creationTimestamp: '2025-09-02T10:00:00Z',
        generateName: 'web-7d4b9c-',
        generation: 1,
        labels: { app: 'web', 'pod-template-hash': '7d4b9c' },
        managedFields: [
          {
            apiVersion: 'v1',
            fieldsType: 'FieldsV1',
            fieldsV1: { 'f:metadata': { 'f:generateName': {} } },
            manager: 'kube-controller-manager',
            operation: 'Update',
            time: '2025-09-02T10:00:00Z',
          },
        ],
        name: 'web-7d4b9c-x2x7k',
        namespace: 'shop',
        ownerReferences: [
          {
            apiVersion: 'apps/v1',
            blockOwnerDeletion: true,
            controller: true,
            kind: 'ReplicaSet',
            name: 'web-7d4b9c',
            uid: '1c',
          },
        ],
        resourceVersion: '4711',
        uid: '0c1d',
      },
      spec: {
        containers: [
          {
            image: 'nginx:1.27',
            imagePullPolicy: 'IfNotPresent',
            name: 'nginx',
            ports: [{ containerPort: 80, name: 'http', protocol: 'TCP' }],
            resources: { limits: { memory: '128Mi' }, requests: { cpu: '100m', memory: '128Mi' } },
            terminationMessagePath: '/dev/termination-log',
            terminationMessagePolicy: 'File',
            volumeMounts: [
              {
                mountPath: '/var/run/secrets/kubernetes.io/serviceaccount',
                name: 'kube-api-access-abcde',
                readOnly: true,
              },
            ],
          },
        ],
        dnsPolicy: 'ClusterFirst',
        enableServiceLinks: true,
        nodeName: 'node-1',
        preemptionPolicy: 'PreemptLowerPriority',
        priority: 0,
        restartPolicy: 'Always',
        schedulerName: 'default-scheduler',
        securityContext: {},
        serviceAccount: 'default',
        serviceAccountName: 'default',
        terminationGracePeriodSeconds: 30,
        tolerations: [
          {
            effect: 'NoExecute',
            key: 'node.kubernetes.io/not-ready',
            operator: 'Exists',
            tolerationSeconds: 300,
          },
        ],
        volumes: [
          {
            name: 'kube-api-access-abcde',
            projected: {
              defaultMode: 420,
              sources: [{ serviceAccountToken: { expirationSeconds: 3607, path: 'token' } }],
            },
          },
        ],
      },
      status: { phase: 'Running', qosClass: 'Burstable', podIP: '10.244.1.7', conditions: [{ type: 'Ready' }] },
    }
    expect(apiObject(printed)).toEqual(printed)
  })

  it('keeps what it does not know of custom resources, and says that nothing reacts to them', () => {
    const object = apiObject({
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Rollout',
      metadata: { name: 'web' },
      spec: { replicas: 'many' },
    })
    expect(isGeneric(object) && object.rest).toEqual({ spec: { replicas: 'many' } })
    expect(isInert(object)).toBe(true)
    expect(isInert(apiObject(pod({})))).toBe(false)
  })

  it('does not mistake a custom resource for the built-in kind of that name', () => {
    const metadata = { name: 's' }
    const service = { apiVersion: 'serving.knative.dev/v1', kind: 'Service', metadata, spec: { template: {} } }
    expect(isKind(apiObject(service), 'Service')).toBe(false)
    const builtIn = { apiVersion: 'v1', kind: 'Service', metadata, spec: { clusterIP: 'None' } }
    expect(isKind(apiObject(builtIn), 'Service')).toBe(true)
  })

  it('leaves the metadata of a template without a name', () => {
    const object = apiObject(workload('Deployment'))
    expect(isKind(object, 'Deployment') && object.spec.template.metadata).toEqual({ labels: { app: 'web' } })
  })

  it('keeps kinds of Kubernetes that it has no codec for', () => {
    const object = apiObject({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata: { name: 'r' },
      rules: [],
    })
    expect(object).toMatchObject({ inert: true, metadata: { name: 'r', namespace: 'default' }, rest: { rules: [] } })
  })

  it('adds the name of a Namespace to its labels', () => {
    const object = apiObject({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } })
    expect(object.metadata.labels).toEqual({ 'kubernetes.io/metadata.name': 'shop' })
  })

  it('takes the capacity of a Node for what is allocatable', () => {
    const node = {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: 'n1' },
      status: { capacity: { cpu: 4, pods: '110' } },
    }
    expect(apiObject(node)).toMatchObject({ status: { allocatable: { cpu: '4', pods: '110' } } })
  })

  it('keeps the rolling update of a StatefulSet unset where only its type is given', () => {
    expect(apiObject(workload('StatefulSet'))).toMatchObject({
      spec: {
        updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
        podManagementPolicy: 'OrderedReady',
        persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
      },
    })
    const object = apiObject(workload('StatefulSet', { updateStrategy: { type: 'RollingUpdate' } }))
    expect(isKind(object, 'StatefulSet') && object.spec.updateStrategy).toEqual({ type: 'RollingUpdate' })
  })

  it.each([
    [{}, { completions: 1, parallelism: 1, backoffLimit: 6, podReplacementPolicy: 'TerminatingOrFailed' }],
    [{ completions: 5 }, { completions: 5, parallelism: 1 }],
    [{ parallelism: 3 }, { parallelism: 3 }],
    [{ completions: 5, completionMode: 'Indexed', backoffLimitPerIndex: 1 }, { backoffLimit: 2147483647 }],
    [
      { podFailurePolicy: { rules: [{ action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget' }] }] } },
      { podReplacementPolicy: 'Failed' },
    ],
  ])('fills a Job with %j', (spec, expected) => {
    const object = apiObject(job(spec))
    expect(object).toMatchObject({ spec: { suspend: false, completionMode: 'NonIndexed', ...spec, ...expected } })
    if ('parallelism' in spec) expect(object).not.toHaveProperty('spec.completions')
  })

  it('fills the behavior of an HPA only where there is one, and CPU 80 % where no metric is', () => {
    const hpa = (spec: Json): Json => ({
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'web' },
      spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }, maxReplicas: 5, ...spec },
    })
    const plain = apiObject(hpa({}))
    expect(plain).toMatchObject({
      spec: { minReplicas: 1, metrics: [{ resource: { name: 'cpu', target: { averageUtilization: 80 } } }] },
    })
    expect(plain).not.toHaveProperty('spec.behavior')
    expect(apiObject(hpa({ behavior: { scaleDown: { stabilizationWindowSeconds: 60 } } }))).toMatchObject({
      spec: {
        behavior: {
          scaleUp: { stabilizationWindowSeconds: 0, selectPolicy: 'Max' },
          scaleDown: { stabilizationWindowSeconds: 60, policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }] },
        },
      },
    })
  })
})

describe('old API versions', () => {
  it.each([
    ['extensions/v1beta1', { maxSurge: 1, maxUnavailable: 1 }, 2147483647, 2147483647],
    ['apps/v1beta1', { maxSurge: '25%', maxUnavailable: '25%' }, 2, 600],
    ['apps/v1beta2', { maxSurge: '25%', maxUnavailable: '25%' }, 10, 600],
    ['apps/v1', { maxSurge: '25%', maxUnavailable: '25%' }, 10, 600],
  ])('gives a Deployment of %s its own defaults', (apiVersion, rollingUpdate, history, deadline) => {
    expect(apiObject(workload('Deployment', {}, apiVersion))).toMatchObject({
      apiVersion: 'apps/v1',
      spec: {
        replicas: 1,
        strategy: { type: 'RollingUpdate', rollingUpdate },
        revisionHistoryLimit: history,
        progressDeadlineSeconds: deadline,
      },
    })
  })

  it.each([
    ['Deployment', 'extensions/v1beta1'],
    ['Deployment', 'apps/v1beta1'],
    ['ReplicaSet', 'extensions/v1beta1'],
    ['DaemonSet', 'extensions/v1beta1'],
    ['StatefulSet', 'apps/v1beta1'],
  ])('takes the selector of a %s of %s from the template', (kind, apiVersion) => {
    const json = { apiVersion, kind, metadata: { name: 'web' }, spec: { template: template() } }
    expect(apiObject(json)).toMatchObject({
      apiVersion: 'apps/v1',
      metadata: { labels: { app: 'web' } },
      spec: { selector: { matchLabels: { app: 'web' } } },
    })
  })

  it.each(['apps/v1', 'apps/v1beta2'])('wants the selector of a Deployment of %s', (apiVersion) => {
    const json = { apiVersion, kind: 'Deployment', metadata: { name: 'web' }, spec: { template: template() } }
    expect(messagesOf(json)).toEqual(['spec.selector: Required value'])
  })

  it('updates DaemonSets and StatefulSets of the first versions only on deletion', () => {
    const strategyOf = (kind: string, apiVersion: string): unknown => apiObject(workload(kind, {}, apiVersion))
    expect(strategyOf('DaemonSet', 'extensions/v1beta1')).toMatchObject({
      spec: { updateStrategy: { type: 'OnDelete' } },
    })
    expect(strategyOf('StatefulSet', 'apps/v1beta1')).toMatchObject({ spec: { updateStrategy: { type: 'OnDelete' } } })
    expect(strategyOf('StatefulSet', 'apps/v1beta2')).toMatchObject({
      spec: { updateStrategy: { type: 'RollingUpdate' } },
    })
  })

  it('lets an empty selector of a v1beta1 PodDisruptionBudget select nothing', () => {
    const pdb = (apiVersion: string): Json => ({
      apiVersion,
      kind: 'PodDisruptionBudget',
      metadata: { name: 'web' },
      spec: { minAvailable: 1, selector: {} },
    })
    expect(apiObject(pdb('policy/v1'))).toMatchObject({ spec: { selector: {} } })
    expect(apiObject(pdb('policy/v1beta1'))).toMatchObject({
      apiVersion: 'policy/v1',
      spec: { selector: { matchExpressions: [{ operator: 'Exists' }] } },
    })
  })

  it('turns autoscaling/v1 and v2beta1 into v2', () => {
    const scaleTargetRef = { kind: 'Deployment', name: 'web' }
    const hpa = (apiVersion: string, spec: Json): Json => ({
      apiVersion,
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'web' },
      spec: { scaleTargetRef, maxReplicas: 3, ...spec },
    })
    const expected = {
      apiVersion: 'autoscaling/v2',
      spec: {
        metrics: [
          { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 60 } } },
        ],
      },
    }
    expect(apiObject(hpa('autoscaling/v1', { targetCPUUtilizationPercentage: 60 }))).toMatchObject(expected)
    const resource = { name: 'cpu', targetAverageUtilization: 60 }
    expect(apiObject(hpa('autoscaling/v2beta1', { metrics: [{ type: 'Resource', resource }] }))).toMatchObject(expected)
    const pods = { metricName: 'requests', targetAverageValue: '1k' }
    expect(apiObject(hpa('autoscaling/v2beta1', { metrics: [{ type: 'Pods', pods }] }))).toMatchObject({
      spec: {
        metrics: [{ pods: { metric: { name: 'requests' }, target: { type: 'AverageValue', averageValue: '1k' } } }],
      },
    })
  })

  it('reads a CronJob of batch/v1beta1', () => {
    expect(apiObject({ ...cronJob(), apiVersion: 'batch/v1beta1' })).toMatchObject({
      apiVersion: 'batch/v1',
      spec: { concurrencyPolicy: 'Allow', suspend: false, successfulJobsHistoryLimit: 3, failedJobsHistoryLimit: 1 },
    })
  })

  it('moves the topology of a v1beta1 EndpointSlice into its fields', () => {
    const topology = { 'kubernetes.io/hostname': 'n1', 'topology.kubernetes.io/zone': 'a' }
    const slice = {
      apiVersion: 'discovery.k8s.io/v1beta1',
      kind: 'EndpointSlice',
      metadata: { name: 'web-1' },
      addressType: 'IPv4',
      endpoints: [{ addresses: ['10.0.0.1'], topology }],
    }
    expect(apiObject(slice)).toMatchObject({ endpoints: [{ nodeName: 'n1', zone: 'a' }] })
  })

  it('names the current version where a version never existed', () => {
    expect(issuesOf(workload('Deployment', {}, 'apps/v2'))).toMatchObject([
      {
        code: 'WT120',
        message: 'apiVersion: no matches for kind "Deployment" in version "apps/v2"',
        hint: 'use `apiVersion: apps/v1`',
      },
    ])
  })
})

describe('problems', () => {
  it.each([
    // what it is, the object, the messages
    ['no mapping', 'web', ['expected a Kubernetes object, which is a mapping']],
    ['no kind', { apiVersion: 'v1' }, ['kind: Required value']],
    ['an unknown field', controller({ replica: 3 }), ['unknown field "spec.replica"']],
    [
      'text for a number',
      controller({ replicas: '3' }),
      ['spec.replicas: Invalid value: "3": expected a whole number, got text'],
    ],
    [
      'negative replicas',
      controller({ replicas: -1 }),
      ['spec.replicas: Invalid value: -1: must be greater than or equal to 0'],
    ],
    [
      'a selector that misses its template',
      controller({ selector: { app: 'api' } }),
      ['spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`'],
    ],
    [
      'the same in a Deployment',
      workload('Deployment', { template: template({}, { app: 'x' }) }),
      ['spec.template.metadata.labels: Invalid value: {"app":"x"}: `selector` does not match template `labels`'],
    ],
    ['an RC without labels', controller({ template: template({}, {}) }), ['spec.selector: Required value']],
    [
      'an empty selector',
      workload('Deployment', { selector: {} }),
      ['spec.selector: Invalid value: {}: empty selector is invalid for deployment'],
    ],
    [
      'an empty selector of a ReplicaSet',
      workload('ReplicaSet', { selector: {} }),
      ['spec.selector: Invalid value: {}: empty selector is invalid for deployment'],
    ],
    [
      'an empty selector of a DaemonSet',
      workload('DaemonSet', { selector: {} }),
      ['spec.selector: Invalid value: {}: empty selector is invalid for daemonset'],
    ],
    [
      'an empty selector of a StatefulSet',
      workload('StatefulSet', { selector: {} }),
      ['spec.selector: Invalid value: {}: empty selector is invalid for statefulset'],
    ],
    [
      'In without values',
      workload('Deployment', { selector: { matchExpressions: [{ key: 'app', operator: 'In' }] } }),
      [
        "spec.selector.matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'",
        'spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`',
      ],
    ],
    [
      'Exists with values',
      workload('Deployment', { selector: { matchExpressions: [{ key: 'app', operator: 'Exists', values: ['a'] }] } }),
      [
        "spec.selector.matchExpressions[0].values: Forbidden: may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
      ],
    ],
    [
      'a restart policy for Jobs',
      workload('Deployment', { template: template({ restartPolicy: 'Never' }) }),
      ['spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"'],
    ],
    [
      'a deadline',
      workload('DaemonSet', { template: template({ activeDeadlineSeconds: 5 }) }),
      ['spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in DaemonSet is not Supported'],
    ],
    ['no name', pod({}, {}), ['metadata.name: Required value: name or generateName is required']],
    [
      'a bad name',
      pod({}, { name: 'Web' }),
      [
        "metadata.name: Invalid value: \"Web\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
      ],
    ],
    [
      'a namespace on a Node',
      { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n', namespace: 'x' } },
      ['metadata.namespace: Forbidden: not allowed on this type'],
    ],
    [
      'a label that is a number',
      pod({}, { name: 'web', labels: { v: 1 } }),
      ['metadata.labels[v]: Invalid value: 1: expected text, got a number'],
    ],
    [
      'a bad label value',
      pod({}, { name: 'web', labels: { v: 'a b' } }),
      [
        "metadata.labels: Invalid value: \"a b\": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
      ],
    ],
    ['no containers', pod({ containers: [] }), ['spec.containers: Required value']],
    ['no spec', { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web' } }, ['spec.containers: Required value']],
    [
      'two containers of one name',
      pod({ containers: [container(), container()] }),
      ['spec.containers[1].name: Duplicate value: "app"'],
    ],
    [
      'an init container of the same name',
      pod({ initContainers: [container()] }),
      ['spec.initContainers[0].name: Duplicate value: "app"'],
    ],
    ['no image', pod({ containers: [{ name: 'app' }] }), ['spec.containers[0].image: Required value']],
    [
      'an unknown policy',
      pod({ restartPolicy: 'always' }),
      ['spec.restartPolicy: Unsupported value: "always": supported values: "Always", "OnFailure", "Never"'],
    ],
    [
      'a request above its limit',
      pod({ containers: [container({ resources: { requests: { cpu: 2 }, limits: { cpu: 1 } } })] }),
      ['spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1'],
    ],
    [
      'a negative amount',
      pod({ containers: [container({ resources: { requests: { cpu: '-1' } } })] }),
      ['spec.containers[0].resources.requests[cpu]: Invalid value: "-1": must be greater than or equal to 0'],
    ],
    [
      'an unreadable amount',
      pod({ containers: [container({ resources: { requests: { cpu: '1 core' } } })] }),
      [
        'spec.containers[0].resources.requests[cpu]: Invalid value: "1 core": quantities must match the regular expression \'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$\'',
      ],
    ],
    [
      'half a GPU',
      pod({ containers: [container({ resources: { limits: { 'nvidia.com/gpu': '0.5' } } })] }),
      [
        'spec.containers[0].resources.limits[nvidia.com/gpu]: Invalid value: "500m": must be an integer',
        'spec.containers[0].resources.requests[nvidia.com/gpu]: Invalid value: "500m": must be an integer',
      ],
    ],
    [
      'a GPU request alone',
      pod({ containers: [container({ resources: { requests: { 'nvidia.com/gpu': 1 } } })] }),
      ['spec.containers[0].resources.limits: Required value: Limit must be set for non overcommitable resources'],
    ],
    [
      'an unknown resource',
      pod({ containers: [container({ resources: { requests: { gpu: 1 } } })] }),
      [
        'spec.containers[0].resources.requests[gpu]: Invalid value: "gpu": must be a standard resource type or fully qualified',
        'spec.containers[0].resources.requests[gpu]: Invalid value: "gpu": must be a standard resource for containers',
      ],
    ],
    [
      'a probe without handler',
      pod({ containers: [container({ readinessProbe: {} })] }),
      ['spec.containers[0].readinessProbe: Required value: must specify a handler type'],
    ],
    [
      'a probe with two handlers',
      pod({ containers: [container({ readinessProbe: { exec: { command: ['a'] }, tcpSocket: { port: 1 } } })] }),
      ['spec.containers[0].readinessProbe.tcpSocket: Forbidden: may not specify more than 1 handler type'],
    ],
    [
      'a liveness probe with a success threshold',
      pod({ containers: [container({ livenessProbe: { exec: { command: ['a'] }, successThreshold: 2 } })] }),
      ['spec.containers[0].livenessProbe.successThreshold: Invalid value: 2: must be 1'],
    ],
    [
      'a probe of a negative period',
      pod({ containers: [container({ readinessProbe: { tcpSocket: { port: 99999 }, periodSeconds: -1 } })] }),
      [
        'spec.containers[0].readinessProbe.tcpSocket.port: Invalid value: 99999: must be between 1 and 65535, inclusive',
        'spec.containers[0].readinessProbe.periodSeconds: Invalid value: -1: must be greater than or equal to 0',
      ],
    ],
    [
      'a probe of a plain init container',
      pod({ initContainers: [container({ name: 'init', livenessProbe: { exec: { command: ['a'] } } })] }),
      [
        'spec.initContainers[0].livenessProbe: Forbidden: may not be set for init containers without restartPolicy=Always',
      ],
    ],
    [
      'ports of one name',
      pod({
        containers: [
          container({
            ports: [
              { containerPort: 80, name: 'web' },
              { containerPort: 81, name: 'web' },
            ],
          }),
        ],
      }),
      ['spec.containers[0].ports[1].name: Duplicate value: "web"'],
    ],
    [
      'host ports that collide',
      pod({
        containers: [
          container({
            ports: [
              { containerPort: 80, hostPort: 80 },
              { containerPort: 81, hostPort: 80 },
            ],
          }),
        ],
      }),
      ['spec.containers[0].ports[1].hostPort: Duplicate value: "TCP//80"'],
    ],
    [
      'a mount without its volume',
      pod({ containers: [container({ volumeMounts: [{ name: 'data', mountPath: '/data' }] })] }),
      ['spec.containers[0].volumeMounts[0].name: Not found: "data"'],
    ],
    [
      'a volume with two sources',
      pod({ volumes: [{ name: 'v', emptyDir: {}, hostPath: { path: '/' } }] }),
      ['spec.volumes[0].hostPath: Forbidden: may not specify more than 1 volume type'],
    ],
    [
      'a toleration without key',
      pod({ tolerations: [{ operator: 'Equal', value: 'x' }] }),
      [
        'spec.tolerations[0].operator: Invalid value: "Equal": operator must be Exists when `key` is empty, which means "match all values and all keys"',
      ],
    ],
    [
      'a toleration of a value that need only exist',
      pod({ tolerations: [{ key: 'a', operator: 'Exists', value: 'x' }] }),
      [
        'spec.tolerations[0].operator: Invalid value: {"key":"a","operator":"Exists","value":"x"}: value must be empty when `operator` is \'Exists\'',
      ],
    ],
    [
      'seconds for another effect',
      pod({ tolerations: [{ key: 'a', operator: 'Exists', effect: 'NoSchedule', tolerationSeconds: 1 }] }),
      [
        'spec.tolerations[0].effect: Invalid value: "NoSchedule": effect must be \'NoExecute\' when `tolerationSeconds` is set',
      ],
    ],
    [
      'a pod that asks for less than its containers',
      pod({
        containers: [container({ resources: { requests: { cpu: '400m' } } })],
        resources: { requests: { cpu: '100m' } },
      }),
      [
        'spec.resources.requests[cpu]: Invalid value: "100m": must be greater than or equal to aggregate container requests of 400m',
      ],
    ],
    [
      'a spread without skew',
      pod({ topologySpreadConstraints: [{ maxSkew: 0, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule' }] }),
      ['spec.topologySpreadConstraints[0].maxSkew: Invalid value: 0: must be greater than zero'],
    ],
    [
      'a weight out of range',
      pod({
        affinity: {
          nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 101, preference: {} }] },
        },
      }),
      [
        'spec.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight: Invalid value: 101: must be in the range 1-100',
      ],
    ],
    [
      'no topology key',
      pod({
        affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ labelSelector: {} }] } },
      }),
      ['spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey: Required value'],
    ],
    [
      'a node with gates',
      pod({ nodeName: 'n1', schedulingGates: [{ name: 'hold' }] }),
      ['spec.nodeName: Forbidden: cannot be set until all schedulingGates have been cleared'],
    ],
    [
      'no surge and nothing unavailable',
      workload('Deployment', { strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } } }),
      ['spec.strategy.rollingUpdate.maxUnavailable: Invalid value: 0: may not be 0 when `maxSurge` is 0'],
    ],
    [
      'a rolling update of Recreate',
      workload('Deployment', { strategy: { type: 'Recreate', rollingUpdate: { maxSurge: 1 } } }),
      ["spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'"],
    ],
    [
      'more than all unavailable',
      workload('Deployment', { strategy: { rollingUpdate: { maxUnavailable: '101%' } } }),
      ['spec.strategy.rollingUpdate.maxUnavailable: Invalid value: "101%": must not be greater than 100%'],
    ],
    [
      'a percentage without its sign',
      workload('Deployment', { strategy: { rollingUpdate: { maxSurge: '25' } } }),
      [
        "spec.strategy.rollingUpdate.maxSurge: Invalid value: \"25\": a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')",
      ],
    ],
    [
      'a deadline within minReadySeconds',
      workload('Deployment', { minReadySeconds: 600 }),
      ['spec.progressDeadlineSeconds: Invalid value: 600: must be greater than minReadySeconds'],
    ],
    [
      'a DaemonSet with surge and unavailability',
      workload('DaemonSet', { updateStrategy: { rollingUpdate: { maxSurge: 1 } } }),
      ['spec.updateStrategy.rollingUpdate.maxSurge: Invalid value: 1: may not be set when maxUnavailable is non-zero'],
    ],
    [
      'a DaemonSet with neither',
      workload('DaemonSet', { updateStrategy: { rollingUpdate: { maxUnavailable: '0%' } } }),
      ['spec.updateStrategy.rollingUpdate.maxUnavailable: Required value: cannot be 0 when maxSurge is 0'],
    ],
    [
      'a Job that restarts always',
      job({}, { restartPolicy: 'Always' }),
      ['spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"'],
    ],
    [
      'an indexed Job without completions',
      job({ completionMode: 'Indexed', parallelism: 2 }),
      ['spec.completions: Required value: when completion mode is Indexed'],
    ],
    [
      'a limit per index without indexes',
      job({ backoffLimitPerIndex: 1 }),
      ['spec.backoffLimitPerIndex: Invalid value: 1: requires indexed completion mode'],
    ],
    [
      'a failure policy on restarting containers',
      job({ podFailurePolicy: { rules: [] } }, { restartPolicy: 'OnFailure' }),
      [
        'spec.template.spec.restartPolicy: Invalid value: "OnFailure": only "Never" is supported when podFailurePolicy is specified',
      ],
    ],
    [
      'an empty rule',
      job({ podFailurePolicy: { rules: [{ action: 'Ignore' }] } }),
      [
        'spec.podFailurePolicy.rules[0]: Invalid value: {"action":"Ignore"}: specifying one of OnExitCodes and OnPodConditions is required',
      ],
    ],
    [
      'exit code 0 as a failure',
      job({ podFailurePolicy: { rules: [{ action: 'FailJob', onExitCodes: { operator: 'In', values: [0] } }] } }),
      ['spec.podFailurePolicy.rules[0].onExitCodes.values[0]: Invalid value: 0: must not be 0 for the In operator'],
    ],
    [
      'a negative backoff limit',
      job({ backoffLimit: -1 }),
      ['spec.backoffLimit: Invalid value: -1: must be greater than or equal to 0'],
    ],
    [
      'a long name of a CronJob',
      { ...cronJob(), metadata: { name: 'x'.repeat(53) } },
      [`metadata.name: Invalid value: "${'x'.repeat(53)}": must be no more than 52 characters`],
    ],
    [
      'a schedule of four fields',
      cronJob({ schedule: '* * * *' }),
      ['spec.schedule: Invalid value: "* * * *": expected exactly 5 fields, found 4: [* * * *]'],
    ],
    [
      'a zone in the schedule',
      cronJob({ schedule: 'TZ=UTC 0 3 * * *' }),
      [
        'spec.schedule: Invalid value: "TZ=UTC 0 3 * * *": cannot use TZ or CRON_TZ in schedule, use timeZone field instead',
      ],
    ],
    [
      'a local zone',
      cronJob({ timeZone: 'Local' }),
      [
        'spec.timeZone: Invalid value: "Local": timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones',
      ],
    ],
    [
      'an unknown concurrency policy',
      cronJob({ concurrencyPolicy: 'Wait' }),
      ['spec.concurrencyPolicy: Unsupported value: "Wait": supported values: "Allow", "Forbid", "Replace"'],
    ],
    [
      'a selector in a job template',
      cronJob({ jobTemplate: { spec: { ...(job().spec as Json), selector: {} } } }),
      ['spec.jobTemplate.spec.selector: Invalid value: {}: `selector` will be auto-generated'],
    ],
    [
      'a budget of both kinds',
      {
        apiVersion: 'policy/v1',
        kind: 'PodDisruptionBudget',
        metadata: { name: 'p' },
        spec: { minAvailable: 1, maxUnavailable: 1 },
      },
      [
        'spec: Invalid value: {"minAvailable":1,"maxUnavailable":1}: minAvailable and maxUnavailable cannot be both set',
      ],
    ],
    [
      'a Service without ports',
      { apiVersion: 'v1', kind: 'Service', metadata: { name: 's' } },
      ['spec.ports: Required value'],
    ],
    [
      'ports without names',
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 's' },
        spec: { ports: [{ port: 80 }, { port: 81, name: 'b' }] },
      },
      ['spec.ports[0].name: Required value'],
    ],
    [
      'a claim for nothing',
      {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: { name: 'c' },
        spec: { accessModes: ['ReadWriteOnce'] },
      },
      ['spec.resources[storage]: Required value'],
    ],
    [
      'a priority above what users may have',
      { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name: 'p' }, value: 2e9 },
      ['value: Forbidden: maximum allowed value of a user defined priority is 1000000000'],
    ],
    [
      'an HPA with its bounds crossed',
      {
        apiVersion: 'autoscaling/v2',
        kind: 'HorizontalPodAutoscaler',
        metadata: { name: 'h' },
        spec: { scaleTargetRef: { kind: 'Deployment', name: 'web' }, minReplicas: 5, maxReplicas: 2 },
      },
      ['spec.maxReplicas: Invalid value: 2: must be greater than or equal to `minReplicas`'],
    ],
    [
      'a LimitRange with min above max',
      {
        apiVersion: 'v1',
        kind: 'LimitRange',
        metadata: { name: 'l' },
        spec: { limits: [{ type: 'Pod', min: { cpu: 2 }, max: { cpu: 1 } }] },
      },
      ['spec.limits[0].min[cpu]: Invalid value: "2": min value 2 is greater than max value 1'],
    ],
  ])('refuses %s', (_what, json, messages) => {
    expect(messagesOf(json)).toEqual(messages)
  })

  it('reports all problems at once, and none that only follows from another', () => {
    const json = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'Web' },
      spec: {
        replica: 3,
        minReadySeconds: -1,
        selector: { matchLabels: { app: 1 } },
        template: {
          metadata: { labels: { app: 'web' } },
          spec: { containers: [{ name: 'a', image: 'a', ports: {} }] },
        },
      },
    }
    expect(issuesOf(json).map(({ code, path }) => `${code} ${formatPath(path)}`)).toEqual([
      'WT102 spec.selector.matchLabels.app',
      'WT102 spec.template.spec.containers[0].ports',
      'WT101 spec.replica',
      'WT109 metadata.name',
      'WT116 spec.minReadySeconds',
    ])
  })

  it.each([
    ['replica', 'replicas'],
    ['Replicas', 'replicas'],
    ['minreadyseconds', 'minReadySeconds'],
    ['tempalte', 'template'],
  ])('asks whether %s was meant to be %s', (field, meant) => {
    expect(issuesOf(controller({ [field]: 1 })).find(({ code }) => code === 'WT101')?.hint).toBe(
      `did you mean \`${meant}\`?`,
    )
  })

  it('offers nothing for a word that is like no other', () => {
    expect(issuesOf(controller({ zzz: 1 }))[0]).not.toHaveProperty('hint')
  })

  it('says how to write a number where text is needed, and the other way round', () => {
    expect(issuesOf(pod({}, { name: 'web', labels: { v: 1 } }))[0]?.hint).toBe('quote it: `"1"`')
    expect(issuesOf(controller({ replicas: '3' }))[0]?.hint).toBe('remove the quotes: `3`')
  })
})

describe('decodeDocument', () => {
  it('finds nothing in an empty document', () => {
    expect(decodeDocument(null)).toEqual({ objects: [], issues: [] })
  })

  it('opens lists, also of lists, and says where in them something is wrong', () => {
    const document = {
      apiVersion: 'v1',
      kind: 'List',
      metadata: { resourceVersion: '' },
      items: [
        pod({}),
        controller({ replicas: -1 }),
        { apiVersion: 'v1', kind: 'List', items: [pod({}, { name: 'deep' })] },
      ],
    }
    const { objects, issues } = decodeDocument(document)
    expect(objects.map(({ object, path }) => `${formatPath(path)} ${object.metadata.name}`)).toEqual([
      'items[0] web',
      'items[2].items[0] deep',
    ])
    expect(issues.map(({ message, path }) => [formatPath(path), message])).toEqual([
      ['items[1].spec.replicas', 'items[1].spec.replicas: Invalid value: -1: must be greater than or equal to 0'],
    ])
  })

  it('gives the items of a typed list their kind', () => {
    const { apiVersion: _version, kind: _kind, ...item } = pod({})
    const { objects } = decodeDocument({ apiVersion: 'v1', kind: 'PodList', items: [item] })
    expect(objects.map(({ object }) => object.kind)).toEqual(['Pod'])
  })

  it('warns of a kind that Kubernetes does not have, and keeps the object', () => {
    const { objects, issues } = decodeDocument({ ...workload('Deploymnet') })
    expect(objects).toHaveLength(1)
    expect(issues).toMatchObject([{ code: 'WT123', severity: 'warning', hint: 'did you mean `Deployment`?' }])
  })
})

it('is an io-ts codec as well', async () => {
  const { PodSpec } = await import('./core/pod-spec.ts')
  expect(isRight(PodSpec.decode({ containers: [container()] }))).toBe(true)
  const refused = PodSpec.decode({ containers: [container({ image: 5 })] })
  expect(isLeft(refused) && refused.left[0]!.context.map(({ key }) => key)).toEqual(['', 'containers', '0', 'image'])
  expect(PodSpec.is({ containers: [] })).toBe(false)
})
