/** A scenario in which every controller has something to do. */

const template = (app: string, spec: object = {}): object => ({
  metadata: { labels: { app } },
  spec: {
    containers: [{ name: 'main', image: 'example/a:1', resources: { requests: { cpu: '100m', memory: '64Mi' } } }],
    ...spec,
  },
})
const workload = (kind: string, name: string, spec: object = {}): object => ({
  apiVersion: 'apps/v1',
  kind,
  metadata: { name },
  spec: { selector: { matchLabels: { app: name } }, template: template(name), ...spec },
})

const budget = (app: string, spec: object): object => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name: app },
  spec: { selector: { matchLabels: { app } }, ...spec },
})

export const everyKind = {
  apiVersion: 'wavetank.dev/v1alpha1',
  kind: 'Scenario',
  metadata: { name: 'every-kind' },
  duration: '20m',
  nodes: [
    {
      name: 'n',
      count: 4,
      zones: ['a', 'b'],
      capacity: { cpu: '2', memory: '4Gi' },
      staticPods: [
        {
          apiVersion: 'v1',
          kind: 'Pod',
          metadata: { name: 'proxy', namespace: 'kube-system' },
          spec: { containers: [{ name: 'main', image: 'example/a:1' }] },
        },
      ],
    },
  ],
  flags: {
    'kube-controller-manager': { 'terminated-pod-gc-threshold': 2 },
    kubelet: { shutdownGracePeriod: '30s', shutdownGracePeriodCriticalPods: '10s' },
  },
  dependencies: [{ name: 'database' }],
  behaviors: [
    {
      match: { labels: 'app=deployment' },
      cpu: {
        shared: {
          steps: [
            { at: '0s', value: '50m' },
            { at: '2m', value: '250m' },
            { at: '6m', value: '20m' },
          ],
        },
      },
    },
    { match: { labels: 'app=set' }, disk: { leak: { rise: '100Mi', every: '1s' } }, logs: '1Gi', processes: '100' },
    { match: { labels: 'app=rc' }, memory: { leak: { rise: '10Mi', every: '1s' } }, inodes: '1000' },
    { match: { labels: 'app=batch' }, run: { for: '20s', exitCode: 0 } },
    { match: { labels: 'app=flaky' }, run: { for: '5s', exitCode: 1 } },
    { match: { image: 'example/broken:*' }, startError: {} },
  ],
  manifests: [
    {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'quota' },
      spec: { hard: { pods: '60', 'requests.cpu': '100', 'count/jobs.batch': '40' } },
    },
    {
      apiVersion: 'v1',
      kind: 'LimitRange',
      metadata: { name: 'limits' },
      spec: { limits: [{ type: 'Container', defaultRequest: { cpu: '50m' } }] },
    },
    workload('ReplicaSet', 'set', { replicas: 3 }),
    workload('Deployment', 'deployment', { replicas: 3 }),
    {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'deployment' },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'deployment' },
        maxReplicas: 6,
        metrics: [
          { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } },
        ],
      },
    },
    workload('DaemonSet', 'agent'),
    workload('StatefulSet', 'db', {
      replicas: 2,
      serviceName: 'db',
      volumeClaimTemplates: [
        {
          metadata: { name: 'data' },
          spec: {
            accessModes: ['ReadWriteOnce'],
            storageClassName: 'fast',
            resources: { requests: { storage: '1Gi' } },
          },
        },
      ],
    }),
    {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: { name: 'fast' },
      provisioner: 'example.com/disk',
    },
    workload('ReplicaSet', 'flaky', { replicas: 2 }),
    {
      apiVersion: 'v1',
      kind: 'ReplicationController',
      metadata: { name: 'rc' },
      spec: { replicas: 2, selector: { app: 'rc' }, template: template('rc') },
    },
    {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'batch' },
      spec: {
        completions: 4,
        parallelism: 2,
        ttlSecondsAfterFinished: 60,
        template: template('batch', { restartPolicy: 'Never' }),
      },
    },
    {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: { name: 'tick' },
      spec: {
        schedule: '*/2 * * * *',
        jobTemplate: { spec: { template: template('batch', { restartPolicy: 'Never' }) } },
      },
    },
    budget('deployment', { minAvailable: '100%' }),
    budget('set', { maxUnavailable: 1 }),
    budget('batch', { maxUnavailable: 1 }),
    budget('rc', { minAvailable: 1 }),
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'set' },
      spec: { selector: { app: 'set' }, ports: [{ port: 80 }] },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'db' },
      spec: { clusterIP: 'None', selector: { app: 'db' } },
    },
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } },
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'bare', namespace: 'shop' },
      spec: {
        containers: [{ name: 'main', image: 'example/a:1' }],
        volumes: [
          {
            name: 'scratch',
            ephemeral: {
              volumeClaimTemplate: {
                spec: {
                  accessModes: ['ReadWriteOnce'],
                  storageClassName: 'fast',
                  resources: { requests: { storage: '1Gi' } },
                },
              },
            },
          },
        ],
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'mounts' },
      spec: {
        containers: [{ name: 'main', image: 'example/a:1' }],
        volumes: [{ name: 'config', configMap: { name: 'settings', items: [{ key: 'level', path: 'level' }] } }],
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'reads' },
      spec: {
        containers: [
          {
            name: 'main',
            image: 'example/a:1',
            env: [{ name: 'LEVEL', valueFrom: { configMapKeyRef: { name: 'settings', key: 'level' } } }],
          },
        ],
      },
    },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' } },
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'broken' },
      spec: { containers: [{ name: 'main', image: 'example/broken:1' }] },
    },
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'huge' },
      spec: { containers: [{ name: 'main', image: 'example/a:1', resources: { requests: { cpu: '64' } } }] },
    },
  ],
  timeline: [
    { at: '1m', kubectl: 'scale rs set --replicas=6' },
    { at: '65s', kubectl: 'delete pod proxy-n-4 -n kube-system' },
    { at: '70s', fillDisk: { node: 'n-1', by: '60Gi', for: '3m' } },
    { at: '80s', slowDisk: { node: 'n-2', by: 3, for: '1m' } },
    { at: '90s', down: { dependency: 'database' } },
    { at: '100s', up: { dependency: 'database' } },
    { at: '110s', up: { dependency: 'database' } },
    { at: '2m', fail: { node: 'n-1' } },
    { at: '3m', kubectl: 'label pods -l app=rc app=released --overwrite' },
    { at: '4m', kubectl: 'delete rc rc --cascade=foreground' },
    { at: '5m', kubectl: 'delete namespace shop' },
    { at: '6m', kubectl: 'drain n-2 --ignore-daemonsets --force --delete-emptydir-data' },
    { at: '7m', kubectl: 'expose deployment deployment --port=80 --type=NodePort' },
    { at: '8m', kubectl: 'scale rs set --replicas=1' },
    { at: '9m', kubectl: `patch configmap settings -p '{"data":{"level":"1"}}'` },
    { at: '10m', recover: { node: 'n-1' } },
    { at: '10m30s', reboot: { node: 'n-4' } },
    { at: '13m40s', partition: { node: 'n-4', for: '90s' } },
    { at: '16m', stopKubelet: { zone: 'a', for: '90s' } },
    { at: '18m', freeze: { selector: 'topology.kubernetes.io/zone=b', for: '30s' } },
    { at: '17m', reclaim: { node: 'n-4', notice: '30s' } },
    { at: '11m', kubectl: 'uncordon n-2' },
    { at: '12m', kubectl: 'delete node n-3' },
    { at: '13m', kubectl: 'scale statefulset db --replicas=1' },
    { at: '13m30s', kubectl: 'delete pvc data-db-1' },
    { at: '13m40s', kubectl: 'delete service deployment' },
    { at: '14m', kubectl: 'delete deployment deployment --cascade=orphan' },
    { at: '4m30s', slowApiServer: { by: 5, for: '40s' } },
    { at: '8m30s', stopController: { controller: 'kube-controller-manager', for: '20s' } },
    { at: '8m30s', stopController: { controller: 'kube-scheduler', for: '10s' } },
    { at: '12m10s', stopApiServer: { for: '4s' } },
    { at: '15m30s', stopApiServer: { for: '30s' } },
    { at: '10m40s', upgrade: { pool: 'n', takes: '20s', kubeletVersion: 'v1.35.0', drain: { timeout: '20s' } } },
  ],
  failures: [
    {
      name: 'hangs',
      freeze: { zone: 'b' },
      timeToFailure: { exponential: { mean: '4m' } },
      timeToRepair: '20s',
      together: 'topology.kubernetes.io/zone',
    },
  ],
}
