import { ContainerStopping, PodStatusReported } from '@wavetank/cluster'
import { decodeScenario, formatIssues } from '@wavetank/scenario'
import { isLeft } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { scenarioOptions } from 'wavetank'
import { pod, smallRun } from './small-run.ts'

/**
 * Every kind of probe by every handler, with each of its parameters alone: when it first changes something. The image is
 * pulled in a second: workers begin at 0 s, the process just after 1 s, and it is seen to run half a second later.
 */

const HANDLERS: Readonly<Record<string, object>> = {
  httpGet: { httpGet: { path: '/healthz', port: 8080 } },
  tcpSocket: { tcpSocket: { port: 8080 } },
  exec: { exec: { command: ['check'] } },
  grpc: { grpc: { port: 9000 } },
}

/** What the process answers, by the time since its start. */
const ANSWERS = {
  'fails from 24 s on': [
    { after: '0s', status: 200 },
    { after: '23s', status: 500 },
  ],
  'is silent from 24 s on': [
    { after: '0s', status: 200 },
    { after: '23s', status: 'timeout' },
  ],
  'serves from 16 s on': [
    { after: '0s', status: 'refused' },
    { after: '15s', status: 200 },
  ],
  'fails from 40 s on': [
    { after: '0s', status: 200 },
    { after: '39s', status: 500 },
  ],
  'is silent from 40 s on': [
    { after: '0s', status: 200 },
    { after: '39s', status: 'timeout' },
  ],
  'never serves': [{ after: '0s', status: 500 }],
  'is silent': [{ after: '0s', status: 'timeout' }],
} as const

type Kind = 'liveness' | 'readiness' | 'startup'
/** The first kill, or the second at which the pod becomes Ready, or ceases to be. */
type Row = readonly [
  kind: Kind,
  what: 'kill' | 'ready' | 'unready',
  answers: keyof typeof ANSWERS,
  parameters: object,
  second: number,
  source: string,
]

const DEFAULTS = 'pkg/apis/core/v1/defaults.go, SetDefaults_Probe: timeout 1, period 10, success 1, failure 3'
const DELAY = 'worker.go, doProbe: time.Since(StartedAt) < InitialDelaySeconds'
const TIMEOUT = 'prober.go, runProbe: timeout'
const PERIOD = 'worker.go, run: time.NewTicker(PeriodSeconds)'
const SUCCESS = 'worker.go, doProbe: resultRun < SuccessThreshold'
const FAILURE = 'worker.go, doProbe: resultRun < FailureThreshold'

const ROWS: readonly Row[] = [
  // Ticks at 10, 20, 30 … from the start of the worker.
  ['liveness', 'kill', 'fails from 24 s on', {}, 50, DEFAULTS],
  ['liveness', 'kill', 'fails from 24 s on', { initialDelaySeconds: 28 }, 50, DELAY],
  ['liveness', 'kill', 'fails from 24 s on', { initialDelaySeconds: 30 }, 60, DELAY],
  ['liveness', 'kill', 'fails from 24 s on', { initialDelaySeconds: 45 }, 70, DELAY],
  ['liveness', 'kill', 'is silent from 24 s on', {}, 51, TIMEOUT],
  ['liveness', 'kill', 'is silent from 24 s on', { timeoutSeconds: 4 }, 54, TIMEOUT],
  ['liveness', 'kill', 'is silent from 24 s on', { timeoutSeconds: 15 }, 75, TIMEOUT],
  ['liveness', 'kill', 'fails from 24 s on', { periodSeconds: 1 }, 27, PERIOD],
  ['liveness', 'kill', 'fails from 24 s on', { periodSeconds: 5 }, 35, PERIOD],
  ['liveness', 'kill', 'fails from 24 s on', { periodSeconds: 60 }, 180, PERIOD],
  ['liveness', 'kill', 'fails from 24 s on', { successThreshold: 1 }, 50, SUCCESS],
  ['liveness', 'kill', 'fails from 24 s on', { failureThreshold: 1 }, 30, FAILURE],
  ['liveness', 'kill', 'fails from 24 s on', { failureThreshold: 5 }, 70, FAILURE],
  // Ticks at 1.5, 11.5, 21.5 … from the sync that first sees it run.
  ['readiness', 'ready', 'serves from 16 s on', {}, 21, DEFAULTS],
  ['readiness', 'ready', 'serves from 16 s on', { initialDelaySeconds: 20 }, 21, DELAY],
  ['readiness', 'ready', 'serves from 16 s on', { initialDelaySeconds: 30 }, 31, DELAY],
  ['readiness', 'unready', 'is silent from 40 s on', {}, 62, TIMEOUT],
  ['readiness', 'unready', 'is silent from 40 s on', { timeoutSeconds: 4 }, 65, TIMEOUT],
  ['readiness', 'ready', 'serves from 16 s on', { periodSeconds: 3 }, 16, PERIOD],
  ['readiness', 'ready', 'serves from 16 s on', { periodSeconds: 30 }, 31, PERIOD],
  ['readiness', 'ready', 'serves from 16 s on', { successThreshold: 3 }, 41, SUCCESS],
  ['readiness', 'unready', 'fails from 40 s on', {}, 61, FAILURE],
  ['readiness', 'unready', 'fails from 40 s on', { failureThreshold: 1 }, 41, FAILURE],
  ['readiness', 'unready', 'fails from 40 s on', { failureThreshold: 2 }, 51, FAILURE],
  ['startup', 'kill', 'never serves', {}, 30, DEFAULTS],
  ['startup', 'kill', 'never serves', { initialDelaySeconds: 25 }, 50, DELAY],
  ['startup', 'kill', 'is silent', {}, 31, TIMEOUT],
  ['startup', 'kill', 'is silent', { timeoutSeconds: 4 }, 34, TIMEOUT],
  ['startup', 'kill', 'never serves', { periodSeconds: 5 }, 15, PERIOD],
  ['startup', 'kill', 'never serves', { successThreshold: 1 }, 30, SUCCESS],
  ['startup', 'kill', 'never serves', { failureThreshold: 6 }, 60, FAILURE],
  ['startup', 'ready', 'serves from 16 s on', {}, 20, 'worker.go, doProbe: the others wait for it'],
  ['startup', 'ready', 'serves from 16 s on', { periodSeconds: 4, failureThreshold: 9 }, 20, PERIOD],
]

