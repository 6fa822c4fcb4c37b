import {
  ApiServerCameBack,
  controllersOf,
  cronJobEvents,
  horizontalPodAutoscalerEvents,
  jobEvents,
  NodeMarkedUnknown,
  NodeTainted,
  NodeUntainted,
  PodBound,
  PodCreated,
  PodDeleted,
  PodMarkedForDeletion,
  PodStatusReported,
  PodUnschedulable,
  PROCESSES,
  STOPPABLE,
} from '@wavetank/cluster'
import { controllers, KubectlCompleted, LeaderElectionDue, OutageIgnored, ProcessLaunched } from '@wavetank/controllers'
import { ControllersPaused, ControllersResumed, ControllersStarted, ControllersStopped } from '@wavetank/kernel'
import { describe, expect, it } from 'vitest'
import { pod, type SmallRun, smallRun } from './small-run.ts'

/**
 * The control plane with parts of it gone. Sources: client-go tools/leaderelection/leaderelection.go for who leads,
 * tools/cache (reflector.go, shared_informer.go) for what a process that starts sees, and the controllers themselves for
 * what they keep in memory alone.
 */

const seconds = (entries: readonly { readonly at: number }[]): readonly number[] => entries.map(({ at }) => at / 1_000)
const between = <E extends { readonly at: number }>(entries: readonly E[], from: number, until: number): readonly E[] =>
  entries.filter(({ at }) => at > from * 1_000 && at < until * 1_000)

const stop = (controller: string, at: string, span: string) => ({ at, stopController: { controller, for: span } })
/** When the controllers of a process were at work again, in seconds. */
const ledAt = (run: SmallRun): number => seconds(run.of(ControllersStarted))[0]!

const web = (kind: 'ReplicaSet' | 'Deployment', replicas: number, more: object = {}) => ({
  apiVersion: 'apps/v1',
  kind,
  metadata: { name: 'web' },
  spec: {
    replicas,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'main', image: 'example/a:1' }] },
    },
    ...more,
  },
})

describe('every controller of Kubernetes', () => {
  const ours = controllers.filter(
    ({ component, name }) =>
      (component === 'kube-controller-manager' || component === 'kube-scheduler') &&
      !name.endsWith('-election') &&
      name !== 'node-lease',
  )

  it('has a name to stop it by, alone or with its process', () => {
    const inProcesses = Object.values(PROCESSES).flat().sort()
    expect(ours.map(({ name }) => name).sort()).toEqual(inProcesses)
    expect(STOPPABLE.flatMap((name) => (name in PROCESSES ? [] : controllersOf(name)!)).sort()).toEqual(
      [...PROCESSES['kube-controller-manager']!].sort(),
    )
  })

  it('knows what to do when it starts, and starts its memory over', () => {
    for (const { name, on, own } of ours) {
      expect([name, Object.keys(on)]).toEqual([name, expect.arrayContaining(['ControllersStarted'])])
      if (own !== undefined)
        expect([name, Object.keys(own.apply)]).toEqual([name, expect.arrayContaining(['ControllersStarted'])])
    }
  })

  it.each(STOPPABLE)('%s does nothing while it is down', (name) => {
    const run = smallRun({
      manifests: [web('Deployment', 2)],
      timeline: [stop(name, '30s', '60s'), { at: '40s', kubectl: 'scale deployment web --replicas=4' }],
      duration: '3m',
    })
    const down = new Set(controllersOf(name))
    const [back] = run.of(ControllersStarted)
    expect(between(run.entries, 30, back!.at / 1_000).filter(({ by }) => down.has(by))).toEqual([])
    // And whatever it had to do is done in the end.
    expect([...run.view.pods.values()].filter(({ phase }) => phase === 'Running')).toHaveLength(4)
  })
})

