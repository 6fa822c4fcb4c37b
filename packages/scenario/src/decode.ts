/**
 * From texts to a scenario, with every problem at once. Pure: whoever calls has read the files.
 *
 * 1. The codecs read the scenario file; what they refuse does not stop the rest.
 * 2. Manifests become objects, pools become nodes; duplicates are named with the place of the first.
 * 3. What refers to something is checked against what there is: commands, faults, behaviours, expectations.
 *
 * A part that was refused counts as empty afterwards, and checks that would only repeat the complaint stay quiet.
 */

import {
  allocatableOf,
  conflictsOf,
  createClusterStore,
  defaultsOf,
  type Issue,
  isDumped,
  type KubectlCommand,
  type KubeletNodeFlags,
  kubeletNodeFlags,
  type MachineSpec,
  mirrorOf,
  missingOwner,
  type NamedMetric,
  type ObjectRef,
  type PathStep,
  referenceOf,
  registryOf,
  selectorOf,
  selects,
  type UsageCurve,
  withLastApplied,
} from '@wavetank/cluster'
import {
  type ApiObject,
  apiObject,
  decodeObject,
  isInert,
  isKind,
  type JsonObject,
  type Node,
  type Service,
} from '@wavetank/cluster/api'
import type { Millis } from '@wavetank/kernel'
import { type Either, isLeft, isRight, left, right } from 'fp-ts/lib/Either.js'
import { type Arrival, type Arrivals, arrivalsOf } from './arrivals.ts'
import { type Behavior, type BehaviorItem, behaviorName } from './behavior.ts'
import { type BehaviorSubject, compileBehaviors } from './behavior-match.ts'
import { decodeObjects, groupOf, type LoadedObject, sentManifest, stepInto } from './cluster-objects.ts'
import { decodeWith, isRecord, type Problem, type ProblemAt } from './codec.ts'
import type { Dependency } from './dependency.ts'
import type { DisruptionScene } from './disruptions/define-disruption.ts'
import { checkNodeTarget, nodesOfTarget } from './disruptions/node-target.ts'
import { overlaps, type PlacedFault } from './disruptions/overlaps.ts'
import { disruptionByName } from './disruptions/registry.ts'
import { parseDuration } from './duration.ts'
import { type Expectation, expressionField } from './expectation.ts'
import {
  CONTROL_PLANE_FAULTS,
  type FailureItem,
  type FailureModel,
  type RecordedFailure,
  type RecordedFailures,
} from './failure-model.ts'
import type { FlagCatalog } from './flags.ts'
import { isGenerated } from './generated-objects.ts'
import { compareObjects } from './install-order.ts'
import { filesOfCommand, parseKubectlCommand } from './kubectl/parse-command.ts'
import { kubeletProblems } from './kubelet-problems.ts'
import { limitProblems } from './limit-ranges.ts'
import { fileIssue, issueAt, type LocatedIssue, locateIssue, sortIssues } from './located-issue.ts'
import { missingConfig } from './missing-config.ts'
import { MetricMillis } from './named-metric.ts'
import { machineOfPool, type NodePool, nodesOfPool } from './node-pool.ts'
import { inOneOrder } from './one-order.ts'
import { priorityProblems } from './priority-classes.ts'
import { failuresOfCsv } from './recorded-failures.ts'
import { Bytes, Count, CpuMillis } from './resource-quantity.ts'
import type { Scenario, SourcePosition, TimelineEntry } from './scenario.ts'
import { API_VERSION, type ScenarioFile, scenarioFile } from './scenario-file.ts'
import {
  type CheckSchedulerConfiguration,
  onlyFile,
  readSchedulerConfigurationFile,
  type SchedulerConfigurationJson,
} from './scheduler-configuration.ts'
import { suggestion } from './suggestion.ts'
import { type UsageScene, unsaidUsage, unsaidUsages } from './unsaid-usage.ts'
import { type UsageSpec, usageCurveOf, usageOfCsv } from './usage.ts'
import { readYaml, type SourceDocument, type YamlSource } from './yaml-source.ts'

/** What an expression language says about a text. */
export interface ExpressionProblem {
  readonly message: string
  /** Of the character, from 0. */
  readonly offset: number
  readonly hint?: string
}

/** A cluster that is there already: what a fork adds to it is read as a scenario that goes on from it. */
export interface DecodeBase {
  /** The scenario that the file stands for: with what is given by what it goes on from. */
  readonly complete: (json: unknown) => unknown
  /** What is there, nodes too. */
  readonly objects: readonly ApiObject[]
  readonly metrics: readonly NamedMetric[]
}

/** Reads the YAML of a file. */
export type ReadYaml = (text: string, file: string) => YamlSource

export interface DecodeOptions {
  /** In place of the plain reader: a variant of what is written, with the places of what is written. */
  readonly read?: ReadYaml
  /** Without it the cluster begins with the scenario. */
  readonly base?: DecodeBase
  readonly flags: FlagCatalog
  /** Compiles an expectation, to say what is wrong with it. */
  readonly checkExpression?: (text: string) => ExpressionProblem | undefined
  /** Says what is wrong with a KubeSchedulerConfiguration. */
  readonly checkSchedulerConfiguration?: CheckSchedulerConfiguration
  /** Knows the names of time zones. */
  readonly isTimeZone?: (name: string) => boolean
}

/** What the paths of a scenario lead to, by the path as it is written there. */
export type Resolved = ReadonlyMap<string, Either<Problem, readonly string[]>>

export interface ScenarioInput {
  readonly file: string
  readonly text: string
  readonly resolved: Resolved
  /** Texts of the files that paths led to. */
  readonly texts: ReadonlyMap<string, Either<Problem, string>>
}

export interface DecodedScenario {
  readonly scenario: Scenario
  /** Its nodes and objects as they are written, in the order in which they are installed. */
  readonly manifests: () => readonly JsonObject[]
  readonly warnings: readonly LocatedIssue[]
}

const valueAt = (json: unknown, path: readonly PathStep[]): unknown =>
  path.reduce<unknown>(
    (u, step) => (typeof u === 'object' && u !== null ? (u as Record<PathStep, unknown>)[step] : undefined),
    json,
  )

/** Fields of a behaviour that hold a usage, besides those of `volumes`. */
const USAGES = ['cpu', 'memory', 'disk', 'inodes', 'logs', 'processes'] as const
const UNIT_OF = { memory: Bytes, disk: Bytes, inodes: Count, logs: Bytes, processes: Count } as const

const fileOfUsage = (usage: unknown): unknown => {
  if (!isRecord(usage)) return undefined
  if (usage.shared !== undefined) return fileOfUsage(usage.shared)
  return isRecord(usage.csv) ? usage.csv.file : usage.csv
}

