import {
  ContainerExited,
  ContainerStarted,
  ContainerStopping,
  PodStatusReported,
  ProbeAnswered,
  ProbeFailed,
  ProbeSucceeded,
} from '@wavetank/cluster'
import { foldKubeEvents } from '@wavetank/report'
import { describe, expect, it } from 'vitest'
import { createSimulation } from 'wavetank'
import { readScenario } from '../properties/random-scenario.ts'
import { NO_LATENCIES, pod, smallRun } from './small-run.ts'

/** Probes. Source: pkg/kubelet/prober/worker.go, prober.go, prober_manager.go; semantics 3 and 10.6. */

type Probes = Readonly<Record<string, object>>
const http = (more: object = {}) => ({ httpGet: { port: 8080 }, ...more })
const probed = (probes: Probes, spec: object = {}) =>
  pod('a', { containers: [{ name: 'main', image: 'example/a:1', ...probes }], ...spec })

/** The image is pulled in a second: workers begin at 0 s, the container at 1 s, and it is seen half a second later. */
const run = (probes: Probes, behavior: object, more: object = {}) =>
  smallRun({ manifests: [probed(probes)], behaviors: [behavior], ...more })

const seconds = (entries: readonly { readonly at: number }[]): readonly number[] =>
  entries.map(({ at }) => Math.floor(at / 1_000))

/** When readiness changed in the API, and to what. */
const readiness = (result: ReturnType<typeof run>): readonly (readonly [number, boolean])[] => {
  let last = false
  return result.of(PodStatusReported).flatMap(({ at, event }) => {
    if (event.ready === last) return []
    last = event.ready
    return [[Math.floor(at / 1_000), event.ready] as const]
  })
}

describe('liveness: doProbe, computePodActions', () => {
  it('three failures in a row, at ticks that count from the start of the worker, kill the container', () => {
    // The time line of semantics 10.6: the fault at 24 s, probes at 30, 40 and 50 s.
    const result = run({ livenessProbe: http() }, { probes: { liveness: { failAfter: '23s' } } }, { duration: '55s' })
    expect(seconds(result.of(ProbeFailed))).toEqual([50])
    expect(seconds(result.of(ContainerStopping))).toEqual([50])
  })

  it.each([
    ['periodSeconds 5', { periodSeconds: 5 }, 35],
    ['failureThreshold 1', { failureThreshold: 1 }, 30],
    ['failureThreshold 5', { failureThreshold: 5 }, 70],
    ['initialDelaySeconds 45', { initialDelaySeconds: 45 }, 70],
  ])('with %s', (_, more, expected) => {
    const result = run({ livenessProbe: http(more) }, { probes: { liveness: { failAfter: '23s' } } })
    expect(seconds(result.of(ProbeFailed))[0]).toBe(expected)
  })

  it('an answer that never comes counts when its time is over, timeoutSeconds later', () => {
    const behavior = { probes: { liveness: { answers: [{ after: '23s', status: 'timeout' }] } } }
    expect(seconds(run({ livenessProbe: http() }, behavior).of(ProbeFailed))[0]).toBe(51)
    expect(seconds(run({ livenessProbe: http({ timeoutSeconds: 4 }) }, behavior).of(ProbeFailed))[0]).toBe(54)
  })

  it('a success in between begins the count anew', () => {
    const answers = [
      { fromRequest: 2, status: 500 },
      { fromRequest: 4, status: 200 },
      { fromRequest: 5, status: 500 },
    ]
    // Requests at 10, 20, …: 20 and 30 fail, 40 succeeds, 50, 60 and 70 fail.
    expect(seconds(run({ livenessProbe: http() }, { probes: { liveness: { answers } } }).of(ProbeFailed))[0]).toBe(70)
  })

  it.each([
    [199, false],
    [200, true],
    [302, true],
    [399, true],
    [400, false],
    [503, false],
  ])('an HTTP status of %d is success: %s', (status, isSuccess) => {
    const result = run({ livenessProbe: http() }, { probes: { liveness: { answers: [{ after: '0s', status }] } } })
    expect(result.of(ProbeFailed).length === 0).toBe(isSuccess)
  })

  it('failures are counted on by the worker when the container crashes between them', () => {
    // Two failures, at 10 and 20 s, then the process ends by itself; the first of the next instance is the third.
    const behavior = {
      run: { for: '24s', exitCode: 1 },
      probes: { liveness: { answers: [{ after: '0s', status: 500 }] } },
    }
    const result = run({ livenessProbe: http() }, behavior, { duration: '35s' })
    expect(seconds(result.of(ProbeFailed))).toEqual([30])
  })

  it('the grace period of the probe counts before that of the pod', () => {
    const stubborn = { onSigterm: 'ignore', probes: { liveness: { failAfter: '0s' } } }
    const grace = (probe: object, spec: object) =>
      smallRun({ manifests: [probed({ livenessProbe: http(probe) }, spec)], behaviors: [stubborn] })
    const stopped = (result: ReturnType<typeof run>) => {
      const [stopping] = seconds(result.of(ContainerStopping))
      const [exited] = result.of(ContainerExited)
      return [Math.floor(exited!.at / 1_000) - stopping!, exited!.event.exitCode]
    }
    expect(stopped(grace({}, {}))).toEqual([30, 137])
    expect(stopped(grace({}, { terminationGracePeriodSeconds: 12 }))).toEqual([12, 137])
    expect(stopped(grace({ terminationGracePeriodSeconds: 5 }, { terminationGracePeriodSeconds: 12 }))).toEqual([
      5, 137,
    ])
  })

  it('kills and does not restart under Never', () => {
    const result = smallRun({
      manifests: [probed({ livenessProbe: http() }, { restartPolicy: 'Never' })],
      behaviors: [{ probes: { liveness: { failAfter: '5s' } } }],
    })
    expect(result.of(ContainerStarted)).toHaveLength(1)
    expect(result.view.pods.get('default/a')?.phase).toBe('Failed')
  })
})

