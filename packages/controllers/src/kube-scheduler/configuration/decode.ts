import type { Issue } from '@wavetank/cluster'
import {
  anything,
  createTrail,
  defaulted,
  duplicate,
  flag,
  forbidden,
  integer,
  invalid,
  list,
  notFound,
  optional,
  requiredText,
  struct,
  type Trail,
  text,
  within,
  words,
} from '@wavetank/cluster/api'
import { type Either, left, right } from 'fp-ts/lib/Either.js'
import { pluginByName, plugins as registry } from '../plugins/registry.ts'
import { type BoundPlugin, DEFAULT_SCHEDULER_NAME, type Profile, profileOf } from '../profile.ts'
import { DEFAULT_CONFIGURATION, type SchedulerConfiguration } from './configuration.ts'
import { readArgsOf } from './plugin-args.ts'

/**
 * KubeSchedulerConfiguration v1.
 *
 * 1. What concerns the process and not its decisions is read and has no effect here: leader election, addresses,
 *    profiling, the kubeconfig, and `parallelism`, since nodes are walked one by one whatever it is.
 * 2. What concerns decisions and is not modelled is refused, by the name of the field.
 *
 * Source: staging/src/k8s.io/kube-scheduler/config/v1/types.go, pkg/scheduler/apis/config/v1/default_plugins.go
 * (mergePlugins), pkg/scheduler/framework/runtime/framework.go (expandMultiPointPlugins).
 */

const plugin = struct('Plugin', { name: requiredText, weight: optional(integer) })
const pluginSet = struct('PluginSet', { enabled: optional(list(plugin)), disabled: optional(list(plugin)) })

const POINTS = [
  'multiPoint',
  'preEnqueue',
  'queueSort',
  'preFilter',
  'filter',
  'postFilter',
  'preScore',
  'score',
  'reserve',
  'permit',
  'preBind',
  'bind',
  'postBind',
] as const
type Point = (typeof POINTS)[number]

const profile = struct('KubeSchedulerProfile', {
  schedulerName: defaulted(text, DEFAULT_SCHEDULER_NAME),
  percentageOfNodesToScore: optional(integer),
  plugins: optional(
    struct('Plugins', {
      multiPoint: optional(pluginSet),
      preEnqueue: optional(pluginSet),
      queueSort: optional(pluginSet),
      preFilter: optional(pluginSet),
      filter: optional(pluginSet),
      postFilter: optional(pluginSet),
      preScore: optional(pluginSet),
      score: optional(pluginSet),
      reserve: optional(pluginSet),
      permit: optional(pluginSet),
      preBind: optional(pluginSet),
      bind: optional(pluginSet),
      postBind: optional(pluginSet),
    }),
  ),
  pluginConfig: optional(list(struct('PluginConfig', { name: requiredText, args: optional(anything) }))),
})

const file = struct('KubeSchedulerConfiguration', {
  apiVersion: words('kubescheduler.config.k8s.io/v1'),
  kind: words('KubeSchedulerConfiguration'),
  parallelism: optional(integer),
  leaderElection: optional(anything),
  clientConnection: optional(
    struct('ClientConnectionConfiguration', {
      kubeconfig: optional(text),
      acceptContentTypes: optional(text),
      contentType: optional(text),
      qps: optional(integer),
      burst: optional(integer),
    }),
  ),
  healthzBindAddress: optional(text),
  metricsBindAddress: optional(text),
  enableProfiling: optional(flag),
  enableContentionProfiling: optional(flag),
  delayCacheUntilActive: optional(flag),
  percentageOfNodesToScore: optional(integer),
  podInitialBackoffSeconds: defaulted(integer, 1),
  podMaxBackoffSeconds: defaulted(integer, 10),
  profiles: optional(list(profile)),
  extenders: optional(list(anything)),
})

type PluginSet = ReturnType<typeof pluginSet.read>
type ProfileFile = ReturnType<typeof profile.read>

/** Plugins that do here what they always do, and have nothing to set. */
const FIXED: ReadonlyMap<string, Point> = new Map([
  ['PrioritySort', 'queueSort'],
  ['DefaultBinder', 'bind'],
])
/** Points where nothing can be chosen: their only plugin is always on. */
const FIXED_POINTS: readonly Point[] = ['queueSort', 'reserve', 'permit', 'preBind', 'bind', 'postBind']