/** Every path that a scenario file names, as it is written; what has the wrong type is left to the codecs. */
export const pathsOf = (json: unknown): readonly string[] => {
  if (!isRecord(json)) return []
  const items = (u: unknown): readonly unknown[] => (Array.isArray(u) ? u : [])
  const texts = [
    ...items(json.manifests),
    json.schedulerConfiguration,
    ...items(json.nodes).flatMap((item) => (isRecord(item) ? [item.manifests, ...items(item.staticPods)] : [])),
    ...items(json.timeline).flatMap((item) =>
      isRecord(item) && typeof item.kubectl === 'string' ? filesOfCommand(item.kubectl) : [],
    ),
    ...items(json.behaviors).flatMap((item) =>
      isRecord(item)
        ? [...USAGES.map((field) => item[field]), ...(isRecord(item.volumes) ? Object.values(item.volumes) : [])].map(
            fileOfUsage,
          )
        : [],
    ),
    ...items(json.failures).map((item) => (isRecord(item) ? item.recorded : undefined)),
    ...items(json.arrivals).map((item) => (isRecord(item) ? item.csv : undefined)),
    ...items(json.metrics).map((item) => (isRecord(item) ? fileOfUsage(item.value) : undefined)),
  ]
  return [
    ...new Set(
      texts.filter((path): path is string => typeof path === 'string' && path !== '' && !path.includes('://')),
    ),
  ]
}

interface Loaded extends LoadedObject {
  readonly file: string
  readonly document: SourceDocument
  /** Where the object stands in the document, for complaints about it. */
  readonly root: readonly PathStep[]
  /** Where it is named. */
  readonly name: readonly PathStep[]
}

interface LoadedFile {
  readonly objects: readonly Loaded[]
  readonly issues: readonly LocatedIssue[]
}

const loadText = (file: string, text: string, read: ReadYaml): LoadedFile => {
  const source = read(text, file)
  const issues: LocatedIssue[] = source.issues.map((issue) => ({ ...issue, file }))
  const objects: Loaded[] = []
  if (source.documents.length === 0 && issues.length === 0)
    issues.push(fileIssue(file, { code: 'WT008', message: 'there is nothing in this file' }))
  for (const document of source.documents) {
    const decoded = decodeObjects(document.value)
    for (const issue of decoded.issues) issues.push(locateIssue(file, document, issue))
    for (const loaded of decoded.objects)
      objects.push({ ...loaded, file, document, root: loaded.path, name: [...loaded.path, 'metadata', 'name'] })
  }
  return { objects, issues }
}

/** `spec.ports[0].nodePort`, as the API server writes where something is wrong; it says clusterIPs of a clusterIP too. */
const stepsOf = (field: string): readonly PathStep[] =>
  field.startsWith('spec.clusterIPs')
    ? ['spec', 'clusterIP']
    : field.split(/[.[\]]+/).flatMap((step) => (step === '' ? [] : [/^[0-9]+$/.test(step) ? Number(step) : step]))

const identityOf = ({ apiVersion, kind, metadata: { namespace, name } }: ApiObject): string =>
  `${groupOf(apiVersion)}/${kind}/${namespace ?? ''}/${name}`

const titleOf = ({ kind, metadata: { namespace, name } }: ApiObject): string =>
  `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`

const METRIC_OF = { external: 'external metric', object: 'metric of this object', pods: 'metric of pods' } as const

/** Metrics that an autoscaler asks for and the scenario does not have. What could not be read is not missed. */
const missingMetrics = (
  object: ApiObject,
  metrics: readonly NamedMetric[],
  named: ReadonlySet<string>,
): readonly ProblemAt[] => {
  if (!isKind(object, 'HorizontalPodAutoscaler')) return []
  const { namespace = 'default' } = object.metadata
  return object.spec.metrics.flatMap((spec, i): readonly ProblemAt[] => {
    const field = spec.external !== undefined ? 'external' : spec.object !== undefined ? 'object' : 'pods'
    const source = spec[field]
    if (source === undefined) return []
    const { name, selector } = source.metric
    const matcher = selector === undefined ? undefined : selectorOf(selector)
    const isFor = ({ of }: NamedMetric): boolean => {
      if (field === 'external' || of === 'external') return field === 'external' && of === 'external'
      const described = spec.object?.describedObject
      if (described === undefined) return 'pods' in of
      return 'kind' in of && of.kind === described.kind && of.name === described.name
    }
    const known = metrics.some(
      (metric) =>
        metric.name === name &&
        metric.namespace === namespace &&
        isFor(metric) &&
        (matcher === undefined || selects(matcher, metric.labels)),
    )
    if (known || (named.has(name) && !metrics.some((metric) => metric.name === name))) return []
    const problem: Problem = {
      code: 'WT043',
      message: `\`metrics\` of the scenario has no ${METRIC_OF[field]} "${name}" in namespace ${namespace}`,
      hint: metrics.some((metric) => metric.name === name)
        ? 'there is one of that name in another namespace, with other labels, or of something else'
        : suggestion(
            name,
            metrics.map((metric) => metric.name),
          ),
    }
    return [[['spec', 'metrics', i, field, 'metric', 'name'], problem]]
  })
}

/** The pod template of a workload, or the pod itself. */
const podOf = (object: ApiObject): unknown => {
  if (object.kind === 'Pod') return object
  const spec = 'spec' in object ? object.spec : 'rest' in object && isRecord(object.rest) ? object.rest.spec : undefined
  if (!isRecord(spec)) return undefined
  if (isRecord(spec.jobTemplate) && isRecord(spec.jobTemplate.spec)) return spec.jobTemplate.spec.template
  return spec.template
}

/** Names of the empty directories that its pods will have. */
const emptyDirsOf = (object: ApiObject): readonly string[] => {
  const pod = podOf(object)
  if (!isRecord(pod) || !isRecord(pod.spec) || !Array.isArray(pod.spec.volumes)) return []
  return pod.spec.volumes.flatMap((volume) =>
    isRecord(volume) && volume.emptyDir !== undefined ? [String(volume.name)] : [],
  )
}

/** The containers that an object will bring. */
export const subjectsOf = (object: ApiObject): readonly BehaviorSubject[] => {
  const pod = podOf(object)
  if (!isRecord(pod) || !isRecord(pod.spec)) return []
  const { spec } = pod
  const labels = isRecord(pod.metadata) && isRecord(pod.metadata.labels) ? pod.metadata.labels : {}
  const containers = [spec.initContainers, spec.containers].flatMap((list) => (Array.isArray(list) ? list : []))
  const owners = [
    { kind: object.kind, name: object.metadata.name },
    ...(object.metadata.ownerReferences ?? []).map(({ kind, name }) => ({ kind, name })),
  ]
  return containers.map((container: Readonly<Record<string, unknown>>) => ({
    namespace: object.metadata.namespace ?? 'default',
    labels: labels as Readonly<Record<string, string>>,
    owners: () => owners,
    image: String(container.image ?? ''),
    container: String(container.name ?? ''),
  }))
}

/** Images that `kubectl set image` will give to the container. */
const laterImagesOf = ({ container }: BehaviorSubject, timeline: readonly TimelineEntry[]): readonly string[] =>
  timeline.flatMap(({ action }) => {
    if (!('command' in action) || action.command.verb !== 'set image') return []
    const image = action.command.images[container] ?? action.command.images['*']
    return image === undefined ? [] : [image]
  })