describe('leader election: leaderelection.go, tryAcquireOrRenew', () => {
  const restarted = (flags: object = {}, controller = 'kube-scheduler') =>
    smallRun({ timeline: [stop(controller, '1m', '60s')], duration: '6m', flags })

  it.each(['kube-scheduler', 'kube-controller-manager'])(
    '%s waits until the lease has run out since it read it first, then for its next try',
    (process) => {
      const run = restarted({}, process)
      expect(seconds(run.of(ProcessLaunched))).toEqual([120])
      expect(ledAt(run)).toBeGreaterThanOrEqual(135)
      // Two seconds and 1.2 times as much at most from one try to the next.
      expect(ledAt(run)).toBeLessThan(135 + 4.4)
    },
  )

  it.each([
    ['leader-elect-lease-duration', '60s', 180, 184.4],
    ['leader-elect-retry-period', '20s', 140, 164],
  ])('takes --%s=%s', (flag, value, from, until) => {
    const led = ledAt(restarted({ 'kube-scheduler': { [flag]: value } }))
    expect(led).toBeGreaterThanOrEqual(from)
    expect(led).toBeLessThan(until)
  })

  it('is none for one controller, which starts at once', () => {
    const run = restarted({}, 'replicaset-controller')
    expect(seconds(run.of(ControllersStarted))).toEqual([120])
    expect(run.of(LeaderElectionDue)).toEqual([])
  })

  it('is called off when the process is gone again', () => {
    const run = smallRun({
      timeline: [stop('kube-scheduler', '1m', '60s'), { at: '125s', stopController: { controller: 'kube-scheduler' } }],
      duration: '5m',
    })
    expect(run.of(ControllersStarted)).toEqual([])
    expect(run.of(ControllersStopped)).toHaveLength(2)
  })

  it('starts all of a process but what is down for itself', () => {
    const run = smallRun({
      timeline: [
        { at: '30s', stopController: { controller: 'job-controller' } },
        stop('kube-controller-manager', '1m', '60s'),
        { at: '4m', startController: { controller: 'job-controller' } },
      ],
      duration: '5m',
    })
    const [whole, job] = run.of(ControllersStarted)
    expect(whole!.event.controllers).toHaveLength(PROCESSES['kube-controller-manager']!.length - 1)
    expect(job!.event).toMatchObject({ process: 'job-controller', controllers: ['job-controller'] })
  })

  it('brings along a controller that came back while its process was down', () => {
    const run = smallRun({
      timeline: [
        { at: '30s', stopController: { controller: 'job-controller', for: '60s' } },
        stop('kube-controller-manager', '1m', '60s'),
      ],
      duration: '5m',
    })
    const started = run.of(ControllersStarted)
    expect(started).toHaveLength(1)
    expect(started[0]!.event.controllers).toContain('job-controller')
  })

  it.each([
    ['startController', 'kube-scheduler'],
    ['startController', 'job-controller'],
  ])('%s of %s that runs changes nothing', (verb, controller) => {
    const run = smallRun({ timeline: [{ at: '1m', [verb]: { controller } }], duration: '2m' })
    expect(run.of(OutageIgnored)).toHaveLength(1)
  })
})

describe('kube-scheduler', () => {
  it('forgets back-off: what did not fit is tried at once', () => {
    const manifests = [
      pod('huge', { containers: [{ name: 'main', image: 'a', resources: { requests: { cpu: 64 } } }] }),
    ]
    const run = smallRun({ manifests, timeline: [stop('kube-scheduler', '1m', '60s')], duration: '3m' })
    // Once when it came, once when the scheduler has started; nothing has changed in between.
    expect(seconds(run.of(PodUnschedulable))).toEqual([expect.any(Number), expect.closeTo(ledAt(run), 1)])
  })

  it('tries the pods that came meanwhile in the order of their names', () => {
    const timeline = [
      stop('kube-scheduler', '10s', '60s'),
      { at: '20s', kubectl: 'run b --image=example/a:1' },
      { at: '30s', kubectl: 'run a --image=example/a:1' },
    ]
    const run = smallRun({ timeline, duration: '3m' })
    expect(run.of(PodBound).map(({ event }) => event.pod)).toEqual(['default/a', 'default/b'])
  })

  it('knows what runs where: a node that is full stays so', () => {
    const sized = (name: string) =>
      pod(name, { containers: [{ name: 'main', image: 'a', resources: { requests: { cpu: 5 } } }] })
    const run = smallRun({
      manifests: [sized('first')],
      timeline: [stop('kube-scheduler', '10s', '60s'), { at: '20s', kubectl: 'apply -f second.yaml' }],
      files: { 'second.yaml': sized('second') },
      duration: '3m',
    })
    expect(run.of(PodBound).map(({ event }) => event.pod)).toEqual(['default/first'])
    expect(run.of(PodUnschedulable).map(({ event }) => event.message)).toEqual([
      expect.stringContaining('1 Insufficient cpu'),
    ])
  })

  it('evicts again for a pod whose victims it had not come to: preemption.go', () => {
    const sized = (name: string, more: object = {}) => ({
      ...pod(name, { containers: [{ name: 'main', image: 'a', resources: { requests: { cpu: 5 } } }], ...more }),
    })
    const run = smallRun({
      manifests: [
        { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name: 'high' }, value: 1000 },
        sized('low'),
      ],
      timeline: [stop('kube-scheduler', '10s', '60s'), { at: '20s', kubectl: 'apply -f high.yaml' }],
      files: { 'high.yaml': sized('high', { priorityClassName: 'high' }) },
      duration: '4m',
    })
    expect(run.of(PodDeleted).map(({ event }) => event.pod)).toEqual(['default/low'])
    expect(run.view.pods.get('default/high')?.phase).toBe('Running')
  })
})