const known = (name: string): boolean => pluginByName.has(name) || FIXED.has(name)

const checkNames = (trail: Trail, point: Point, set: PluginSet): void => {
  trail.steps.push(point)
  set.enabled?.forEach(({ name }, i) => {
    trail.steps.push('enabled', i, 'name')
    const isThere = FIXED_POINTS.includes(point)
      ? FIXED.get(name) === point || (name === 'VolumeBinding' && (point === 'reserve' || point === 'preBind'))
      : known(name)
    if (!isThere) notFound(trail, name)
    else if (set.enabled!.findIndex((other) => other.name === name) < i) duplicate(trail, name)
    trail.steps.length -= 3
  })
  set.disabled?.forEach(({ name }, i) => {
    trail.steps.push('disabled', i, 'name')
    if (FIXED.has(name) || FIXED_POINTS.includes(point)) {
      const enabledAgain = set.enabled?.some((other) => name === '*' || other.name === name)
      if (enabledAgain !== true) forbidden(trail, 'this extension point cannot do without its plugin')
    } else if (name !== '*' && name !== 'DynamicResources' && !known(name)) notFound(trail, name)
    trail.steps.length -= 3
  })
  trail.steps.pop()
}

interface Enabled {
  readonly name: string
  readonly weight: number | undefined
}

const DEFAULTS: readonly Enabled[] = registry.map(({ name, weight }) => ({ name, weight }))

const isDisabled = (set: PluginSet | undefined, name: string): boolean =>
  set?.disabled?.some((other) => other.name === '*' || other.name === name) === true

/** The default list without what is disabled, then what is enabled; an enabled default keeps its place. */
const merge = (defaults: readonly Enabled[], set: PluginSet | undefined): readonly Enabled[] => {
  const enabled = (set?.enabled ?? []).filter(({ name }) => !FIXED.has(name))
  const replaced = new Set<string>()
  const kept = defaults.flatMap((own): readonly Enabled[] => {
    if (isDisabled(set, own.name)) return []
    const other = enabled.find(({ name }) => name === own.name)
    if (other === undefined) return [own]
    replaced.add(own.name)
    return [{ name: own.name, weight: other.weight ?? own.weight }]
  })
  return [...kept, ...enabled.filter(({ name }) => !replaced.has(name)).map(({ name, weight }) => ({ name, weight }))]
}

/** The list of one extension point: what it enables itself and everywhere, everywhere, and what only it enables. */
const expand = (everywhere: readonly Enabled[], set: PluginSet | undefined): readonly Enabled[] => {
  const own = (set?.enabled ?? []).filter(({ name }) => !FIXED.has(name))
  const isOwn = (name: string): boolean => own.some((other) => other.name === name)
  const isEverywhere = (name: string): boolean => everywhere.some((other) => other.name === name)
  const ownList = own.map(({ name, weight }) => ({ name, weight }))
  return [
    ...ownList.filter(({ name }) => isEverywhere(name)),
    ...everywhere.filter(({ name }) => !isOwn(name) && !isDisabled(set, name)),
    ...ownList.filter(({ name }) => !isEverywhere(name)),
  ]
}

/** A plugin has its state from PreFilter or PreScore: one without the other cannot work. */
const checkPairs = (
  trail: Trail,
  before: Point,
  after: Point,
  first: readonly Enabled[],
  second: readonly Enabled[],
): void => {
  for (const { name } of second) {
    const one = pluginByName.get(name)
    const needs =
      before === 'preFilter'
        ? one?.preFilter !== undefined && one.filter !== undefined
        : one?.preScore !== undefined && one.score !== undefined
    if (needs && !first.some((other) => other.name === name)) {
      within(trail, before, () => forbidden(trail, `${name} is enabled for ${after} and not for ${before}`))
    }
  }
}