/** What a command is about, object by object. */
const refsOf = (command: KubectlCommand): readonly ObjectRef[] => {
  if ('targets' in command) return command.targets.by === 'name' ? command.targets.refs : []
  if ('nodes' in command)
    return 'names' in command.nodes ? command.nodes.names.map((name) => ({ kind: 'Node', namespace: '', name })) : []
  return []
}

const manifestsOf = (command: KubectlCommand): readonly JsonObject[] =>
  'manifests' in command ? command.manifests : []

const refTitle = ({ kind, namespace, name }: ObjectRef): string =>
  `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`

/** Reads a scenario; `left` if anything is wrong with it, warnings along with errors. */
export const decodeScenario = (
  input: ScenarioInput,
  options: DecodeOptions,
): Either<readonly LocatedIssue[], DecodedScenario> => {
  const { file, resolved, texts } = input
  const { read = readYaml } = options
  const issues: LocatedIssue[] = []
  const source = read(input.text, file)
  for (const issue of source.issues) issues.push({ ...issue, file })
  const [document, extra] = source.documents
  const finish = (): Either<readonly LocatedIssue[], never> => left(sortIssues(issues))
  if (document === undefined) {
    if (issues.length === 0) issues.push(fileIssue(file, { code: 'WT008', message: 'there is nothing in this file' }))
    return finish()
  }
  const report = (issue: Issue): void => {
    issues.push(locateIssue(file, document, issue))
  }
  const complain = (path: readonly PathStep[], problem: Problem, severity: Issue['severity'] = 'error'): void =>
    report(issueAt(path, problem, severity))
  const sourceOf = (path: readonly PathStep[]): SourcePosition => ({ file, ...document.positionOf(path) })

  const whole = options.base === undefined ? document.value : options.base.complete(document.value)
  const there = options.base?.objects ?? []
  const foreign = notAScenario(whole)
  if (foreign !== undefined) {
    complain(foreign.path, foreign.problem)
    return finish()
  }
  if (extra !== undefined)
    issues.push(
      locateIssue(
        file,
        extra,
        issueAt([], {
          code: 'WT013',
          message: 'a scenario file has one document',
          hint: 'put manifests into files of their own, or into `manifests`',
        }),
      ),
    )

  const { parts, complaints } = decodeParts(whole, options.flags)
  for (const issue of complaints) report(issue)

  // Manifests and nodes.
  const kubeletFlags = { ...defaultsOf(kubeletNodeFlags), ...parts.whole?.flags.kubelet } as KubeletNodeFlags
  for (const [inner, problem] of kubeletProblems(kubeletFlags)) complain(['flags', 'kubelet', ...inner], problem)
  const { serializeImagePulls = true, maxParallelImagePulls = 0 } = parts.whole?.flags.kubelet ?? {}
  // Source: pkg/kubelet/apis/config/validation/validation.go.
  if (serializeImagePulls === true && Number(maxParallelImagePulls) > 1)
    complain(['flags', 'kubelet', 'maxParallelImagePulls'], {
      code: 'WT029',
      message: 'images are pulled one at a time while `serializeImagePulls` is true',
      hint: 'set `serializeImagePulls: false`',
    })
  for (const { index, value } of parts.nodes) {
    if (!('pool' in value) || value.pool.kubelet === undefined) continue
    for (const [inner, problem] of kubeletProblems({ ...kubeletFlags, ...value.pool.kubelet })) {
      if (inner[0]! in value.pool.kubelet) complain(['nodes', index, 'kubelet', ...inner], problem)
    }
  }
  const kubelets: (readonly [node: string, kubelet: Partial<KubeletNodeFlags>])[] = []
  const machines: (readonly [node: string, machine: MachineSpec])[] = []
  const files = new Map<string, LoadedFile>()
  const loadFile = (path: string): LoadedFile => {
    let loaded = files.get(path)
    if (loaded === undefined) {
      const text = texts.get(path) ?? left<Problem>({ code: 'WT004', message: `${path}: no such file` })
      loaded = isLeft(text) ? { objects: [], issues: [fileIssue(path, text.left)] } : loadText(path, text.right, read)
      files.set(path, loaded)
      issues.push(...loaded.issues)
    }
    return loaded
  }
  const pathsTo = (written: string): Either<Problem, readonly string[]> =>
    resolved.get(written) ?? left<Problem>({ code: 'WT004', message: `${written}: no such file or folder` })
  const objectsOf = (written: string): Either<Problem, readonly Loaded[]> => {
    const found = pathsTo(written)
    return isLeft(found) ? found : right(found.right.flatMap((path) => loadFile(path).objects))
  }
  // A file that two patterns match is one file.
  const taken = new Set<string>()
  const loadWritten = (written: string, path: readonly PathStep[]): readonly Loaded[] => {
    const found = pathsTo(written)
    if (isLeft(found)) {
      complain(path, found.left)
      return []
    }
    const fresh = found.right.filter((one) => !taken.has(one))
    for (const one of fresh) taken.add(one)
    return fresh.flatMap((one) => loadFile(one).objects)
  }
  const loadInline = (json: unknown, path: readonly PathStep[]): readonly Loaded[] => {
    const decoded = decodeObjects(json)
    for (const issue of decoded.issues) report({ ...issue, path: [...path, ...issue.path] })
    return decoded.objects.map((loaded) => {
      const root = [...path, ...loaded.path]
      return { ...loaded, file, document, root, name: [...root, 'metadata', 'name'] }
    })
  }
  const loadPool = (
    item: Extract<ScenarioFile['nodes'][number], { pool: unknown }>,
    path: readonly PathStep[],
  ): readonly Loaded[] => {
    const loaded: Loaded[] = []
    const { kubelet } = item.pool
    const machine = machineOfPool(item.pool)
    for (const json of nodesOfPool(item.pool, kubeletFlags)) {
      const decoded = decodeObject(json)
      if (isLeft(decoded)) {
        // Nodes of a pool are alike, so the first says it for all.
        for (const issue of decoded.left) report({ ...issue, path: [...path, ...poolPath(issue.path)] })
        break
      }
      if (kubelet !== undefined) kubelets.push([decoded.right.metadata.name, kubelet])
      if (machine !== undefined) machines.push([decoded.right.metadata.name, machine])
      loaded.push({
        object: decoded.right,
        path: [],
        ownNamespace: undefined,
        json,
        file,
        document,
        root: path,
        name: [...path, 'name'],
      })
    }
    return [...loaded, ...loadStaticPods(item.pool, path)]
  }
  /** The mirror on each node of what its kubelet runs by itself. */
  const loadStaticPods = ({ name, count, staticPods }: NodePool, path: readonly PathStep[]): readonly Loaded[] =>
    staticPods.flatMap((written, index) => {
      const here = [...path, 'staticPods', index]
      const found = typeof written === 'string' ? objectsOf(written) : right(loadInline(written, here))
      if (isLeft(found)) complain(here, found.left)
      return (isLeft(found) ? [] : found.right).flatMap((one): readonly Loaded[] => {
        const problem = staticPodProblem(one.object)
        if (problem !== undefined || !isKind(one.object, 'Pod')) {
          issues.push(locateIssue(one.file, one.document, issueAt(one.root, problem ?? NO_POD)))
          return []
        }
        const pod = one.object
        return Array.from({ length: count }, (_, i) => {
          const object = mirrorOf(pod, `${name}-${i + 1}`)
          return { ...one, object, json: object as unknown as JsonObject }
        })
      })
    })
  const loaded = [
    ...parts.manifests.flatMap(({ index, value }) => {
      const path = ['manifests', index]
      return typeof value === 'string' ? loadWritten(value, path) : loadInline(value, path)
    }),
    ...parts.nodes.flatMap(({ index, value }) => {
      const path = ['nodes', index]
      if ('manifests' in value) return loadWritten(value.manifests, [...path, 'manifests'])
      return 'inline' in value ? loadInline(value.inline, path) : loadPool(value, path)
    }),
  ]
  const first = new Map<string, Loaded>()
  for (const one of loaded) {
    if (one.object.metadata.name === '') continue
    const identity = identityOf(one.object)
    const earlier = first.get(identity)
    if (earlier === undefined) {
      first.set(identity, one)
      continue
    }
    const there = earlier.document.positionOf(earlier.name)
    issues.push(
      locateIssue(
        one.file,
        one.document,
        issueAt(one.name, {
          code: 'WT021',
          message: `${titleOf(one.object)} is there twice`,
          hint: `the first is at ${earlier.file}:${there.line}:${there.column}`,
        }),
      ),
    )
  }
  const everything = loaded.map(({ object }) => object).sort(compareObjects)
  const silent = new Set(loaded.filter(saysNothingOfAllocatable).map(({ object }) => object))
  const nodes = everything
    .filter((object): object is Node => isKind(object, 'Node'))
    .map((node) => (silent.has(node) ? withAllocatable(node, kubeletFlags) : node))
  const objects = everything.filter((object) => !isKind(object, 'Node'))
  // In the order in which they are stored: the later one has to ask for something else.
  const services = everything.filter((object): object is Service => isKind(object, 'Service'))
  conflictsOf(createClusterStore().view, services).forEach((causes, i) => {
    const here = loaded.find(({ object }) => object === services[i])!
    for (const message of causes) {
      const place = [...here.root, ...stepsOf(message.slice(0, message.indexOf(':')))]
      issues.push(locateIssue(here.file, here.document, { code: 'WT104', severity: 'error', path: place, message }))
    }
  })
  for (const [kind, here] of firstInertOfEachKind(loaded)) {
    const count = loaded.filter(({ object }) => object.kind === kind && !isGenerated(object)).length
    const kept = count === 1 ? 'one object is kept' : `${count} objects are kept`
    issues.push(
      locateIssue(
        here.file,
        here.document,
        issueAt(
          [...here.root, 'kind'],
          { code: 'WT027', message: `${kind} is not simulated: ${kept}, and nothing acts on it` },
          'warning',
        ),
      ),
    )
  }

  // What could not be read may be what is missed below.
  const allRead = !issues.some(
    ({ severity, code, path, file: where }) =>
      severity === 'error' && code !== 'WT021' && (where !== file || path[0] === 'manifests' || path[0] === 'nodes'),
  )

  // The scheduler's configuration.
  const check: CheckSchedulerConfiguration = options.checkSchedulerConfiguration ?? (() => [])
  const schedulerConfiguration = ((): SchedulerConfigurationJson | undefined => {
    const written = parts.rest.schedulerConfiguration
    const here = ['schedulerConfiguration']
    if (written === undefined) return undefined
    if (typeof written !== 'string') {
      for (const issue of check(written)) report({ ...issue, path: [...here, ...issue.path] })
      return written
    }
    const found = onlyFile(written, pathsTo(written))
    if (isLeft(found)) {
      complain(here, found.left)
      return undefined
    }
    const path = found.right
    const text = texts.get(path) ?? left<Problem>({ code: 'WT004', message: `${path}: no such file` })
    if (isLeft(text)) {
      issues.push(fileIssue(path, text.left))
      return undefined
    }
    const read = readSchedulerConfigurationFile(path, text.right, check)
    if (isRight(read)) return read.right
    issues.push(...read.left)
    return undefined
  })()
  // What objects of a dump refer to.
  if (allRead) for (const issue of danglingReferences(loaded)) issues.push(issue)

  // Timeline.
  const duration = parts.rest.duration
  const nodeLabels = new Map(
    [...there.filter((object) => isKind(object, 'Node')), ...nodes].map(({ metadata }) => [
      metadata.name,
      metadata.labels ?? {},
    ]),
  )
  const timeline: TimelineEntry[] = []
  const faults: PlacedFault[] = []
  const commands: { readonly at: Millis; readonly path: readonly PathStep[]; readonly command: KubectlCommand }[] = []
  for (const { index, value } of parts.timeline) {
    const path = ['timeline', index]
    const { at, action } = value
    const source = sourceOf(path)
    if (duration !== undefined && at > duration)
      complain(
        [...path, 'at'],
        { code: 'WT026', message: 'this is after the end of the run, and never happens' },
        'warning',
      )
    if (action.kind !== 'kubectl') {
      faults.push({ at, path: [...path, action.kind], fault: action })
      timeline.push({ at, action, source })
      continue
    }
    const parsed = parseKubectlCommand(action.text, { objectsOf })
    if (isLeft(parsed)) {
      for (const { offset, ...problem } of parsed.left) {
        const where = [...path, 'kubectl']
        issues.push({ ...issueAt(where, problem), file, ...document.positionInside(where, offset) })
      }
      continue
    }
    commands.push({ at, path: [...path, 'kubectl'], command: parsed.right })
    timeline.push({ at, action: { ...action, command: parsed.right }, source })
  }
  // Arrivals: commands of the timeline that nobody had to write.
  const arrived: { readonly table: string; readonly arrival: Arrival }[] = []
  for (const { index, value } of parts.arrivals) {
    const path = ['arrivals', index]
    const found = onlyFile(value.csv, pathsTo(value.csv))
    if (isLeft(found)) {
      complain([...path, 'csv'], found.left)
      continue
    }
    const table = found.right
    const text = texts.get(table) ?? left<Problem>({ code: 'WT004', message: `${table}: no such file` })
    if (isLeft(text)) {
      issues.push(fileIssue(table, text.left))
      continue
    }
    const read = arrivalsOf(value, text.right)
    for (const issue of read.issues) report({ ...issue, path: [...path, ...issue.path] })
    for (const issue of read.problems) issues.push({ ...issue, file: table })
    let late = 0
    for (const arrival of read.arrivals) {
      const { at, manifest, line, column } = arrival
      if (duration !== undefined && at > duration) late++
      const command: KubectlCommand = { verb: 'create', manifests: [manifest] }
      arrived.push({ table, arrival })
      timeline.push({
        at,
        action: { kind: 'kubectl', text: `create -f ${value.csv}:${line}`, command },
        source: { file: table, line, column },
      })
    }
    if (late > 0)
      complain(
        [...path, 'csv'],
        {
          code: 'WT026',
          message: `${late} of its ${read.arrivals.length} rows ${late === 1 ? 'is' : 'are'} after the end of the run, and never happen`,
        },
        'warning',
      )
  }
  timeline.sort((a, b) => a.at - b.at)
  const applied = [
    ...commands.flatMap(({ command }) => manifestsOf(command).map(apiObject)),
    ...arrived.map(({ arrival }) => arrival.object),
  ]
  const known = [...there, ...everything, ...applied]
  const classes = there.filter(({ kind }) => kind === 'PriorityClass')
  const refusals = allRead
    ? [
        ...priorityProblems([...classes, ...objects], applied),
        ...limitProblems(objects),
        ...missingConfig(objects, known),
      ]
    : []
  for (const { object, issue } of refusals) {
    const here = loaded.find((one) => one.object === object)
    // Two classes that say that they are the default one: what was there first may be one of them.
    if (here === undefined) continue
    issues.push(locateIssue(here.file, here.document, { ...issue, path: [...here.root, ...issue.path] }))
  }
  const imageChanges = timeline.filter(({ action }) => 'command' in action && action.command.verb === 'set image')
  const scene: DisruptionScene = {
    nodes: nodeLabels,
    pools: new Set(parts.nodes.flatMap(({ value }) => ('pool' in value ? [value.pool.name] : []))),
    dependencies: new Set(parts.dependencies.map(({ value: { name } }) => name)),
    registries: new Set(
      known
        .flatMap(subjectsOf)
        .flatMap((subject) => [subject.image, ...laterImagesOf(subject, imageChanges)])
        .map(registryOf),
    ),
  }
  for (const { path, fault } of allRead ? faults : [])
    for (const [inner, problem] of disruptionByName.get(fault.kind)?.check(fault, scene) ?? [])
      complain([...path, ...inner], problem)
  for (const [path, problem] of overlaps(faults)) complain(path, problem)
  // Failures.
  const nodeNames = new Set(known.filter(({ kind }) => kind === 'Node').map(({ metadata }) => metadata.name))
  const recordOf = (written: string, path: readonly PathStep[]): readonly RecordedFailure[] => {
    const found = onlyFile(written, pathsTo(written))
    if (isLeft(found)) {
      complain(path, found.left)
      return []
    }
    const table = found.right
    const text = texts.get(table) ?? left<Problem>({ code: 'WT004', message: `${table}: no such file` })
    const read = isLeft(text) ? text : failuresOfCsv(text.right, parts.rest.start ?? 0, allRead ? nodeNames : undefined)
    if (isRight(read)) return read.right
    if ('code' in read.left) issues.push(fileIssue(table, read.left))
    else
      for (const { line, column, ...problem } of read.left)
        issues.push({ ...issueAt([], problem), file: table, line, column })
    return []
  }
  const failures = parts.failures.map(({ index, value }): FailureModel | RecordedFailures => {
    const path = ['failures', index]
    if ('recorded' in value) return { name: value.name, recorded: recordOf(value.recorded, [...path, 'recorded']) }
    if (allRead) {
      for (const [inner, problem] of failureProblems(value, scene)) complain([...path, ...inner], problem)
    }
    return value
  })
  reportDuplicateNames(parts.failures, 'failures', complain)
  const knownRefs = new Set(
    known.map(
      (object) =>
        `${object.kind}/${isKind(object, 'Node') ? '' : (object.metadata.namespace ?? '')}/${object.metadata.name}`,
    ),
  )
  for (const { path, command } of allRead ? commands : [])
    for (const ref of refsOf(command)) {
      if (knownRefs.has(`${ref.kind}/${ref.namespace}/${ref.name}`)) continue
      // Names that controllers make begin with the name of their owner.
      if (known.some(({ metadata }) => ref.name.startsWith(`${metadata.name}-`))) continue
      const names = known.filter(({ kind }) => kind === ref.kind).map(({ metadata }) => metadata.name)
      const elsewhere = known.find(({ kind, metadata }) => kind === ref.kind && metadata.name === ref.name)
      complain(
        path,
        {
          code: 'WT036',
          message: `no manifest brings ${refTitle(ref)}`,
          hint:
            elsewhere === undefined
              ? suggestion(ref.name, names)
              : `there is one in another namespace: \`-n ${elsewhere.metadata.namespace}\``,
        },
        'warning',
      )
    }

  // Behaviours.
  const curveOf = (
    spec: UsageSpec | undefined,
    unit: typeof CpuMillis,
    path: readonly PathStep[],
  ): UsageCurve | undefined => {
    if (spec === undefined) return undefined
    if ('shared' in spec) return curveOf(spec.shared, unit, [...path, 'shared'])
    if (!('csv' in spec)) return usageCurveOf(spec)
    const written = spec.csv.file
    const where = [...path, 'csv', ...(isRecord(valueAt(document.value, [...path, 'csv'])) ? ['file'] : [])]
    const found = pathsTo(written)
    if (isLeft(found)) {
      complain(where, found.left)
      return undefined
    }
    const [table, another] = found.right
    if (table === undefined || another !== undefined) {
      complain(where, { code: 'WT041', message: `${written} is more than one file`, hint: 'name one CSV file' })
      return undefined
    }
    const text = texts.get(table) ?? left<Problem>({ code: 'WT004', message: `${table}: no such file` })
    const curve = isLeft(text) ? text : usageOfCsv(text.right, spec.csv, unit)
    if (isRight(curve)) {
      const whole = path[path.length - 1] === 'shared' || path[0] === 'metrics'
      if (!whole || curve.right.since !== 'container') return curve.right
      const hint = 'name the column of times `at`, for times since the start of the run'
      const message = 'there is no container to count its time from'
      issues.push({ ...issueAt([], { code: 'WT029', message, hint }), file: table, line: 1, column: 1 })
      return undefined
    }
    if ('code' in curve.left) complain(where, curve.left)
    else
      for (const { line, column, ...problem } of curve.left)
        issues.push({ ...issueAt([], problem), file: table, line, column })
    return undefined
  }
  const behaviors = parts.behaviors.map(({ index, value }): Behavior => {
    const { cpu, memory, disk, inodes, logs, processes, volumes, ...rest } = value
    const written = { memory, disk, inodes, logs, processes }
    const processor = curveOf(cpu, CpuMillis, ['behaviors', index, 'cpu'])
    const curves: Partial<Record<keyof typeof written, UsageCurve>> = {}
    for (const field of ['memory', 'disk', 'inodes', 'logs', 'processes'] as const) {
      const curve = curveOf(written[field], UNIT_OF[field], ['behaviors', index, field])
      if (curve !== undefined) curves[field] = curve
    }
    const inVolumes = Object.entries(volumes ?? {}).flatMap(([volume, spec]) => {
      const curve = curveOf(spec, Bytes, ['behaviors', index, 'volumes', volume])
      return curve === undefined ? [] : [[volume, curve] as const]
    })
    const field = cpu !== undefined && 'shared' in cpu ? 'sharedCpu' : 'cpu'
    return {
      ...rest,
      ...(processor === undefined ? {} : { [field]: processor }),
      ...curves,
      ...(inVolumes.length === 0 ? {} : { volumes: Object.fromEntries(inVolumes) }),
    }
  })
  const metrics = parts.metrics.flatMap(({ index, value: metric }): NamedMetric[] => {
    const { name, namespace, labels, object, pods } = metric
    const value = curveOf(metric.value, MetricMillis, ['metrics', index, 'value'])
    if (value === undefined) return []
    const of = object ?? (pods === undefined ? 'external' : { pods })
    return [{ name, namespace, of, labels, value }]
  })
  metrics.push(...(options.base?.metrics ?? []))
  const unread = new Set(parts.metrics.map(({ value }) => value.name))
  for (const one of loaded)
    for (const [step, problem] of missingMetrics(one.object, metrics, unread))
      issues.push(locateIssue(one.file, one.document, issueAt([...one.root, ...step], problem)))
  for (const { path, command } of commands)
    for (const manifest of manifestsOf(command))
      for (const [, problem] of missingMetrics(apiObject(manifest), metrics, unread)) complain(path, problem)

  const chosen = new Set<number>()
  const choose = compileBehaviors(behaviors)
  for (const object of known) {
    for (const subject of subjectsOf(object)) {
      chosen.add(choose(subject))
      for (const image of laterImagesOf(subject, imageChanges)) chosen.add(choose({ ...subject, image }))
    }
  }
  const usage: UsageScene = {
    behaviors,
    choose,
    subjectsOf: (kind, namespace, name) =>
      known
        .filter(
          (object) =>
            object.kind === kind && object.metadata.name === name && (object.metadata.namespace ?? '') === namespace,
        )
        .flatMap(subjectsOf),
  }
  // The behaviours that a fork goes on with are not here.
  const knowsUsage = allRead && options.base === undefined
  for (const one of knowsUsage ? loaded : [])
    for (const [step, problem] of unsaidUsages(usage, one.object))
      issues.push(locateIssue(one.file, one.document, issueAt([...one.root, ...step], problem, 'warning')))
  for (const { path, command } of knowsUsage ? commands : []) {
    for (const manifest of manifestsOf(command))
      for (const [, problem] of unsaidUsages(usage, apiObject(manifest))) complain(path, problem, 'warning')
    if (command.verb !== 'autoscale') continue
    const asked = command.metrics.length === 0 ? (['cpu'] as const) : command.metrics.map(({ resource }) => resource)
    for (const target of refsOf(command))
      for (const resource of new Set(asked)) {
        const problem = unsaidUsage(usage, target, resource)
        if (problem !== undefined) complain(path, problem, 'warning')
      }
  }
  // How long a pod runs that says so itself.
  const durationProblem = (object: ApiObject): ProblemAt | undefined => {
    const pod = podOf(object)
    const annotations = isRecord(pod) && isRecord(pod.metadata) ? pod.metadata.annotations : undefined
    if (!isRecord(annotations)) return undefined
    for (const subject of subjectsOf(object)) {
      const key = behaviors[choose(subject)]?.run?.forAnnotation
      if (key === undefined || annotations[key] === undefined) continue
      const parsed = parseDuration(annotations[key])
      if (isLeft(parsed)) return [['metadata', 'annotations', key], parsed.left]
    }
    return undefined
  }
  if (behaviors.some(({ run }) => run?.forAnnotation !== undefined)) {
    for (const one of loaded) {
      const wrong = durationProblem(one.object)
      if (wrong === undefined) continue
      const inTemplate = one.object.kind === 'Pod' ? wrong[0] : []
      issues.push(locateIssue(one.file, one.document, issueAt([...one.root, ...inTemplate], wrong[1])))
    }
    for (const { table, arrival } of arrived) {
      const wrong = durationProblem(arrival.object)
      if (wrong === undefined) continue
      const { line, column } = arrival
      issues.push({ ...issueAt([], wrong[1]), file: table, line, column })
    }
  }
  reportTwice(loaded, arrived, issues)
  parts.behaviors.forEach(({ index, value }, position) => {
    if (chosen.has(position) || !allRead) return
    const name = behaviorName(value, index)
    complain(
      ['behaviors', index, 'match'],
      {
        code: 'WT024',
        message: `behaviour ${name} matches no container of any manifest`,
        hint: missHint(behaviors[position]!, position, known, behaviors),
      },
      'warning',
    )
  })
  reportDuplicateNames(parts.behaviors, 'behaviors', complain)
  if (allRead) {
    const directories = new Set(known.flatMap(emptyDirsOf))
    for (const { index, value } of parts.behaviors)
      for (const volume of Object.keys(value.volumes ?? {}))
        if (!directories.has(volume))
          complain(
            ['behaviors', index, 'volumes', volume],
            {
              code: 'WT024',
              message: `no pod has an emptyDir volume "${volume}"`,
              hint: suggestion(volume, [...directories]),
            },
            'warning',
          )
  }

  parts.behaviors.forEach(({ index, value }) => {
    for (const kind of ['liveness', 'readiness', 'startup'] as const)
      value.probes[kind]?.needs?.forEach(({ dependency }, position) => {
        if (scene.dependencies.has(dependency)) return
        complain(['behaviors', index, 'probes', kind, 'needs', position, 'dependency'], {
          code: 'WT025',
          message: `there is no dependency "${dependency}"`,
          hint: suggestion(dependency, [...scene.dependencies]) ?? 'declare it under `dependencies`',
        })
      })
  })
  reportDuplicateNames(parts.dependencies, 'dependencies', complain)

  // Expectations.
  reportDuplicateNames(parts.expect, 'expect', complain)
  const expect = parts.expect.map(({ index, value }) => {
    const field = ['expect', index, expressionField(value.kind)]
    const problem = options.checkExpression?.(value.expression)
    if (problem !== undefined) {
      const { offset, ...rest } = problem
      issues.push({ ...issueAt(field, { code: 'WT040', ...rest }), file, ...document.positionInside(field, offset) })
    }
    reportWindow(value, index, duration, complain)
    return { ...value, source: sourceOf(field) }
  })

  if (parts.rest.timeZone !== undefined && options.isTimeZone?.(parts.rest.timeZone) === false)
    complain(['timeZone'], {
      code: 'WT019',
      message: `there is no time zone "${parts.rest.timeZone}"`,
      hint: 'an IANA name: `Europe/Paris`',
    })

  const complete = parts.whole
  if (complete === undefined || issues.some(({ severity }) => severity === 'error')) return finish()
  const { metadata, seed, start, timeZone, latencies, images, flags, limits } = complete
  return right({
    scenario: {
      name: metadata.name,
      seed,
      start,
      timeZone,
      duration: complete.duration,
      objects: asApplied(
        objects,
        loaded,
        commands.map(({ command }) => command),
      ),
      nodes,
      behaviors,
      kubelets: Object.fromEntries(kubelets),
      machines: Object.fromEntries(machines),
      metrics,
      dependencies: complete.dependencies,
      fidelity: complete.fidelity,
      latencies,
      imageBytes: images.size,
      imageSizes: images.sizes,
      missingImages: images.missing,
      rootImages: images.root,
      flags,
      ...(schedulerConfiguration === undefined
        ? {}
        : { schedulerConfiguration: inOneOrder(schedulerConfiguration) as SchedulerConfigurationJson }),
      timeline,
      failures,
      expect,
      limits,
    },
    manifests: () =>
      [...loaded].sort((a, b) => compareObjects(a.object, b.object)).map((one) => sentManifest(one, 'default')),
    warnings: sortIssues(issues),
  })
}