const REASONS: Readonly<Record<Kind, string>> = { liveness: 'Liveness', readiness: '', startup: 'Startup' }

const found = (handler: object, [kind, what, answers, parameters]: Row): number | undefined => {
  const probe = { ...handler, ...parameters }
  const result = smallRun({
    manifests: [pod('a', { containers: [{ name: 'main', image: 'example/a:1', [`${kind}Probe`]: probe }] })],
    behaviors: [{ probes: { [kind]: { answers: ANSWERS[answers] } } }],
    duration: '200s',
  })
  if (what === 'kill') {
    const [stopping] = result.of(ContainerStopping)
    if (stopping?.event.reason !== REASONS[kind]) return undefined
    return Math.floor(stopping.at / 1_000)
  }
  let wasReady = false
  for (const { at, event } of result.of(PodStatusReported)) {
    if (event.ready === (what === 'ready') && event.ready !== wasReady) return Math.floor(at / 1_000)
    wasReady = event.ready
  }
  return undefined
}

describe.each(Object.keys(HANDLERS))('a probe by %s', (name) => {
  it.each(ROWS)('%s: %s, the process %s, with %j: at %d s (%s)', (...row) => {
    expect(found(HANDLERS[name]!, row)).toBe(row[4])
  })
})

describe('what the API server does not take: validation.go, ValidateProbe, validateLivenessProbe', () => {
  const problems = (kind: Kind, parameters: object): string => {
    const probe = { ...HANDLERS.httpGet, ...parameters }
    const manifest = pod('a', { containers: [{ name: 'main', image: 'example/a:1', [`${kind}Probe`]: probe }] })
    const scenario = {
      apiVersion: 'wavetank.dev/v1alpha1',
      kind: 'Scenario',
      metadata: { name: 's' },
      duration: '1m',
      nodes: [{ name: 'n', count: 1 }],
      manifests: [manifest],
    }
    const input = { file: 's.json', text: JSON.stringify(scenario), resolved: new Map(), texts: new Map() }
    const decoded = decodeScenario(input, scenarioOptions)
    return isLeft(decoded) ? formatIssues(decoded.left) : ''
  }

  it.each<[Kind, object, string]>([
    ['liveness', { successThreshold: 2 }, 'successThreshold'],
    ['startup', { successThreshold: 2 }, 'successThreshold'],
    ['liveness', { periodSeconds: -1 }, 'periodSeconds'],
    ['readiness', { timeoutSeconds: -1 }, 'timeoutSeconds'],
    ['readiness', { initialDelaySeconds: -5 }, 'initialDelaySeconds'],
    ['startup', { failureThreshold: -1 }, 'failureThreshold'],
    ['readiness', { terminationGracePeriodSeconds: 5 }, 'terminationGracePeriodSeconds'],
    ['readiness', { tcpSocket: { port: 1 } }, 'readinessProbe'],
  ])('%s with %j', (kind, parameters, field) => {
    expect(problems(kind, parameters)).toContain(field)
  })

  it('readiness may need several successes', () => {
    expect(problems('readiness', { successThreshold: 2 })).toBe('')
  })
})