describe('kube-controller-manager', () => {
  const gone = (from: string, span: string) => stop('kube-controller-manager', from, span)

  it('replaces what was deleted, and deletes what is too much: syncReplicaSet', () => {
    const run = smallRun({
      manifests: [web('ReplicaSet', 3)],
      timeline: [gone('1m', '60s'), { at: '70s', kubectl: 'delete pods -l app=web' }],
      duration: '4m',
    })
    const created = seconds(run.of(PodCreated)).filter((at) => at > 60)
    expect(created).toEqual([1, 1, 1].map(() => expect.closeTo(ledAt(run), 1)))
  })

  it('goes on with a rollout from the objects alone: syncDeployment', () => {
    const run = smallRun({
      manifests: [web('Deployment', 4)],
      timeline: [{ at: '1m', kubectl: 'set image deployment/web main=example/b:2' }, gone('60300ms', '60s')],
      duration: '5m',
    })
    const images = [...run.view.pods.values()].map(({ template }) => template.spec.containers[0]!.image)
    expect(images).toEqual(Array.from({ length: 4 }, () => 'example/b:2'))
  })

  const cron = (spec: object) => ({
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'hello' },
    spec: {
      schedule: '* * * * *',
      jobTemplate: {
        spec: {
          template: { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'busybox' }] } },
        },
      },
      ...spec,
    },
  })
  const quick = [{ run: { for: '5s' } }]
  /** `lastScheduleTime` when it leads again at 8 min and some, runs of minutes 2 to 8 are missed. */
  const caughtUp = (spec: object, more: object = {}) =>
    smallRun({
      manifests: [cron(spec)],
      behaviors: quick,
      timeline: [gone('90s', '400s')],
      duration: '9m',
      start: '2025-01-01T00:00:00Z',
      ...more,
    })
  const jobsAfter = (run: SmallRun, from: number) => run.of(jobEvents.Created).filter(({ at }) => at > from * 1_000)

  it.each([
    ['no deadline', {}, 1],
    ['a deadline that has not passed', { startingDeadlineSeconds: 100 }, 1],
    ['a deadline that has passed', { startingDeadlineSeconds: 20 }, 0],
  ])('makes up for one missed run at most, the latest: %s (mostRecentScheduleTime)', (_, spec, made) => {
    // The latest run that was missed is that of 8:00 for every minute, 25 s or more before the controller leads.
    const run = caughtUp(spec)
    const led = ledAt(run)
    expect(led).toBeGreaterThan(480 + 24)
    const found = jobsAfter(run, 90).filter(({ at }) => at < 9 * 60_000)
    expect(found).toHaveLength(made)
    if (made === 1) expect(found[0]!.event.object).toBe(`default/hello-${Date.parse('2025-01-01T00:08:00Z') / 60_000}`)
  })

  it('says so when more than 100 runs were missed, and starts one: TooManyMissedTimes', () => {
    const run = smallRun({
      manifests: [cron({})],
      behaviors: quick,
      timeline: [gone('90s', '102m')],
      duration: '104m',
    })
    const notes = run.of(cronJobEvents.Noted).map(({ event }) => event.reason)
    expect(notes).toContain('TooManyMissedTimes')
    expect(jobsAfter(run, 90).filter(({ at }) => at < 104 * 60_000)).toHaveLength(1)
  })

  it('forgets how long a Job has to wait after a failure: syncJob', () => {
    const job = {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'fails' },
      spec: {
        backoffLimit: 6,
        template: { spec: { restartPolicy: 'Never', containers: [{ name: 'x', image: 'a' }] } },
      },
    }
    const failing = (timeline: readonly object[]) =>
      smallRun({ manifests: [job], behaviors: [{ run: { for: '1s', exitCode: 1 } }], timeline, duration: '3m' })
    const nextAfter = (run: SmallRun, at: number) => seconds(run.of(PodCreated)).find((made) => made > at)!
    // After the third failure it waits for 40 s.
    expect(nextAfter(failing([]), 40)).toBeGreaterThan(70)
    const run = failing([gone('40s', '1s')])
    expect(nextAfter(run, 40)).toBeLessThan(ledAt(run) + 1)
  })

  it('counts what Jobs have done meanwhile', () => {
    const job = {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'once' },
      spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'x', image: 'a' }] } } },
    }
    const run = smallRun({
      manifests: [job],
      behaviors: [{ run: { for: '40s' } }],
      timeline: [gone('20s', '60s')],
      duration: '3m',
    })
    expect(seconds(run.of(jobEvents.Finished))[0]).toBeGreaterThanOrEqual(ledAt(run))
    expect(run.view.jobs.get('default/once')?.status.succeeded).toBe(1)
  })

  const nodes = (count: number) => [{ name: 'n', count, capacity: { cpu: '8', memory: '16Gi' } }]
  const patient = (tolerationSeconds: number) => ({
    nodeName: 'n-1',
    tolerations: [
      { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute', tolerationSeconds },
    ],
  })

  it('gives a silent node its whole grace period from the start of the controller: tryUpdateNodeHealth', () => {
    const run = smallRun({
      nodes: nodes(3),
      timeline: [gone('1m', '60s'), { at: '70s', fail: { node: 'n-1' } }],
      duration: '6m',
    })
    const [at] = seconds(run.of(NodeMarkedUnknown))
    expect(at).toBeGreaterThanOrEqual(ledAt(run) + 50)
    expect(at).toBeLessThanOrEqual(ledAt(run) + 55)
  })

  it('takes NoExecute taints off nodes that it does not know, and puts them back: markNodeAsReachable', () => {
    const run = smallRun({
      nodes: nodes(3),
      timeline: [{ at: '1m', fail: { node: 'n-1' } }, gone('3m', '60s')],
      duration: '8m',
    })
    const led = ledAt(run)
    const key = 'node.kubernetes.io/unreachable'
    const off = run.of(NodeUntainted).filter(({ event }) => event.key === key && event.effect === 'NoExecute')
    const on = run.of(NodeTainted).filter(({ event }) => event.taint.key === key && event.taint.effect === 'NoExecute')
    expect(seconds(off)).toEqual([led])
    expect(seconds(on)).toHaveLength(2)
    expect(seconds(on)[1]! - led).toBeLessThanOrEqual(0.1)
  })

  it('counts how long a pod tolerates a taint anew: taint_eviction.go, processPodOnNode', () => {
    const run = smallRun({
      nodes: nodes(3),
      manifests: [pod('patient', patient(100))],
      timeline: [{ at: '1m', fail: { node: 'n-1' } }, stop('taint-eviction-controller', '150s', '30s')],
      duration: '8m',
    })
    expect(seconds(run.of(PodMarkedForDeletion))).toEqual([180 + 100])
  })

  it('cordons and uncordons by taint what it has missed: doNoScheduleTaintingPass', () => {
    const run = smallRun({
      nodes: nodes(2),
      timeline: [gone('1m', '60s'), { at: '70s', kubectl: 'cordon n-1' }],
      duration: '4m',
    })
    expect(seconds(run.of(NodeTainted))).toEqual([ledAt(run)])
  })

  it('collects what owners have left behind: attemptToDeleteItem', () => {
    const run = smallRun({
      manifests: [web('Deployment', 2)],
      timeline: [gone('1m', '60s'), { at: '70s', kubectl: 'delete deployment web' }],
      duration: '5m',
    })
    expect(run.view.replicaSets.size).toBe(0)
    expect(run.view.pods.size).toBe(0)
    expect(seconds(run.of(PodDeleted))[0]).toBeGreaterThan(ledAt(run))
  })

  it('deletes the pods of nodes that are gone 40 s after it has noticed: discoverDeletedNodes', () => {
    const run = smallRun({
      nodes: nodes(2),
      manifests: [pod('orphan', { nodeName: 'n-1' })],
      timeline: [gone('1m', '60s'), { at: '62s', fail: { node: 'n-1' } }, { at: '63s', kubectl: 'delete node n-1' }],
      duration: '5m',
    })
    const [at] = seconds(run.of(PodDeleted))
    expect(at).toBeGreaterThanOrEqual(ledAt(run) + 40)
    expect(at).toBeLessThanOrEqual(ledAt(run) + 60)
  })

  it('forgets what the autoscaler has recommended: nothing is stabilized any more (recordInitialRecommendation)', () => {
    const autoscaled = (timeline: readonly object[]) =>
      smallRun({
        manifests: [
          web('Deployment', 1, {
            template: {
              metadata: { labels: { app: 'web' } },
              spec: {
                containers: [{ name: 'main', image: 'a', resources: { requests: { cpu: '100m' } } }],
              },
            },
          }),
          {
            apiVersion: 'autoscaling/v2',
            kind: 'HorizontalPodAutoscaler',
            metadata: { name: 'web' },
            spec: {
              scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
              minReplicas: 1,
              maxReplicas: 4,
              metrics: [
                {
                  type: 'Resource',
                  resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } },
                },
              ],
            },
          },
        ],
        behaviors: [
          {
            match: { labels: 'app=web' },
            cpu: {
              steps: [
                { after: '0s', value: '100m' },
                { after: '3m', value: '10m' },
              ],
            },
          },
        ],
        timeline,
        duration: '16m',
      })
    const downs = (run: SmallRun) =>
      run.of(horizontalPodAutoscalerEvents.Rescaled).filter(({ event }) => event.to < event.from)
    const [undisturbed] = seconds(downs(autoscaled([])))
    const restarted = autoscaled([stop('horizontal-pod-autoscaler-controller', '6m', '60s')])
    const [again] = seconds(downs(restarted))
    // Five minutes of stabilization begin with the restart, at the replicas that there are.
    expect(again).toBeGreaterThan(420 + 300)
    expect(again).toBeGreaterThan(undisturbed!)
  })
})