/**
 * The objects with what kubectl remembers of them, where it matters: those that the timeline applies have been applied
 * before. What a dump brings has what it has.
 */
const asApplied = (
  objects: readonly ApiObject[],
  loaded: readonly Loaded[],
  commands: readonly KubectlCommand[],
): readonly ApiObject[] => {
  const applied = commands.flatMap((command) => (command.verb === 'apply' ? command.manifests : []))
  const again = new Set(applied.map(apiObject).map(identityOf))
  if (again.size === 0) return objects
  const written = new Map(loaded.map((one) => [one.object, one]))
  return objects.map((object) => {
    const here = written.get(object)
    if (here === undefined || isDumped(object) || !again.has(identityOf(object))) return object
    return apiObject(withLastApplied(sentManifest(here, 'default')))
  })
}

/** Arrivals of one name: the API server would refuse the later one. Names that are made up differ. */
const reportTwice = (
  loaded: readonly Loaded[],
  arrived: readonly { readonly table: string; readonly arrival: Arrival }[],
  issues: LocatedIssue[],
): void => {
  if (arrived.length === 0) return
  const first = new Map<string, string>()
  for (const { object, file, document, name } of loaded) {
    const { line, column } = document.positionOf(name)
    first.set(identityOf(object), `${file}:${line}:${column}`)
  }
  for (const { table, arrival } of arrived) {
    const { object, line, column } = arrival
    if (object.metadata.name === '') continue
    const identity = identityOf(object)
    const there = first.get(identity)
    if (there === undefined) {
      first.set(identity, `${table}:${line}:${column}`)
      continue
    }
    const problem: Problem = {
      code: 'WT021',
      message: `${titleOf(object)} is there twice`,
      hint: `the first is at ${there}`,
    }
    issues.push({ ...issueAt([], problem), file: table, line, column })
  }
}