const readProfile = (trail: Trail, from: ProfileFile, percentage: number): Profile => {
  const args = new Map<string, unknown>()
  from.pluginConfig?.forEach((config, i) => {
    trail.steps.push('pluginConfig', i)
    const read = readArgsOf.get(config.name)
    if (args.has(config.name)) within(trail, 'name', () => duplicate(trail, config.name))
    else if (!known(config.name)) within(trail, 'name', () => notFound(trail, config.name))
    else if (read === undefined) within(trail, 'args', () => forbidden(trail, `${config.name} takes no arguments here`))
    else within(trail, 'args', () => args.set(config.name, read(config.args ?? {}, trail)))
    trail.steps.length -= 2
  })
  const sets = from.plugins ?? {}
  trail.steps.push('plugins')
  for (const point of POINTS) if (sets[point] !== undefined) checkNames(trail, point, sets[point])
  const everywhere = merge(DEFAULTS, sets.multiPoint)
  const filters = expand(everywhere, sets.filter)
  const scores = expand(everywhere, sets.score)
  checkPairs(trail, 'preFilter', 'filter', expand(everywhere, sets.preFilter), filters)
  checkPairs(trail, 'preScore', 'score', expand(everywhere, sets.preScore), scores)
  trail.steps.pop()

  const bind = (list: readonly Enabled[]): readonly BoundPlugin[] =>
    list.flatMap(({ name, weight }) => {
      const one = pluginByName.get(name)
      if (one === undefined) return []
      return [
        { plugin: one, args: args.get(name) ?? one.defaultArgs, weight: one.score === undefined ? 0 : weight || 1 },
      ]
    })
  const whole = profileOf(from.schedulerName, bind(everywhere), from.percentageOfNodesToScore ?? percentage)
  const at = (list: readonly Enabled[]): Profile => profileOf(from.schedulerName, bind(list))
  const filtering = at(filters)
  const scoring = at(scores)
  return {
    ...whole,
    gates: at(expand(everywhere, sets.preEnqueue)).gates,
    filters: filtering.filters,
    scores: scoring.scores,
    preemption: at(expand(everywhere, sets.postFilter)).preemption,
    bound: new Map([...whole.bound, ...filtering.bound, ...scoring.bound]),
  }
}

const atLeast = (trail: Trail, step: string, value: number, least: number): void => {
  if (value < least)
    within(trail, step, () => invalid(trail, 'WT116', value, `must be greater than or equal to ${least}`))
}

const checkPercentage = (trail: Trail, value: number | undefined): void => {
  if (value === undefined || (value >= 0 && value <= 100)) return
  within(trail, 'percentageOfNodesToScore', () => invalid(trail, 'WT116', value, 'not in valid range [0-100]'))
}

/**
 * Reads a KubeSchedulerConfiguration that a YAML or JSON parser has read before.
 *
 * @returns all that is wrong with it, each with the path of the field
 */
export const decodeKubeSchedulerConfiguration = (json: unknown): Either<readonly Issue[], SchedulerConfiguration> => {
  const trail = createTrail()
  const read = file.read(json, trail)
  checkPercentage(trail, read.percentageOfNodesToScore)
  atLeast(trail, 'podInitialBackoffSeconds', read.podInitialBackoffSeconds, 1)
  if (read.podMaxBackoffSeconds !== 0)
    atLeast(trail, 'podMaxBackoffSeconds', read.podMaxBackoffSeconds, read.podInitialBackoffSeconds)
  if ((read.extenders ?? []).length > 0)
    within(trail, 'extenders', () => forbidden(trail, 'extenders are not simulated'))
  const profiles = (read.profiles ?? []).map((from, i) => {
    trail.steps.push('profiles', i)
    checkPercentage(trail, from.percentageOfNodesToScore)
    const isTaken = read.profiles!.findIndex((other) => other.schedulerName === from.schedulerName) < i
    if (isTaken) within(trail, 'schedulerName', () => duplicate(trail, from.schedulerName))
    const result = readProfile(trail, from, read.percentageOfNodesToScore ?? 0)
    trail.steps.length -= 2
    return result
  })
  if (trail.issues.length > 0) return left(trail.issues)
  const { qps, burst } = read.clientConnection ?? {}
  return right({
    profiles:
      profiles.length > 0
        ? profiles
        : DEFAULT_CONFIGURATION.profiles.map((own) => ({
            ...own,
            percentageOfNodesToScore: read.percentageOfNodesToScore ?? 0,
          })),
    podInitialBackoff: read.podInitialBackoffSeconds * 1_000,
    podMaxBackoff: read.podMaxBackoffSeconds * 1_000,
    qps: qps === undefined || qps === 0 ? undefined : qps,
    burst: burst === undefined || burst === 0 ? undefined : burst,
  })
}
