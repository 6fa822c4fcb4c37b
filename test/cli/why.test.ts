import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createFolder } from './folder.ts'

const { wavetank, path, remove, write } = createFolder()
afterAll(remove)

const stories = [
  'node-failure',
  'deployment-stuck-rollout',
  'quota-stuck-rollout',
  'drain-blocked',
  'job-backoff',
  'stateful-set-claims',
  'scheduling-zone-gone',
  'oom-loop',
  'registry-outage',
  'dependency-outage',
  'autoscaler-burst',
]
const scenario = (name: string): string => fileURLToPath(new URL(`../../scenarios/${name}.yaml`, import.meta.url))

const pods = `apiVersion: v1
kind: ReplicationController
metadata: { name: web }
spec:
  replicas: 6
  selector: { app: web }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: "example/web:1" }] }
`
const hopeful = `apiVersion: wavetank.dev/v1alpha1
kind: Scenario
metadata: { name: hopeful }
duration: 10m
manifests: [pods.yaml]
nodes: [{ name: worker, count: 2 }]
timeline: [{ at: 3m, fail: { node: worker-1 } }]
expect:
  - name: six are ready all the time
    always: pods.filter(p, ready(p)).size() >= 6
    after: 1m
`

beforeAll(async () => {
  for (const story of stories)
    expect((await wavetank('run', scenario(story), '-q', '--log', path(`${story}.ndjson`))).code).toBe(0)
}, 60_000)

const of = (story: string) => ({
  why: async (...args: readonly string[]) => wavetank('why', ...args, '--log', path(`${story}.ndjson`)),
  explain: async (...args: readonly string[]) => wavetank('explain', ...args, '--log', path(`${story}.ndjson`)),
})