/** Nodes that are not there never fail, and neither does a group without a member. */
const failureProblems = ({ fault, target, together }: FailureModel, scene: DisruptionScene): readonly ProblemAt[] => {
  if (CONTROL_PLANE_FAULTS.has(fault)) return []
  const wrong = checkNodeTarget(target, scene).map(([path, problem]): ProblemAt => [[fault, ...path], problem])
  if (wrong.length > 0 || together === undefined) return wrong
  const meant = nodesOfTarget(target, scene.nodes).map((name) => scene.nodes.get(name)!)
  if (meant.some((labels) => labels[together] !== undefined)) return []
  const hint = suggestion(together, [...new Set(meant.flatMap((labels) => Object.keys(labels)))])
  return [[['together'], { code: 'WT025', message: `none of these nodes has the label ${together}`, hint }]]
}

/** A file that is something else gets one answer, not a list of unknown fields. */
const notAScenario = (json: unknown): { readonly path: readonly PathStep[]; readonly problem: Problem } | undefined => {
  const hint = `a scenario begins with \`apiVersion: ${API_VERSION}\` and \`kind: Scenario\``
  if (!isRecord(json)) return { path: [], problem: { code: 'WT013', message: 'this is not a scenario', hint } }
  const { kind, apiVersion } = json
  if (kind === 'Scenario' || (kind === undefined && apiVersion === undefined)) return undefined
  if (typeof kind !== 'string' || (apiVersion === API_VERSION && kind !== 'Study')) return undefined
  const message = `this is a ${kind}, not a scenario`
  if (kind === 'Study')
    return { path: ['kind'], problem: { code: 'WT013', message, hint: 'a study is run by `wavetank study FILE`' } }
  return {
    path: ['kind'],
    problem: { code: 'WT013', message, hint: `${hint}; it names this file under \`manifests\`` },
  }
}

