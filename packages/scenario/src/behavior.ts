import type { ContainerUsage } from '@wavetank/cluster'
import type { Millis } from '@wavetank/kernel'
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js'
import type * as t from 'io-ts'
import { selectorProblem } from './cluster-objects.ts'
import {
  type Codec,
  defaulted,
  describeValue,
  dictionary,
  integer,
  isRecord,
  list,
  mapped,
  number,
  object,
  oneOf,
  optional,
  type ProblemAt,
  required,
  text,
  value,
  variant,
} from './codec.ts'
import { DurationDistribution } from './distribution.ts'
import { Duration, PositiveDuration } from './duration.ts'
import { Bytes, Count, CpuMillis } from './resource-quantity.ts'
import { usageSpec } from './usage.ts'

/** 0..255, what a process can end with. */
export const ExitCode = integer(0, 255, 'an exit code')

/** `Deployment/web`: the kind and the name of an owner, direct or further up. */
export interface OwnerMatch {
  readonly kind: string
  readonly name: string
}
export const OwnerMatch: Codec<OwnerMatch> = value<OwnerMatch>({
  name: 'OwnerMatch',
  schema: { type: 'string', pattern: '^[A-Za-z]+/.+$', examples: ['Deployment/web'] },
  is: (u): u is OwnerMatch => isRecord(u) && typeof u.kind === 'string' && typeof u.name === 'string',
  parse: (u) => {
    const match = typeof u === 'string' ? /^([A-Za-z]+)\/([^/]+)$/.exec(u) : null
    return match === null
      ? left({
          code: 'WT012',
          message: `expected an owner, found ${describeValue(u)}`,
          hint: 'written as `Deployment/web`',
        })
      : right({ kind: match[1]!, name: match[2]! })
  },
  print: ({ kind, name }) => `${kind}/${name}`,
})

/** What a request is answered: an HTTP status, no connection, or nothing in time. */
export type AnswerStatus = number | 'refused' | 'timeout'
const StatusCode = integer(100, 599, 'an HTTP status')
const NoAnswer = oneOf('refused', 'timeout')
export const AnswerStatus: Codec<AnswerStatus> = variant<AnswerStatus>(
  'AnswerStatus',
  [StatusCode as Codec<AnswerStatus>, NoAnswer as Codec<AnswerStatus>],
  (u) => (typeof u === 'string' ? NoAnswer : StatusCode) as Codec<AnswerStatus>,
  (a) => (typeof a === 'string' ? NoAnswer : StatusCode) as Codec<AnswerStatus>,
)

/** What a step of probe answers starts at. */
export interface ProbeStep {
  /** Milliseconds since the container started, or the number of the request (from 1), as `by` of the answers says. */
  readonly from: number
  /** 200 to 399 is success; for tcpSocket, exec and grpc probes as well. */
  readonly status: AnswerStatus
  readonly output?: string | undefined
}

/** What a probe is answered. */
export interface ProbeAnswers {
  readonly by: 'time' | 'requests'
  /** Each until the next one starts. Without any, those of a process that serves once it has started up. */
  readonly steps: readonly ProbeStep[]
  readonly needs?:
    | readonly { readonly dependency: string; readonly status: AnswerStatus; readonly output?: string | undefined }[]
    | undefined
  readonly chance?:
    | { readonly probability: number; readonly status: AnswerStatus; readonly output?: string | undefined }
    | undefined
}

const STATUS_DOC =
  'HTTP status, for every kind of probe: 200 to 399 is success. `refused`: nobody listens. `timeout`: no answer in time.'
const OUTPUT_DOC = 'What the command of an exec probe prints when it fails; it stands in the Event.'
const AnswerStep = object('AnswerStep', {
  after: optional(Duration, 'Since the container started.'),
  fromRequest: optional(
    integer(1, Number.MAX_SAFE_INTEGER),
    'Number of the request of this container, the first is 1.',
  ),
  status: required(AnswerStatus, STATUS_DOC),
  output: optional(text, OUTPUT_DOC),
})
const Need = object('Need', {
  dependency: required(text, 'One of `dependencies`.'),
  status: defaulted(AnswerStatus, 'timeout', `What is answered while it is down. ${STATUS_DOC}`),
  output: optional(text, OUTPUT_DOC),
})
const Chance = object('Chance', {
  probability: required(number({ min: 0, max: 1 }), 'Of each request to fail, whatever became of the others.'),
  status: defaulted(AnswerStatus, 500, STATUS_DOC),
  output: optional(text, OUTPUT_DOC),
})
const Probe = object('Probe', {
  succeedAfter: optional(Duration, 'Fails until this long after the start of the container, then succeeds.'),
  failAfter: optional(Duration, 'Fails from this long after the start of the container.'),
  answers: optional(
    list(AnswerStep, 1),
    'What is answered, step by step: either every step has `after` or every step has `fromRequest`.',
  ),
  needs: optional(list(Need, 1), 'What the process needs to answer well: dependencies that the timeline takes down.'),
  chance: optional(Chance, 'Requests that fail by chance, among those that would succeed.'),
})
type Probe = t.TypeOf<typeof Probe>