describe('why', () => {
  it('leads from a fault down to the pod that was made because of it', async () => {
    const { code, out, err } = await of('node-failure').why('pod/hostname-4k')
    expect([code, err]).toEqual([0, ''])
    expect(out).toMatchInlineSnapshot(`
      "pod/hostname-4kbzc at 20m0s: Running on worker-2, Ready
        5m0s        node worker-1 loses power: nothing runs on it any more, and nobody is told (#72)
        5m50s       the control plane has not heard from node worker-1 for too long: it is NotReady (#77)
        5m50s       node worker-1 gets the taint node.kubernetes.io/unreachable:NoExecute (#84)
        5m50s       pod hostname-xg4sf is to leave its node in 5m0s, as long as it tolerates the taint (#86)
        10m50s      pod hostname-xg4sf has tolerated the taint of its node for as long as it may (#99)
        10m50s      pod hostname-xg4sf is being deleted, with 30 s of grace (#101)
        10m50.016s  ReplicationController hostname creates pod hostname-4kbzc (#103)
        10m50.023s  the scheduler puts pod hostname-4kbzc on node worker-2 (#106)
        10m51.014s  container hostname of pod hostname-4kbzc starts (#112)
        10m51.396s  pod hostname-4kbzc is Running and Ready (#114)
      "
    `)
  })
  it('leads from a command down to a pod that finds no node', async () => {
    const { out } = await of('deployment-stuck-rollout').why('pod/cart-6c9d7647cf', '--at', '4m')
    expect(out).toMatchInlineSnapshot(`
      "pod/cart-6c9d7647cf-g6vm4 at 4m0s: Pending, on no node
        1m0s      somebody runs \`kubectl set image deploy/cart cart=shop/cart:2\` (#74)
        1m0s      Deployment cart gets another pod template (#76)
        1m0.023s  ReplicaSet cart-6c9d7647cf is created, for 1 pod (#82)
        1m0.038s  ReplicaSet cart-6c9d7647cf creates pod cart-6c9d7647cf-g6vm4 (#87)
        1m0.045s  the scheduler finds no node for pod cart-6c9d7647cf-g6vm4: 0/3 nodes are available: 3 Insufficient cpu. preemption: 0/3 nodes are available: 3 No preemption victims found for incoming pod. (#90)

      what is in its way then:
        pod cart-6c9d7647cf-g6vm4 is not scheduled: 0/3 nodes are available: 3 Insufficient cpu. preemption: 0/3 nodes are available: 3 No preemption victims found for incoming pod.
        \`wavetank explain pod cart-6c9d7647cf-g6vm4\` says it node by node
      "
    `)
  })
  it('tells of the node that is lost when a pod of another one waits for room', async () => {
    const { out } = await of('scheduling-zone-gone').why('pod/web-76b4d9cc8c-5rkzz', '--at', '9m')
    expect(out).toMatch(/^ {2}\S+ +node c-1 loses power/m)
    expect(out).toContain('1 of 3 nodes are not Ready: c-1\n')
    expect(out).toContain('`wavetank explain pod web-76b4d9cc8c-5rkzz` says it node by node\n')
  })
  it('tells of the registry that was down when an image could not be pulled', async () => {
    const { out } = await of('registry-outage').why('pod/web-b85d8b6cc-jlx87')
    expect(out).toContain('1m0s        image registry registry.example.com does not answer any more (#90)\n')
  })
  it('tells of the dependency that was down when a probe failed', async () => {
    const eager = (await of('dependency-outage').why('pod/eager-c465cdfbf-87kb4')).out
    expect(eager).toContain('5m0s       dependency database does not answer any more (#188)\n')
  })
  it('tells what an autoscaler had in mind when it scaled', async () => {
    const { out } = await of('autoscaler-burst').why('pod/api-6d9d6b6989-xggsq')
    expect(out).toContain(
      'HorizontalPodAutoscaler api asks for 8 pods instead of 4: cpu resource utilization (percentage of request) above target',
    )
  })
  it('tells what repeats itself the first time and the last', async () => {
    const { out } = await of('oom-loop').why('pod/cache')
    expect(out.match(/ends: OOMKilled/g)).toHaveLength(2)
    expect(out).toContain('ends: OOMKilled, exit code 137, for the 8th time (#109)\n')
  })
  it('tells every entry of the chains with --full', async () => {
    const short = (await of('node-failure').why('pod/hostname-4k')).out
    const full = (await of('node-failure').why('pod/hostname-4k', '--full')).out
    const lines = full.split('\n')
    for (const line of short.split('\n')) expect(lines).toContain(line)
    expect(full).toContain('the scenario has it that node worker-1 loses power (#71)\n')
    expect(full).toContain('wake-up: NodeMonitorDue (#76)\n')
  })
  it('gives entries, times and causes as JSON', async () => {
    const { out } = await of('node-failure').why('node/worker-1', '--at', '5m', '--json')
    expect(JSON.parse(out)).toEqual({
      object: { kind: 'Node', key: 'worker-1' },
      at: 300_000,
      isThere: true,
      standing: { summary: 'Ready, 2 pods', reasons: [], objects: [] },
      causes: [
        { seq: 7, at: 0, cause: null, by: 'scenario', kind: 'NodeCreated', sentence: 'node worker-1 is there' },
        expect.objectContaining({ seq: 72, at: 300_000, cause: 71, kind: 'NodeFailed' }),
      ],
    })
  })
  it('knows objects that are gone', async () => {
    const { code, out } = await of('stateful-set-claims').why('sts/statefulset-volume')
    expect(code).toBe(0)
    expect(out).toMatch(/^statefulset\/statefulset-volume at 12m0s: gone\n/)
    expect(out).toContain('somebody runs `kubectl delete statefulset/statefulset-volume`')
    expect(out).toMatch(/StatefulSet statefulset-volume is gone/)
  })
  it('says which names begin with a text that means several, and what to do about one that means none', async () => {
    expect(await of('node-failure').why('pod/hostname')).toEqual({
      code: 2,
      out: '',
      err: 'error: 4 names begin with hostname: pod/hostname-4kbzc, pod/hostname-mh7f5, pod/hostname-xg4sf, pod/hostname-xqww8\n    write more of the name\n',
    })
    expect(await of('node-failure').why('rc/web', '--at', '1m')).toEqual({
      code: 2,
      out: '',
      err: 'error: the log says nothing of rc/web up to 1m0s\n    `wavetank get rc -A` shows what is there; -n names another namespace than default\n',
    })
    expect((await of('node-failure').why('pod')).err).toMatch(/^error: why what\?/)
    expect((await of('node-failure').why('frog/x')).code).toBe(2)
  })
})