interface Item<A> {
  readonly index: number
  readonly value: A
}

interface Parts {
  readonly manifests: readonly Item<ScenarioFile['manifests'][number]>[]
  readonly nodes: readonly Item<ScenarioFile['nodes'][number]>[]
  readonly behaviors: readonly Item<BehaviorItem>[]
  readonly metrics: readonly Item<ScenarioFile['metrics'][number]>[]
  readonly dependencies: readonly Item<Dependency>[]
  readonly timeline: readonly Item<ScenarioFile['timeline'][number]>[]
  readonly arrivals: readonly Item<Arrivals>[]
  readonly failures: readonly Item<FailureItem>[]
  readonly expect: readonly Item<Expectation>[]
  readonly rest: Partial<Pick<ScenarioFile, 'duration' | 'start' | 'timeZone' | 'schedulerConfiguration'>>
  /** Only if nothing was refused. */
  readonly whole?: ScenarioFile
}

/** Reads the file as a whole, and item by item what can be checked further although something else was refused. */
const decodeParts = (
  json: unknown,
  flags: FlagCatalog,
): { readonly parts: Parts; readonly complaints: readonly Issue[] } => {
  const codec = scenarioFile(flags)
  const decoded = decodeWith(codec, json)
  if (isRight(decoded)) {
    const whole = decoded.right
    const items = <A>(list: readonly A[]): readonly Item<A>[] => list.map((value, index) => ({ index, value }))
    return {
      parts: {
        manifests: items(whole.manifests),
        nodes: items(whole.nodes),
        behaviors: items(whole.behaviors),
        metrics: items(whole.metrics),
        dependencies: items(whole.dependencies),
        timeline: items(whole.timeline),
        arrivals: items(whole.arrivals),
        failures: items(whole.failures),
        expect: items(whole.expect),
        rest: whole,
        whole,
      },
      complaints: [],
    }
  }
  const record = isRecord(json) ? json : {}
  const salvage = <
    K extends
      | 'manifests'
      | 'nodes'
      | 'behaviors'
      | 'dependencies'
      | 'metrics'
      | 'timeline'
      | 'arrivals'
      | 'failures'
      | 'expect',
  >(
    field: K,
  ): readonly Item<ScenarioFile[K][number]>[] => {
    const list = Array.isArray(record[field]) ? (record[field] as readonly unknown[]) : []
    return list.flatMap((item, index) => {
      const one = codec.fields[field]!.codec.decode([item])
      return isRight(one) ? [{ index, value: (one.right as readonly ScenarioFile[K][number][])[0]! }] : []
    })
  }
  const alone = (field: 'duration' | 'start' | 'timeZone' | 'schedulerConfiguration'): unknown => {
    const one = codec.fields[field]!.codec.decode(record[field])
    return isRight(one) ? one.right : undefined
  }
  return {
    parts: {
      manifests: salvage('manifests'),
      nodes: salvage('nodes'),
      behaviors: salvage('behaviors'),
      metrics: salvage('metrics'),
      dependencies: salvage('dependencies'),
      timeline: salvage('timeline'),
      arrivals: salvage('arrivals'),
      failures: salvage('failures'),
      expect: salvage('expect'),
      rest: {
        duration: alone('duration') as Millis,
        start: alone('start') as number,
        timeZone: alone('timeZone') as string,
        schedulerConfiguration: alone('schedulerConfiguration') as ScenarioFile['schedulerConfiguration'],
      },
    },
    complaints: decoded.left,
  }
}

