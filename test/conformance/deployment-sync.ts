import {
  DESIRED_REPLICAS,
  deploymentEvents,
  MAX_REPLICAS,
  NamespaceCreated,
  PodTemplateRecorded,
  REVISION,
  replicaSetEvents,
  type TemplateContent,
  templateHash,
} from '@wavetank/cluster'
import { controllers } from '@wavetank/controllers'
import type { SimEvent } from '@wavetank/kernel'
import { at, given, type Outcome, type TimedEvent } from '@wavetank/testkit'

/**
 * A Deployment and its ReplicaSets as a test wants them, for one look of the controller at them.
 */

export const controller = controllers.find(({ name }) => name === 'deployment-controller')!

export const KEY = 'shop/web'
const OWNER = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: 'uid-web' }

export const templateOf = (image: string, hash?: string): TemplateContent =>
  ({
    labels: { app: 'web', ...(hash === undefined ? {} : { 'pod-template-hash': hash }) },
    annotations: {},
    finalizers: [],
    spec: { containers: [{ name: 'web', image, resources: {} }] },
  }) as unknown as TemplateContent

const recorded = (content: TemplateContent): SimEvent =>
  PodTemplateRecorded({
    template: templateHash(content),
    labels: content.labels,
    spec: content.spec as unknown as Record<string, unknown>,
  })

type Spec = Parameters<typeof deploymentEvents.Created>[0]['spec']
type Status = Parameters<typeof deploymentEvents.StatusReported>[0]

export interface DeploymentCase extends Partial<Omit<Spec, 'template' | 'strategy'>> {
  readonly surge?: number | string
  readonly unavailable?: number | string
  readonly strategy?: 'Recreate'
  readonly annotations?: Readonly<Record<string, string>>
  /** Where the status is not that of a Deployment that has just been created. */
  readonly status?: Partial<Status>
}

export interface SetCase {
  /** `web-<name>`. */
  readonly name: string
  readonly replicas: number
  /** Of the template; the Deployment's is `web:new`. */
  readonly image?: string
  readonly available?: number
  readonly ready?: number
  /** `status.replicas`. */
  readonly actual?: number
  readonly revision?: number | string
  readonly desired?: number
  readonly max?: number
  readonly annotations?: Readonly<Record<string, string>>
  readonly failure?: { readonly reason: string; readonly message: string }
  /** Whose it is; `undefined`: nobody's. */
  readonly owner?: typeof OWNER | undefined
  readonly labels?: Readonly<Record<string, string>>
  readonly minReadySeconds?: number
  /** Milliseconds; each later than the one before by default. */
  readonly createdAt?: number
  /** The status is behind the spec. */
  readonly unobserved?: boolean
}

const setEvents = (set: SetCase, created: number): readonly (SimEvent | TimedEvent)[] => {
  const { name, replicas, image = `web:${name}`, available = 0, ready = available, actual = replicas } = set
  const object = `shop/web-${name}`
  const template = templateOf(image, name)
  return [
    recorded(template),
    at(
      created,
      replicaSetEvents.Created({
        object,
        uid: `uid-web-${name}`,
        labels: set.labels ?? template.labels,
        annotations: {
          ...(set.revision === undefined ? {} : { [REVISION]: `${set.revision}` }),
          ...(set.desired === undefined ? {} : { [DESIRED_REPLICAS]: `${set.desired}` }),
          ...(set.max === undefined ? {} : { [MAX_REPLICAS]: `${set.max}` }),
          ...set.annotations,
        },
        owner: 'owner' in set ? set.owner : OWNER,
        spec: {
          replicas,
          minReadySeconds: set.minReadySeconds ?? 0,
          selector: { matchLabels: template.labels },
          template: templateHash(template),
        },
      }),
    ),
    replicaSetEvents.StatusReported({
      object,
      replicas: actual,
      fullyLabeledReplicas: actual,
      readyReplicas: ready,
      availableReplicas: available,
      observedGeneration: set.unobserved === true ? 0 : 1,
      failure: set.failure,
    }),
  ]
}