describe('why expect/…', () => {
  it('says since when it has been false, due to which objects, and how it came to that', async () => {
    write('pods.yaml', pods)
    write('hopeful.yaml', hopeful)
    expect((await wavetank('run', path('hopeful.yaml'), '-q', '--log', path('hopeful.ndjson'))).code).toBe(1)
    const { code, out, err } = await of('hopeful').why('expect/six')
    expect([code, err]).toEqual([0, ''])
    expect(out).toMatchInlineSnapshot(`
      "expect/six are ready all the time: failed at 3m50s
        expected  always, from 1m0s to 10m0s: pods.filter(p, ready(p)).size() >= 6
        found     \`pods.filter(p, ready(p)).size()\` is 3 (default/web-2z752, default/web-5fhx8, default/web-rhggm), expected >= 6
        false     since 3m50s
        due to    pod/web-k58jg, pod/web-swgzj, pod/web-vq4js

        0s      ReplicationController web is created, for 6 pods (#10)
        14ms    ReplicationController web creates pod web-vq4js (#14)
        14ms    ReplicationController web creates pod web-swgzj (#15)
        14ms    ReplicationController web creates pod web-k58jg (#18)
        31ms    the scheduler puts pod web-vq4js on node worker-1 (#25)
        34ms    the scheduler puts pod web-swgzj on node worker-1 (#27)
        40ms    the scheduler puts pod web-k58jg on node worker-1 (#37)
        2.286s  container web of pod web-swgzj starts (#59)
        2.313s  pod web-swgzj is Running and Ready (#61)
        2.939s  container web of pod web-k58jg starts (#67)
        3.875s  container web of pod web-vq4js starts (#77)
        3.921s  pod web-k58jg is Running and Ready (#79)
        4.383s  pod web-vq4js is Running and Ready (#91)
        3m0s    node worker-1 loses power: nothing runs on it any more, and nobody is told (#96)
        3m50s   the control plane has not heard from node worker-1 for too long: it is NotReady (#98)
        3m50s   pod web-vq4js is marked not Ready, since its node is not (#99)
        3m50s   pod web-swgzj is marked not Ready, since its node is not (#100)
        3m50s   pod web-k58jg is marked not Ready, since its node is not (#101)
        3m50s   node worker-1 gets the taint node.kubernetes.io/unreachable:NoExecute (#106)
        3m50s   pod web-vq4js is to leave its node in 5m0s, as long as it tolerates the taint (#107)
        3m50s   pod web-swgzj is to leave its node in 5m0s, as long as it tolerates the taint (#108)
        3m50s   pod web-k58jg is to leave its node in 5m0s, as long as it tolerates the taint (#109)
        3m50s   the expectation “six are ready all the time” fails: \`pods.filter(p, ready(p)).size()\` is 3 (default/web-2z752, default/web-5fhx8, default/web-rhggm), expected >= 6 (#110)
      "
    `)
  })
  it('tells of one that was met how that came', async () => {
    const { code, out, err } = await of('node-failure').why('expect/the controller')
    expect([code, err]).toEqual([0, ''])
    expect(out).toMatchInlineSnapshot(`
      "expect/the controller replaces its pod elsewhere: met at 10m51.396s
        expected  eventually, from 10m40s to 11m40s: pods.filter(p, p.metadata.name.startsWith("hostname-") && ready(p) && p.spec.nodeName != "worker-1").size() == 3
        found     \`pods.filter(p, p.metadata.name.startsWith("hostname-") && ready(p) && p.spec.nodeName != "worker-1").size()\` is 3 (default/hostname-4kbzc, default/hostname-mh7f5, default/hostname-xqww8)
        true      since 10m51.396s

        5m0s        node worker-1 loses power: nothing runs on it any more, and nobody is told (#72)
        5m50s       the control plane has not heard from node worker-1 for too long: it is NotReady (#77)
        5m50s       node worker-1 gets the taint node.kubernetes.io/unreachable:NoExecute (#84)
        5m50s       pod hostname-xg4sf is to leave its node in 5m0s, as long as it tolerates the taint (#86)
        10m50s      pod hostname-xg4sf has tolerated the taint of its node for as long as it may (#99)
        10m50s      pod hostname-xg4sf is being deleted, with 30 s of grace (#101)
        10m50.016s  ReplicationController hostname creates pod hostname-4kbzc (#103)
        10m50.023s  the scheduler puts pod hostname-4kbzc on node worker-2 (#106)
        10m51.014s  container hostname of pod hostname-4kbzc starts (#112)
        10m51.396s  the expectation “the controller replaces its pod elsewhere” is met: \`pods.filter(p, p.metadata.name.startsWith("hostname-") && ready(p) && p.spec.nodeName != "worker-1").size()\` is 3 (default/hostname-4kbzc, default/hostname-mh7f5, default/hostname-xqww8) (#115)
      "
    `)
  })
  it('asks which one if the name is not enough', async () => {
    const { code, err } = await of('node-failure').why('expect/nobody expects this')
    expect(code).toBe(2)
    expect(err).toContain('    expect/everything runs within a minute\n')
  })
  it('does not take an instant', async () => {
    expect(await of('node-failure').why('expect/0', '--at', '1m')).toMatchObject({ code: 2, out: '' })
  })
})