/** The API server would take the capacity for allocatable, and then the kubelet posts what it has computed. */
const saysNothingOfAllocatable = ({ object, document, root, name }: Loaded): boolean =>
  isKind(object, 'Node') &&
  // Not of a pool.
  name[name.length - 2] === 'metadata' &&
  stepInto(document.value, [...root, 'status', 'allocatable']) === undefined

const withAllocatable = (node: Node, flags: KubeletNodeFlags): Node => {
  const { capacity } = node.status ?? {}
  return capacity === undefined
    ? node
    : { ...node, status: { ...node.status, capacity, allocatable: allocatableOf(capacity, flags) } }
}

/** Where a pool says what a Node made from it says at `path`. */
const NO_POD: Problem = { code: 'WT029', message: 'only pods can be static' }

/** Why a kubelet would not run it from a file. Source: pkg/kubelet/config/common.go, tryDecodeSinglePod. */
const staticPodProblem = (object: ApiObject): Problem | undefined => {
  if (!isKind(object, 'Pod')) return { ...NO_POD, hint: `this is a ${object.kind}` }
  if (object.metadata.name === '') return { code: 'WT011', message: 'a static pod needs a `metadata.name`' }
  const resource = referenceOf(object)
  if (resource === undefined) return undefined
  return {
    code: 'WT029',
    message: `a static pod can not refer to ${resource}`,
    hint: 'its kubelet runs it without the API server',
  }
}