const answersOf = (probe: Probe): Either<readonly ProblemAt[], ProbeAnswers> => {
  const { needs, chance } = probe
  const steps = stepsOf(probe)
  if (isLeft(steps)) return steps
  const more = { ...(needs === undefined ? {} : { needs }), ...(chance === undefined ? {} : { chance }) }
  return right({ ...steps.right, ...more })
}

const stepsOf = (probe: Probe): Either<readonly ProblemAt[], Pick<ProbeAnswers, 'by' | 'steps'>> => {
  const { succeedAfter, failAfter, answers, needs, chance } = probe
  if (answers !== undefined && (succeedAfter !== undefined || failAfter !== undefined))
    return left([
      [['answers'], { code: 'WT022', message: '`answers` already says all that `succeedAfter` and `failAfter` can' }],
    ])
  if (answers === undefined) {
    if (succeedAfter === undefined && failAfter === undefined) {
      if (needs !== undefined || chance !== undefined) return right({ by: 'time', steps: [] })
      const message = 'expected `succeedAfter`, `failAfter`, `answers`, `needs` or `chance`'
      return left([[[], { code: 'WT022', message }]])
    }
    const changes: ProbeStep[] = []
    if (succeedAfter !== undefined) changes.push({ from: succeedAfter, status: 200 })
    if (failAfter !== undefined) changes.push({ from: failAfter, status: 500 })
    if (succeedAfter === failAfter)
      return left([[['failAfter'], { code: 'WT029', message: '`succeedAfter` and `failAfter` are the same instant' }]])
    changes.sort((a, b) => a.from - b.from)
    const before = changes[0]!.status === 200 ? 503 : 200
    return right({ by: 'time', steps: startingAt(0, before, changes) })
  }
  const problems: ProblemAt[] = []
  const byTime =
    answers.filter(({ after }) => after !== undefined).length >=
    answers.filter(({ fromRequest }) => fromRequest !== undefined).length
  const steps: ProbeStep[] = []
  answers.forEach(({ after, fromRequest, status, output }, index) => {
    const from = byTime ? after : fromRequest
    if (from === undefined || (after !== undefined && fromRequest !== undefined)) {
      problems.push([
        ['answers', index],
        {
          code: 'WT022',
          message: `every step of these answers has \`${byTime ? 'after' : 'fromRequest'}\`, and only that`,
        },
      ])
      return
    }
    const previous = steps[steps.length - 1]
    if (previous !== undefined && from <= previous.from)
      problems.push([
        ['answers', index, byTime ? 'after' : 'fromRequest'],
        { code: 'WT029', message: 'does not come after the step before it' },
      ])
    steps.push({ from, status, ...(output === undefined ? {} : { output }) })
  })
  if (problems.length > 0) return left(problems)
  return right({ by: byTime ? 'time' : 'requests', steps: startingAt(byTime ? 0 : 1, 200, steps) })
}

/** Before its first step a probe answers `before`. */
const startingAt = (first: number, before: number, steps: readonly ProbeStep[]): readonly ProbeStep[] =>
  steps[0]!.from === first ? steps : [{ from: first, status: before }, ...steps]

export const ProbeAnswers: Codec<ProbeAnswers> = mapped<Probe, ProbeAnswers>(
  Probe,
  (u): u is ProbeAnswers => isRecord(u) && (u.by === 'time' || u.by === 'requests') && Array.isArray(u.steps),
  answersOf,
  ({ by, steps, needs, chance }) => ({
    ...(steps.length === 0
      ? {}
      : {
          answers: steps.map(({ from, ...step }) =>
            by === 'time' ? { after: from as Millis, ...step } : { fromRequest: from, ...step },
          ),
        }),
    ...(needs === undefined ? {} : { needs }),
    ...(chance === undefined ? {} : { chance }),
  }),
)

