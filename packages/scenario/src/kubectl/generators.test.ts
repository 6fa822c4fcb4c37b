import { isLeft, left } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { parseKubectlCommand } from './parse-command.ts'

const read = (line: string) => parseKubectlCommand(line, { objectsOf: () => left({ code: 'WT004', message: 'no' }) })

const manifestsOf = (line: string): unknown => {
  const command = read(line)
  if (isLeft(command)) throw new Error(command.left.map(({ message }) => message).join('; '))
  return 'manifests' in command.right ? command.right.manifests : undefined
}

const web = { name: 'web', namespace: 'default' }

describe('a manifest from flags', () => {
  it.each<[string, unknown]>([
    ['create namespace shop', [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } }]],
    ['create ns shop', [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } }]],
    [
      'create deployment web --image=example.com/shop/web:1.2 --replicas=3 --port=8080',
      [
        {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          metadata: { ...web, labels: { app: 'web' } },
          spec: {
            replicas: 3,
            selector: { matchLabels: { app: 'web' } },
            template: {
              metadata: { labels: { app: 'web' } },
              spec: {
                containers: [{ name: 'web', image: 'example.com/shop/web:1.2', ports: [{ containerPort: 8080 }] }],
              },
            },
          },
        },
      ],
    ],
    [
      'create cronjob nightly -n shop --image=busybox --schedule="0 3 * * *" -- date -u',
      [
        {
          apiVersion: 'batch/v1',
          kind: 'CronJob',
          metadata: { name: 'nightly', namespace: 'shop' },
          spec: {
            schedule: '0 3 * * *',
            jobTemplate: {
              metadata: { name: 'nightly' },
              spec: {
                template: {
                  spec: {
                    containers: [{ name: 'nightly', image: 'busybox', command: ['date', '-u'] }],
                    restartPolicy: 'OnFailure',
                  },
                },
              },
            },
          },
        },
      ],
    ],
    [
      'create quota small --hard=cpu=1,memory=1Gi,pods=2 --scopes=NotTerminating,NotBestEffort',
      [
        {
          apiVersion: 'v1',
          kind: 'ResourceQuota',
          metadata: { name: 'small', namespace: 'default' },
          spec: { hard: { cpu: '1', memory: '1Gi', pods: '2' }, scopes: ['NotTerminating', 'NotBestEffort'] },
        },
      ],
    ],
    [
      'create pdb web --selector=app=web,tier!=test --min-available=50%',
      [
        {
          apiVersion: 'policy/v1',
          kind: 'PodDisruptionBudget',
          metadata: web,
          spec: {
            minAvailable: '50%',
            selector: {
              matchLabels: { app: 'web' },
              matchExpressions: [{ key: 'tier', operator: 'NotIn', values: ['test'] }],
            },
          },
        },
      ],
    ],
    [
      'create priorityclass high --value=1000 --description="Pays the bills" --preemption-policy=Never',
      [
        {
          apiVersion: 'scheduling.k8s.io/v1',
          kind: 'PriorityClass',
          metadata: { name: 'high' },
          value: 1000,
          globalDefault: false,
          description: 'Pays the bills',
          preemptionPolicy: 'Never',
        },
      ],
    ],
    [
      'create configmap web --from-literal=a=1 --from-literal=b=2=3',
      [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: web, data: { a: '1', b: '2=3' } }],
    ],
    ['create sa web', [{ apiVersion: 'v1', kind: 'ServiceAccount', metadata: web }]],
    [
      'create service clusterip web --tcp=80:8080 --tcp=443',
      [
        {
          apiVersion: 'v1',
          kind: 'Service',
          metadata: { ...web, labels: { app: 'web' } },
          spec: {
            type: 'ClusterIP',
            selector: { app: 'web' },
            ports: [
              { name: '80-8080', port: 80, protocol: 'TCP', targetPort: 8080 },
              { name: '443', port: 443, protocol: 'TCP', targetPort: 443 },
            ],
          },
        },
      ],
    ],
    [
      'create svc clusterip web --clusterip=None',
      [
        {
          apiVersion: 'v1',
          kind: 'Service',
          metadata: { ...web, labels: { app: 'web' } },
          spec: { type: 'ClusterIP', selector: { app: 'web' }, clusterIP: 'None' },
        },
      ],
    ],
    [
      'create service nodeport web --tcp=80:http --node-port=30080',
      [
        {
          apiVersion: 'v1',
          kind: 'Service',
          metadata: { ...web, labels: { app: 'web' } },
          spec: {
            type: 'NodePort',
            selector: { app: 'web' },
            ports: [{ name: '80-http', port: 80, protocol: 'TCP', targetPort: 'http', nodePort: 30080 }],
          },
        },
      ],
    ],
    [
      'run web --image=nginx --env=A=1 --env=B=x=y --port=80 --restart=Never --labels=app=web -- -g "daemon off;"',
      [
        {
          apiVersion: 'v1',
          kind: 'Pod',
          metadata: { ...web, labels: { app: 'web' } },
          spec: {
            containers: [
              {
                name: 'web',
                image: 'nginx',
                env: [
                  { name: 'A', value: '1' },
                  { name: 'B', value: 'x=y' },
                ],
                ports: [{ containerPort: 80 }],
                args: ['-g', 'daemon off;'],
              },
            ],
            dnsPolicy: 'ClusterFirst',
            restartPolicy: 'Never',
          },
        },
      ],
    ],
    [
      'run web --image=busybox --command -- sleep 3600',
      [
        {
          apiVersion: 'v1',
          kind: 'Pod',
          metadata: { ...web, labels: { run: 'web' } },
          spec: {
            containers: [{ name: 'web', image: 'busybox', command: ['sleep', '3600'] }],
            dnsPolicy: 'ClusterFirst',
            restartPolicy: 'Always',
          },
        },
      ],
    ],
  ])('%s', (line, manifests) => {
    expect(manifestsOf(line)).toEqual(manifests)
  })

  it('exposes the pod that it runs, and prints the Service first', () => {
    expect(manifestsOf('run web --image=nginx --port=80 --expose')).toMatchObject([
      { kind: 'Service', spec: { selector: { run: 'web' }, ports: [{ port: 80, targetPort: 80 }] } },
      { kind: 'Pod' },
    ])
  })

  it('has a container for each image, with a name that is allowed', () => {
    const names = (line: string): readonly string[] => {
      const [deployment] = manifestsOf(line) as [
        {
          readonly spec: { readonly template: { readonly spec: { readonly containers: { readonly name: string }[] } } }
        },
      ]
      return deployment.spec.template.spec.containers.map(({ name }) => name)
    }
    expect(names('create deploy web --image=a/nginx@sha256:1 --image=redis:7')).toEqual(['nginx', 'redis'])
    expect(names('create deploy web --image=my_app.server')).toEqual([expect.stringMatching(/^my-app-server-\w{5}$/)])
  })

  it('remembers what it made with --save-config', () => {
    const [manifest] = manifestsOf('create sa web --save-config') as [{ metadata: { annotations: object } }]
    expect(manifest.metadata.annotations).toEqual({
      'kubectl.kubernetes.io/last-applied-configuration': expect.stringContaining('"kind":"ServiceAccount"'),
    })
  })

  it.each<[line: string, offset: number, message: string]>([
    ['create deployment web', 21, 'required flag(s) "image" not set'],
    ['create deployment --image=a', 27, 'exactly one NAME is required, got 0'],
    ['create deployment a b --image=a', 20, 'exactly one NAME is required, got 2'],
    ['create deployment a --image=a --image=b -- sh', 38, 'cannot specify multiple --image options and command'],
    ['create deployment A --image=a', 18, 'a lowercase RFC 1123 subdomain'],
    ['create deployment a --image=a --replicas=-1', 41, '--replicas must be 0 or more'],
    ['create cronjob a --image=a', 26, 'required flag(s) "schedule" not set'],
    ['create cronjob a --image=a --schedule="61 * * * *"', 15, 'spec.schedule'],
    ['create quota q --hard=cpu', 22, 'expected <resource>=<value>'],
    ['create pdb a --min-available=1', 30, 'required flag(s) "selector" not set'],
    ['create pdb a --selector=a=b', 27, 'one of min-available or max-unavailable must be specified'],
    ['create pdb a --selector=a=b --min-available=1 --max-unavailable=1', 64, 'cannot be both specified'],
    ['create pdb a --selector=a=b --min-available=1Gb', 44, 'invalid format specified for min-available'],
    ['create service clusterip a', 26, 'at least one tcp port specifier must be provided'],
    ['create service clusterip a --tcp=x:80', 33, '"x:80" is not a port'],
    ['create service', 7, 'kubectl create service cannot be simulated'],
    ['create ingress a', 7, 'kubectl create ingress cannot be simulated'],
    ['create configmap a --from-literal=b', 34, 'invalid --from-literal: b'],
    ['run --image=a', 13, 'NAME is required for run'],
    ['run a', 5, '--image is required'],
    ['run a --image=b --rm', 16, '--rm cannot be simulated'],
    ['run a --image=b --expose', 16, '--port must be set when exposing a service'],
    ['run a --image=b --restart=Sometimes', 26, 'invalid value "Sometimes" for --restart'],
    ['run a --image=b --dry-run=client', 16, '--dry-run cannot be simulated'],
    ['set env deploy/web --from=configmap/x', 19, '--from cannot be simulated'],
    ['set env deploy/web --list', 19, '--list cannot be simulated'],
    ['set selector deploy web a=b', 13, 'only supported for Services'],
    ['set selector svc web', 20, 'one selector is required'],
    ['scale deploy web --replicas=1 --timeout=1m', 30, '--timeout cannot be simulated'],
    ['apply -f a.yaml --server-side', 16, '--server-side cannot be simulated'],
    ['edit deployment web', 0, 'kubectl edit cannot be simulated'],
    ['exec web -- date', 0, 'kubectl exec cannot be simulated'],
  ])('is refused: %s', (line, offset, message) => {
    const result = read(line)
    const problems = isLeft(result) ? result.left : []
    expect(
      problems
        .filter((problem) => problem.offset === offset)
        .map((problem) => problem.message)
        .join('; '),
    ).toContain(message)
    expect(problems).not.toEqual([])
  })

  it('says what to write in place of an editor', () => {
    const result = read('edit deployment web')
    expect(isLeft(result) && result.left[0]?.hint).toContain('`patch deployment web -p')
  })
})