const poolPath = (path: readonly PathStep[]): readonly PathStep[] => {
  const [top, field, ...rest] = path
  if (top === 'status' && (field === 'capacity' || field === 'allocatable')) return [field, ...rest]
  if (top === 'spec' && field === 'taints') return ['taints', ...rest]
  if (top === 'metadata' && (field === 'labels' || field === 'name')) return [field, ...rest]
  return []
}

/** Owners and nodes that a dump names and that are not there: each once, at the first object that names it. */
const danglingReferences = (loaded: readonly Loaded[]): readonly LocatedIssue[] => {
  const objects = loaded.map(({ object }) => object)
  const missing = missingOwner(objects)
  const nodes = new Set(objects.filter(({ kind }) => kind === 'Node').map(({ metadata }) => metadata.name))
  const told = new Set<string>()
  const issues: LocatedIssue[] = []
  const tell = (one: Loaded, what: string, path: readonly PathStep[], problem: Problem): void => {
    if (told.has(what)) return
    told.add(what)
    issues.push(locateIssue(one.file, one.document, issueAt([...one.root, ...path], problem, 'warning')))
  }
  for (const one of loaded) {
    const { object } = one
    if (!isDumped(object)) continue
    const owner = missing(object)
    if (owner !== undefined) {
      const what = `${owner.kind} ${object.metadata.namespace ?? ''}/${owner.name}`
      const message = `no manifest brings ${what}, the owner of ${titleOf(object)}: what it owns is loaded without an owner`
      tell(one, what, ['metadata', 'ownerReferences'], { code: 'WT046', message })
    }
    const node = isKind(object, 'Pod') ? object.spec.nodeName : undefined
    if (node !== undefined && node !== '' && !nodes.has(node)) {
      const message = `there is no node ${node}: its pods are scheduled anew, those that belong to the node are left out`
      tell(one, `Node ${node}`, ['spec', 'nodeName'], { code: 'WT047', message })
    }
  }
  return issues
}

const firstInertOfEachKind = (loaded: readonly Loaded[]): ReadonlyMap<string, Loaded> => {
  const first = new Map<string, Loaded>()
  for (const one of loaded)
    if (isInert(one.object) && !isGenerated(one.object) && !first.has(one.object.kind)) first.set(one.object.kind, one)
  return first
}

const reportDuplicateNames = (
  items: readonly Item<{ readonly name?: string }>[],
  field: string,
  complain: (path: readonly PathStep[], problem: Problem) => void,
): void => {
  const seen = new Map<string, number>()
  for (const { index, value } of items) {
    if (value.name === undefined) continue
    const earlier = seen.get(value.name)
    if (earlier === undefined) seen.set(value.name, index)
    else
      complain([field, index, 'name'], {
        code: 'WT021',
        message: `"${value.name}" is also the name of ${field}[${earlier}]`,
      })
  }
}

const reportWindow = (
  expectation: Expectation,
  index: number,
  duration: Millis | undefined,
  complain: (path: readonly PathStep[], problem: Problem, severity?: Issue['severity']) => void,
): void => {
  if (duration === undefined) return
  const { kind, from, to } = expectation
  if (from > duration)
    complain(['expect', index, kind === 'at' ? 'at' : 'after'], {
      code: 'WT026',
      message: 'this is after the end of the run, so it would never be looked at',
    })
  else if (to !== undefined && to > duration)
    complain(
      ['expect', index, 'until'],
      { code: 'WT026', message: 'the window goes on after the end of the run' },
      'warning',
    )
}

/** Why a behaviour has nothing to act on: another one is first, or which of its conditions fails. */
const missHint = (
  behavior: Behavior,
  position: number,
  objects: readonly ApiObject[],
  behaviors: readonly Behavior[],
): string | undefined => {
  const subjects = objects.flatMap(subjectsOf)
  const alone = compileBehaviors([behavior])
  const own = subjects.find((subject) => alone(subject) === 0)
  if (own !== undefined) {
    const winner = compileBehaviors(behaviors)(own)
    return `behaviour ${behaviorName(behaviors[winner]!, winner)} comes first and takes them`
  }
  if (position < 0 || subjects.length === 0) return undefined
  for (const key of ['namespace', 'owner', 'image', 'container', 'labels'] as const) {
    const condition = behavior.match[key]
    if (condition === undefined) continue
    const one = compileBehaviors([{ ...behavior, match: { [key]: condition } }])
    if (subjects.some((subject) => one(subject) === 0)) continue
    const there = [
      ...new Set(
        subjects.flatMap((subject) =>
          key === 'owner'
            ? subject.owners().map(({ kind, name }) => `${kind}/${name}`)
            : key === 'labels'
              ? Object.entries(subject.labels).map(([k, v]) => `${k}=${v}`)
              : [subject[key]],
        ),
      ),
    ]
    const written = typeof condition === 'string' ? condition : `${condition.kind}/${condition.name}`
    return suggestion(written, there)
  }
  return undefined
}