describe('readiness: UpdatePodStatus, SetContainerReadiness', () => {
  it('is asked as soon as the container is seen to run, then every period from there', () => {
    const result = run({ readinessProbe: http() }, { probes: { readiness: { succeedAfter: '15s' } } })
    // Seen at 1.5 s; asked then, at 11.5 s and at 21.5 s.
    expect(readiness(result)).toEqual([[21, true]])
  })

  it('without a probe a container is ready when it is seen to run', () => {
    expect(readiness(run({}, {}))).toEqual([[1, true]])
  })

  it('goes after failureThreshold failures and comes after successThreshold successes; nobody is restarted', () => {
    const answers = [
      { after: '0s', status: 200 },
      { after: '60s', status: 500 },
      { after: '120s', status: 200 },
    ]
    const probe = http({ failureThreshold: 2, successThreshold: 3 })
    const result = run({ readinessProbe: probe }, { probes: { readiness: { answers } } })
    // Three successes at 1.5, 11.5 and 21.5 s; failures at 61.5 and 71.5 s; successes at 121.5, 131.5 and 141.5 s.
    expect(readiness(result)).toEqual([
      [21, true],
      [71, false],
      [141, true],
    ])
    expect(result.of(ContainerStarted)).toHaveLength(1)
  })

  it('is asked to the end, while the process is being stopped', () => {
    const result = run(
      { readinessProbe: http({ failureThreshold: 1 }) },
      { onSigterm: 'ignore', probes: { readiness: { failAfter: '70s' } } },
      { timeline: [{ at: '60s', kubectl: 'delete pod a' }] },
    )
    expect(readiness(result).slice(0, 2)).toEqual([
      [1, true],
      [71, false],
    ])
  })
})

describe('startup: doProbe, isContainerStarted', () => {
  it('the others wait for it', () => {
    const probes = { startupProbe: http({ failureThreshold: 10 }), livenessProbe: http(), readinessProbe: http() }
    const result = run(probes, { startup: '47s' })
    expect(seconds(result.of(ProbeSucceeded)).slice(0, 1)).toEqual([50])
    expect(
      result.of(ProbeAnswered).filter(({ event }) => event.probe === 'startup' && event.answer === '200'),
    ).toHaveLength(1)
    expect(readiness(result)).toEqual([[50, true]])
    expect(result.of(ContainerStarted)).toHaveLength(1)
  })

  it('kills after failureThreshold failures', () => {
    const result = run({ startupProbe: http({ failureThreshold: 4 }) }, { startup: '47s' }, { duration: '45s' })
    expect(result.of(ProbeFailed).map(({ at, event }) => [Math.floor(at / 1_000), event.probe])).toEqual([
      [40, 'startup'],
    ])
    expect(result.of(ContainerStopping).map(({ event }) => event.reason)).toEqual(['Startup'])
  })
})