/** `ignore`: the process runs on until SIGKILL. Otherwise it ends `after` SIGTERM, with `exitCode`. */
export type OnSigterm = 'ignore' | { readonly exitCode: number; readonly after: Millis }
const SigtermHandler = object('SigtermHandler', {
  exitCode: defaulted(ExitCode, 0, 'What the process ends with.'),
  after: defaulted(Duration, '0s', 'How long it takes to end.'),
})
const WriteFailure = object('WriteFailure', { exitCode: defaulted(ExitCode, 1, 'What the process ends with.') })
const Ignore: Codec<'ignore'> = value<'ignore'>({
  name: 'Ignore',
  schema: { const: 'ignore' },
  is: (u): u is 'ignore' => u === 'ignore',
  parse: (u) =>
    u === 'ignore'
      ? right('ignore')
      : left({
          code: 'WT012',
          message: `expected \`ignore\` or a mapping, found ${describeValue(u)}`,
          hint: 'for example `{exitCode: 0, after: 2s}`',
        }),
})
export const OnSigterm: Codec<OnSigterm> = variant<OnSigterm>(
  'OnSigterm',
  [Ignore as Codec<OnSigterm>, SigtermHandler as Codec<OnSigterm>],
  (u) => (isRecord(u) ? SigtermHandler : Ignore) as Codec<OnSigterm>,
  (a) => (a === 'ignore' ? Ignore : SigtermHandler) as Codec<OnSigterm>,
)

/** `ignore`: the process goes on without what it could not write. Otherwise it ends with `exitCode`. */
export type OnFullDisk = 'ignore' | { readonly exitCode: number }
export const OnFullDisk: Codec<OnFullDisk> = variant<OnFullDisk>(
  'OnFullDisk',
  [Ignore as Codec<OnFullDisk>, WriteFailure as Codec<OnFullDisk>],
  (u) => (isRecord(u) ? WriteFailure : Ignore) as Codec<OnFullDisk>,
  (a) => (a === 'ignore' ? Ignore : WriteFailure) as Codec<OnFullDisk>,
)

/** Labels as `kubectl -l` takes them. */
export const SelectorText: Codec<string> = mapped<string, string>(
  text,
  (u): u is string => typeof u === 'string',
  (written) => {
    const message = selectorProblem(written)
    return message === undefined
      ? right(written)
      : left({ code: 'WT012', message, hint: 'such as `app=web,tier in (a,b)`' })
  },
  (written) => written,
)

const BehaviorMatch = object('BehaviorMatch', {
  namespace: optional(text, 'Namespace of the pod.'),
  labels: optional(SelectorText, 'Labels of the pod, as `kubectl -l` takes them: `app=web,tier in (a,b)`.'),
  owner: optional(OwnerMatch, 'An owner of the pod, direct or further up: `Deployment/web`.'),
  image: optional(text, 'Image of the container; `*` stands for anything: `nginx:*`.'),
  container: optional(text, 'Name of the container.'),
})

/** What containerd and runc say. */
const COMMAND_NOT_FOUND =
  'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: exec: "main": executable file not found in $PATH: unknown'

const ContainerRun = object('ContainerRun', {
  for: required(DurationDistribution, 'How long the process runs, from its start.'),
  forAnnotation: optional(
    text,
    'An annotation of the pod that says how long in place of `for`: `90s`. For pods without it `for` counts.',
  ),
  exitCode: defaulted(ExitCode, 0, 'What it ends with.'),
  exitCodes: optional(
    list(ExitCode, 1),
    'In place of `exitCode`: what the first run of the container ends with, the second, …; the last one counts for all after it.',
  ),
  checkpoint: optional(
    PositiveDuration,
    'The process saves its work this often, and a restart of the container goes on from there. Without it a restart begins anew; a new pod does in any case, unless `checkpointVolume` says otherwise.',
  ),
  checkpointVolume: optional(
    text,
    'The volume of the pod that keeps what is saved: if a PersistentVolumeClaim is behind it, other pods with that claim go on from there, each index of a Job with work of its own.',
  ),
})

const StartError = object('StartError', {
  reason: defaulted(
    oneOf('RunContainerError', 'CreateContainerError'),
    'RunContainerError',
    'What fails: to run the command (the container ends with 128), or to create the container at all.',
  ),
  message: defaulted(
    text,
    COMMAND_NOT_FOUND,
    'What the container runtime says: of a command that is not in the image, unless it is given.',
  ),
})