export const deploymentOf = (deployment: DeploymentCase): readonly SimEvent[] => {
  const { surge = '25%', unavailable = '25%', strategy, annotations = {}, status, ...spec } = deployment
  const template = templateOf('web:new')
  return [
    recorded(template),
    deploymentEvents.Created({
      object: KEY,
      uid: OWNER.uid,
      labels: {},
      annotations,
      spec: {
        replicas: 1,
        selector: { matchLabels: { app: 'web' } },
        minReadySeconds: 0,
        revisionHistoryLimit: 10,
        progressDeadlineSeconds: 600,
        paused: false,
        ...spec,
        template: templateHash(template),
        strategy:
          strategy === undefined
            ? { type: 'RollingUpdate', maxSurge: surge, maxUnavailable: unavailable }
            : { type: strategy },
      },
    }),
    ...(status === undefined
      ? []
      : [
          deploymentEvents.StatusReported({
            object: KEY,
            observedGeneration: 1,
            replicas: 0,
            updatedReplicas: 0,
            readyReplicas: 0,
            availableReplicas: 0,
            unavailableReplicas: 0,
            conditions: [],
            ...status,
          }),
        ]),
  ]
}

/** One sync, a minute after everything was made. Sets are older the earlier they stand. */
export const sync = (
  deployment: DeploymentCase,
  sets: readonly SetCase[],
  more: readonly (SimEvent | TimedEvent)[] = [],
  when = 60_000,
): Outcome =>
  given(controller, [
    NamespaceCreated({ namespace: 'shop', uid: 'uid-shop', labels: {} }),
    ...deploymentOf(deployment),
    ...sets.flatMap((set, i) => setEvents(set, set.createdAt ?? (i + 1) * 1_000)),
    ...more,
  ]).when(at(when, { kind: 'DeploymentSyncDue', object: KEY } as SimEvent))

type SomeEvent = SimEvent & Readonly<Record<string, unknown>>

const eventsOf = (outcome: Outcome, kind: string): readonly SomeEvent[] =>
  outcome.events.filter((event) => event.kind === kind) as unknown as readonly SomeEvent[]

/** `new 2→5`, in order; a set that is created stands as `+ 0→3`. */
export const sizes = (outcome: Outcome): string =>
  outcome.events
    .flatMap((event) => {
      const { kind, object, from, replicas, spec } = event as SomeEvent
      const name = String(object).replace('shop/web-', '')
      if (kind === 'ReplicaSetScaled') return [`${name} ${from}→${replicas}`]
      return kind === 'ReplicaSetCreated' ? [`+ 0→${(spec as Spec).replicas}`] : []
    })
    .join(', ')

export const statusOf = (outcome: Outcome): Status | undefined =>
  eventsOf(outcome, 'DeploymentStatusReported').at(-1) as unknown as Status | undefined

/** `True NewReplicaSetCreated`, as it is after the sync. */
export const condition = (outcome: Outcome, type: string): string | undefined => {
  const found = outcome
    .applied()
    .deployments.get(KEY)
    ?.status.conditions.find((known) => known.type === type)
  return found === undefined ? undefined : `${found.status} ${found.reason}: ${found.message}`
}

export const conditionThat = (
  type: 'Available' | 'Progressing' | 'ReplicaFailure',
  status: 'True' | 'False' | 'Unknown',
  reason: string,
  lastUpdateAt = 0,
) => ({ type, status, reason, message: 'as before', lastUpdateAt, lastTransitionAt: lastUpdateAt })

/** Names of the ReplicaSets that are deleted. */
export const deleted = (outcome: Outcome): readonly string[] =>
  eventsOf(outcome, 'ReplicaSetDeleted').map(({ object }) => String(object).replace('shop/web-', ''))

/** Waits that the controller asks for, in milliseconds, but for the queue of its API client. */
export const waits = (outcome: Outcome): readonly number[] =>
  outcome.emissions.flatMap((emission) =>
    emission.op === 'timer' && emission.key.startsWith('later') ? [emission.delay] : [],
  )