describe('what is answered', () => {
  it('by the number of the request, of each instance anew', () => {
    const behavior = {
      onSigterm: 'ignore',
      probes: { liveness: { answers: [{ fromRequest: 6, status: 500 }] } },
    }
    const result = run({ livenessProbe: http() }, behavior, { duration: '5m' })
    // Good answers from 10 to 50 s, bad ones at 60, 70 and 80 s, half a minute until SIGKILL; the next instance is asked
    // as soon as it has started.
    expect(seconds(result.of(ContainerStopping))).toEqual([80, 180, 280])
    expect(seconds(result.of(ContainerExited))).toEqual([110, 210])
    expect(result.of(ContainerExited).map(({ event }) => event.exitCode)).toEqual([137, 137])
  })

  it('while what is needed is down', () => {
    const result = run(
      { readinessProbe: http({ failureThreshold: 1 }) },
      { probes: { readiness: { needs: [{ dependency: 'database' }] } } },
      {
        dependencies: [{ name: 'database', up: false }],
        timeline: [
          { at: '30s', up: { dependency: 'database' } },
          { at: '60s', down: { dependency: 'database' } },
        ],
      },
    )
    // Asked every 10 s from 1.5 s on; nothing comes back for the second that the probe waits.
    expect(readiness(result)).toEqual([
      [31, true],
      [62, false],
    ])
  })

  it('by chance, as often as said', () => {
    const result = run(
      { readinessProbe: http({ periodSeconds: 1, failureThreshold: 1 }) },
      { probes: { readiness: { chance: { probability: 0.1 } } } },
      { duration: '5h', fidelity: 'every-tick' },
    )
    const answers = result.of(ProbeAnswered).map(({ event }) => event.answer)
    const share = answers.filter((answer) => answer === '500').length / answers.length
    expect(answers.length).toBeGreaterThan(17_000)
    // Four standard deviations of a share of 0.1 among 18,000.
    expect(Math.abs(share - 0.1)).toBeLessThan(0.009)
  })
})

describe('what the Event says: pkg/probe/{http,tcp,exec,grpc}', () => {
  const said = (handler: object, status: number | string, output?: string): string => {
    const fold = foldKubeEvents()
    const simulation = createSimulation(
      readScenario({
        apiVersion: 'wavetank.dev/v1alpha1',
        kind: 'Scenario',
        metadata: { name: 'small' },
        duration: '15s',
        nodes: [{ name: 'n', count: 1, capacity: { cpu: '8', memory: '16Gi' } }],
        latencies: NO_LATENCIES,
        manifests: [probed({ livenessProbe: handler, ports: [{ name: 'web', containerPort: 8080 }] as never })],
        behaviors: [
          { probes: { liveness: { answers: [{ after: '0s', status, ...(output === undefined ? {} : { output }) }] } } },
        ],
      }),
      { onEntry: fold.apply },
    )
    while (simulation.advance(100_000) === undefined);
    return fold.events(15_000).find(({ reason }) => reason === 'Unhealthy')!.message
  }

  it.each([
    [{ httpGet: { port: 8080 } }, 500, 'HTTP probe failed with statuscode: 500'],
    [
      { httpGet: { port: 8080, path: '/health' } },
      'refused',
      'Get "http://10.244.0.2:8080/health": dial tcp 10.244.0.2:8080: connect: connection refused',
    ],
    [
      { httpGet: { port: 'web', scheme: 'HTTPS' } },
      'timeout',
      'Get "https://10.244.0.2:8080/": context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
    ],
    [{ tcpSocket: { port: 'web' } }, 'refused', 'dial tcp 10.244.0.2:8080: connect: connection refused'],
    [{ tcpSocket: { port: 80 } }, 'timeout', 'dial tcp 10.244.0.2:80: i/o timeout'],
    [{ exec: { command: ['cat', '/tmp/ok'] } }, 'timeout', 'command timed out: "cat /tmp/ok" timed out after 1s'],
    [{ grpc: { port: 9000 } }, 503, 'service unhealthy (responded with "NOT_SERVING")'],
    [
      { grpc: { port: 9000 }, timeoutSeconds: 2 },
      'timeout',
      'timeout: failed to connect service "10.244.0.2:9000" within 2s: context deadline exceeded',
    ],
  ])('%j answered %s', (handler, status, text) => {
    expect(said(handler, status)).toBe(`Liveness probe failed: ${text}`)
  })

  it('what the command printed', () => {
    const text = "cat: can't open '/tmp/ok': No such file or directory"
    expect(said({ exec: { command: ['cat', '/tmp/ok'] } }, 500, text)).toBe(`Liveness probe failed: ${text}`)
  })
})