describe('explain', () => {
  it('says what a rollout waits for: room', async () => {
    expect((await of('deployment-stuck-rollout').explain('deployment/cart', '--at', '5m')).out).toMatchInlineSnapshot(`
      "deployment/cart at 5m0s: 3 wanted, 1 with the current template, 3 available
        ProgressDeadlineExceeded: ReplicaSet "cart-6c9d7647cf" has timed out progressing.
        pod cart-6c9d7647cf-g6vm4 is not scheduled: 0/3 nodes are available: 3 Insufficient cpu. preemption: 0/3 nodes are available: 3 No preemption victims found for incoming pod.

      objects in the way: pod/cart-6c9d7647cf-g6vm4
      "
    `)
  })
  it('says what a rollout waits for: quota', async () => {
    const { out } = await of('quota-stuck-rollout').explain('deploy', 'cart', '-n', 'shop', '--at', '4m')
    expect(out).toMatchInlineSnapshot(`
      "deployment/shop/cart at 4m0s: 3 wanted, 0 with the current template, 3 available
        ProgressDeadlineExceeded: ReplicaSet "cart-5896d88d9b" has timed out progressing.
        FailedCreate: pods "cart-5896d88d9b-m6sgl" is forbidden: exceeded quota: team, requested: pods=1, used: pods=3, limited: pods=3

      objects in the way: resourcequota/shop/team
      "
    `)
  })
  it('says what a drain waits for, and which budget', async () => {
    expect((await of('drain-blocked').explain('node/worker-1', '--at', '4m')).out).toMatchInlineSnapshot(`
      "node/worker-1 at 4m0s: Ready, cordoned, 2 pods
        taint node.kubernetes.io/unschedulable:NoSchedule
        \`kubectl drain worker-1\` waits: pod default/shop-67f79fffc4-h7k2s is not evicted: Cannot evict pod as it would violate the pod's disruption budget. The disruption budget shop needs 4 healthy pods and has 4 currently
        \`kubectl drain worker-1\` waits: pod default/shop-67f79fffc4-mlk82 is not evicted: Cannot evict pod as it would violate the pod's disruption budget. The disruption budget shop needs 4 healthy pods and has 4 currently
        \`kubectl drain worker-1\` waits: PodDisruptionBudget default/shop (minAvailable 100%) allows 0 disruptions: 4 of 4 pods are healthy, 4 have to be

      objects in the way: poddisruptionbudget/shop, pod/shop-67f79fffc4-h7k2s, pod/shop-67f79fffc4-mlk82
      "
    `)
    expect((await of('drain-blocked').explain('pdb/shop', '--at', '4m')).out).toMatchInlineSnapshot(`
      "poddisruptionbudget/shop at 4m0s: 0 may go: 4 of 4 healthy, 4 have to be
        every pod is healthy, and the budget wants all of those to stay
      "
    `)
  })
  it('says at which ordinal a StatefulSet is, and what its claim waits for', async () => {
    expect((await of('stateful-set-claims').explain('sts/statefulset', '--at', '5s')).out).toMatchInlineSnapshot(`
      "statefulset/statefulset-volume at 5s: 3 wanted, 1 there, 1 with the current template, 0 ready
        ordinal 0: pod statefulset-volume-0 is not scheduled: 0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims. preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.; statefulset-volume-1 and those after it wait for that (podManagementPolicy OrderedReady)
        PersistentVolumeClaim default/webserver-files-statefulset-volume-0 is Pending: ebs.csi.aws.com is making its volume
        pod statefulset-volume-0, which uses it, has no node yet

      objects in the way: pod/statefulset-volume-0
      "
    `)
    expect((await of('stateful-set-claims').explain('pvc/webserver', '--at', '5s')).out).toMatchInlineSnapshot(`
      "persistentvolumeclaim/webserver-files-statefulset-volume-0 at 5s: Pending, of class "generic"
        PersistentVolumeClaim default/webserver-files-statefulset-volume-0 is Pending: ebs.csi.aws.com is making its volume
        pod statefulset-volume-0, which uses it, has no node yet

      objects in the way: pod/statefulset-volume-0
      "
    `)
  })
  it('says what a Job waits for, and why it failed', async () => {
    expect((await of('job-backoff').explain('job/pi', '--at', '2m')).out).toMatchInlineSnapshot(`
      "job/pi at 2m0s: 0 of 1 succeeded, 4 failed, 0 active
        the next pod is made in 30s: 4 pods have failed since the last success (backoffLimit 4)
      "
    `)
    expect((await of('job-backoff').explain('job/pi')).out).toMatch(/BackoffLimitExceeded/)
  })
  it('says that nothing is in the way', async () => {
    const { out } = await of('deployment-stuck-rollout').explain('deployment/cart')
    expect(out).toBe(
      'deployment/cart at 10m0s: 3 wanted, 3 with the current template, 3 available\n  nothing is in its way\n',
    )
  })
  it('gives the same as JSON', async () => {
    const { out } = await of('quota-stuck-rollout').explain('deploy/cart', '-n', 'shop', '--at', '4m', '-o', 'json')
    expect(JSON.parse(out)).toMatchObject({ objects: [{ kind: 'ResourceQuota', key: 'shop/team' }] })
  })
  it('says of what it knows nothing', async () => {
    expect(await of('node-failure').explain('service/x')).toMatchObject({ code: 2, out: '' })
    expect((await of('node-failure').explain('deployment')).err).toMatch(/^error: which deployment\?/)
    expect((await of('node-failure').explain('deployment/x')).err).toMatch(/^error: there is no Deployment x at 20m0s/)
    expect((await of('node-failure').explain('rc/hostname', '-o', 'xml')).code).toBe(2)
  })
})