const Crash = object('Crash', {
  after: required(
    DurationDistribution,
    'Time from the start of the process until it crashes, if nothing else ends it before: exponential, Weibull, log-normal or recorded.',
  ),
  exitCode: defaulted(ExitCode, 1, 'What it ends with.'),
})

const Hook = object('Hook', {
  takes: defaulted(DurationDistribution, '0s', 'How long it takes.'),
  fails: defaulted(number({ min: 0, max: 1 }), 0, 'How probable it is to fail at its end.'),
})
const Hooks = object('Hooks', {
  postStart: optional(Hook, 'Until it has ended nothing else of the pod starts; if it fails the container is killed.'),
  preStop: optional(Hook, 'It has as long as the grace period; if it fails the container is stopped all the same.'),
})

const Probes = object('Probes', {
  liveness: optional(ProbeAnswers, 'What the liveness probe is answered.'),
  readiness: optional(ProbeAnswers, 'What the readiness probe is answered.'),
  startup: optional(ProbeAnswers, 'What the startup probe is answered.'),
})

const CpuUsage = usageSpec('CpuUsage', CpuMillis, 'cpu', true)
const MemoryUsage = usageSpec('MemoryUsage', Bytes, 'memory', false)
const DiskUsage = usageSpec('DiskUsage', Bytes, 'disk', false)
const LogUsage = usageSpec('LogUsage', Bytes, 'logs', false)
const VolumeUsage = usageSpec('VolumeUsage', Bytes, 'volume', false)
const InodeUsage = usageSpec('InodeUsage', Count, 'inodes', false)
const ProcessUsage = usageSpec('ProcessUsage', Count, 'processes', false)

/** How the containers that match act. Of several behaviours that match a container the first counts. */
export const Behavior = object('Behavior', {
  name: optional(text, 'What reports call it.'),
  match: defaulted(
    BehaviorMatch,
    {},
    'The containers it is for; all of what is given must hold, and without anything it is for all.',
  ),
  startup: defaulted(
    DurationDistribution,
    '0s',
    'From the start of the process until it serves: before that, probes without answers of their own fail.',
  ),
  startError: optional(StartError, 'The container cannot be started, as often as it is tried.'),
  run: optional(ContainerRun, 'When the process ends by itself. Without it, it runs until it is stopped.'),
  crash: optional(Crash, 'What can go wrong at any time, besides what `run` says.'),
  probes: defaulted(Probes, {}, 'What probes are answered. Without it they succeed once the process has started up.'),
  memory: optional(
    MemoryUsage,
    'Memory in use over time; the process is killed when it passes the limit of its container.',
  ),
  cpu: optional(CpuUsage, 'CPU in use over time, at most the limit of its container.'),
  hooks: optional(
    Hooks,
    'What lifecycle hooks of a manifest do, by `exec` or `httpGet`; a `sleep` takes what it says. Without it they take no time.',
  ),
  disk: optional(
    DiskUsage,
    'Bytes over time that the process has written to the container’s own file system, its writable layer. A restart begins with none.',
  ),
  inodes: optional(InodeUsage, 'Files and folders there, over time.'),
  logs: optional(
    LogUsage,
    'Bytes of its log over time; the kubelet rotates it, so it takes no more than `containerLogMaxFiles` times `containerLogMaxSize`.',
  ),
  volumes: optional(
    dictionary(VolumeUsage),
    'Bytes over time in `emptyDir` volumes of its pod, by the name of the volume. They outlive a restart: their time is that in which the container has run in this pod. In a volume of `medium: Memory` they are memory.',
  ),
  processes: optional(ProcessUsage, 'Processes over time, for `pid.available`.'),
  onFullDisk: optional(
    OnFullDisk,
    'What the process does when it cannot write to its own file system or an empty directory because the disk is full: `ignore`, or end. Without it, it goes on without what it could not write. Its log is the runtime’s: of what is lost there it does not know.',
  ),
  onSigterm: optional(
    OnSigterm,
    'What the process does when it is asked to stop: `ignore`, or end after a while. Without it, it ends at once with 143.',
  ),
})
/** As a scenario file says it. */
export type BehaviorItem = t.TypeOf<typeof Behavior>

/** What a container does, with its curves of usage: complete without any file. */
export type Behavior = Omit<BehaviorItem, keyof ContainerUsage> & ContainerUsage

/** For messages: `#2` or its name. */
export const behaviorName = (behavior: Pick<BehaviorItem, 'name'>, index: number): string =>
  behavior.name ?? `#${index + 1}`