describe('the API server', () => {
  const down = (at: string, span: string) => ({ at, stopApiServer: { for: span } })

  it.each([
    ['5s', 'is survived', 0, 1],
    ['60s', 'ends the leaders, who wait for the lease when it is back', 1, 0],
  ])('down for %s %s: renew deadline', (span, _, ends, resumes) => {
    const run = smallRun({ timeline: [down('1m', span)], duration: '4m' })
    const of = (process: string, entries: readonly { readonly event: { readonly process: string } }[]) =>
      entries.filter(({ event }) => event.process === process).length
    for (const process of Object.keys(PROCESSES)) {
      expect(of(process, run.of(ControllersPaused))).toBe(1)
      expect(of(process, run.of(ControllersStopped))).toBe(ends)
      expect(of(process, run.of(ControllersStarted))).toBe(ends)
      expect(of(process, run.of(ControllersResumed))).toBe(resumes)
    }
    const [ended] = seconds(run.of(ControllersStopped))
    if (ended !== undefined) {
      // Up to 2 s since the last renewal, then 10 s of trying.
      expect(ended).toBeGreaterThanOrEqual(70)
      expect(ended).toBeLessThan(72)
      expect(ledAt(run)).toBeGreaterThanOrEqual(120 + 15)
    }
  })

  it('is missed by nobody who has nothing to say: no node is NotReady, however long it takes', () => {
    const run = smallRun({
      nodes: [{ name: 'n', count: 3, capacity: { cpu: '8', memory: '16Gi' } }],
      timeline: [down('1m', '5m')],
      duration: '12m',
    })
    expect(run.of(NodeMarkedUnknown)).toEqual([])
    expect(run.of(NodeTainted)).toEqual([])
  })

  it('hears of what has happened on nodes from their next status on, within 10 s', () => {
    const run = smallRun({
      manifests: [pod('ends', { restartPolicy: 'Never' })],
      behaviors: [{ run: { for: '80s' } }],
      timeline: [down('1m', '2m')],
      duration: '5m',
    })
    const [reported] = run.of(PodStatusReported).filter(({ event }) => event.phase === 'Succeeded')
    expect(reported!.at).toBeGreaterThanOrEqual(180_000)
    expect(reported!.at).toBeLessThanOrEqual(190_500)
  })

  it('is not stopped by a node that is cut off as well, and connects it when both are mended', () => {
    const run = smallRun({
      timeline: [{ at: '50s', partition: { node: 'n-1', for: '3m' } }, down('1m', '60s')],
      duration: '6m',
    })
    expect(seconds(run.of(ApiServerCameBack))).toEqual([120])
    expect(run.view.nodes.get('n-1')?.machine).toMatchObject({ isCutOff: false, isConnected: true })
    // The node controller has started at 2 min and some, and gives it 50 s from there.
    expect(seconds(run.of(NodeMarkedUnknown))[0]).toBeGreaterThan(ledAt(run) + 50 - 0.001)
  })

  it('refuses connections of kubectl, which says so and ends with 1', () => {
    const run = smallRun({
      manifests: [web('Deployment', 1)],
      timeline: [
        down('1m', '60s'),
        { at: '70s', kubectl: 'scale deployment web --replicas=2' },
        { at: '80s', kubectl: 'drain n-1 --ignore-daemonsets' },
        { at: '90s', kubectl: 'rollout status deployment web' },
      ],
      duration: '3m',
    })
    expect(run.of(KubectlCompleted).map(({ event: { exitCode, output } }) => [exitCode, output])).toEqual(
      [1, 1, 1].map(() => [
        1,
        ['The connection to the server kubernetes:6443 was refused - did you specify the right host or port?'],
      ]),
    )
    expect(run.view.nodes.get('n-1')?.unschedulable).toBe(false)
  })

  it('breaks off a drain that is under way', () => {
    const run = smallRun({
      manifests: [
        web('ReplicaSet', 2),
        {
          apiVersion: 'policy/v1',
          kind: 'PodDisruptionBudget',
          metadata: { name: 'web' },
          spec: { minAvailable: 2, selector: { matchLabels: { app: 'web' } } },
        },
      ],
      timeline: [{ at: '30s', kubectl: 'drain n-1' }, down('1m', '60s')],
      duration: '3m',
    })
    const { at, event } = run.of(KubectlCompleted)[0]!
    expect(at).toBeLessThanOrEqual(65_000)
    expect(event.exitCode).toBe(1)
    expect(event.output.join('\n')).toContain('connection refused')
  })

  it('slow by 10 makes each step ten times longer, and nothing else', () => {
    const took = (timeline: readonly object[]): number => {
      const run = smallRun({
        latencies: {
          apiWrite: '20ms',
          watch: '10ms',
          controllerSync: '1ms',
          schedulingCycle: '1ms',
          plegRelist: '100ms',
          imagePullOverhead: '1s',
        },
        manifests: [web('ReplicaSet', 0)],
        timeline: [...timeline, { at: '1m', kubectl: 'scale rs web --replicas=1' }],
        duration: '3m',
      })
      return run.of(PodBound)[0]!.at - 60_000
    }
    const usual = took([])
    const slow = took([{ at: '50s', slowApiServer: { by: 10, for: '1m' } }])
    // Watch, sync and write of the ReplicaSet; watch, cycle and binding of the scheduler.
    expect(usual).toBe(10 + 1 + 20 + (10 + 20 + 1))
    expect(slow).toBe(100 + 1 + 200 + (100 + 200 + 1))
    expect(took([{ at: '10s', slowApiServer: { by: 10, for: '30s' } }])).toBe(usual)
  })
})
