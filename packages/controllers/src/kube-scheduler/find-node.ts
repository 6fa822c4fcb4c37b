import { ln } from '@wavetank/kernel'
import type { Diagnosis, Placement } from './diagnosis.ts'
import { numFeasibleNodesToFind } from './node-order.ts'
import type { NodeTable } from './node-table.ts'
import { localityScore, scaledBytes } from './plugins/image-locality/image-locality.ts'
import {
  AFFINITY_REFUSAL,
  ANTI_AFFINITY_REFUSAL,
  EXISTING_REFUSAL,
  type InterPodAffinityArgs,
} from './plugins/inter-pod-affinity/inter-pod-affinity.ts'
import {
  isAtHomeAnywhere,
  matchesNodeAffinity,
  matchesProfileAffinity,
  NODE_AFFINITY_REFUSAL,
  type NodeAffinityArgs,
  preferredWeight,
  prefersNodes,
} from './plugins/node-affinity/node-affinity.ts'
import { NAME_REFUSAL } from './plugins/node-name/node-name.ts'
import type { NodeResourcesBalancedAllocationArgs } from './plugins/node-resources-balanced-allocation/node-resources-balanced-allocation.ts'
import { balancedScore } from './plugins/node-resources-balanced-allocation/node-resources-balanced-allocation.ts'
import {
  amountOf,
  isIgnored,
  isScored,
  leastAllocated,
  mostAllocated,
  type NodeResourcesFitArgs,
  type WeightedResource,
} from './plugins/node-resources-fit/node-resources-fit.ts'
import { requestedToCapacityRatio } from './plugins/node-resources-fit/requested-to-capacity-ratio.ts'
import { toleratesUnschedulable, UNSCHEDULABLE_REFUSAL } from './plugins/node-unschedulable/node-unschedulable.ts'
import { includesNode } from './plugins/pod-topology-spread/constraints.ts'
import { MISSING_LABEL, round, SKEWED } from './plugins/pod-topology-spread/pod-topology-spread.ts'
import { plugins as registry } from './plugins/registry.ts'
import { intolerableTaints, TAINT_REFUSAL, toleratesTaints } from './plugins/taint-toleration/taint-toleration.ts'
import type { BoundPlugin, Profile } from './profile.ts'
import {
  chooseAmong,
  filterNode,
  findNodeByReference,
  type PreFiltered,
  type Rejection,
  runPreFilters,
  type Search,
} from './reference.ts'
import {
  carriedTermsFor,
  carriedWeight,
  type ProfiledShape,
  type Shape,
  type Shapes,
  type SpreadTerm,
} from './shapes.ts'
import type { Status } from './status.ts'

/**
 * The scheduling cycle over columns: the same answers as reference.ts, which a property compares.
 *
 * 1. Plugins that look at a node alone are asked once for each sort of pod and node (`Verdicts`).
 * 2. Topology spread and pod affinity read sums that the folds keep.
 * 3. Host ports and volumes, and nodes with nominated pods, are left to the reference, node by node: both are rare.
 *
 * Hot path: nothing is allocated for a node that is looked at. The reference takes 1.5 ms for a pod and 300 nodes.
 */

/** What the search needs besides: the columns, and what is known of the pod’s shape. */
export interface FastSearch extends Search {
  readonly table: NodeTable
  readonly shapes: Shapes
  readonly shape: Shape
  readonly profiled: ProfiledShape
  /** Nodes that pods are nominated to. */
  readonly nominatedNodes: ReadonlyMap<string, unknown>
}

// What became of a node: below 16 one number says it all; else see the comments.
const FEASIBLE = 1
const UNSCHEDULABLE = 2
const OTHER_NAME = 3
const TAINTED = 4
const ELSEWHERE = 5
const NO_LABEL = 6
const TOO_SKEWED = 7
const NOT_NEAR = 8
const TOO_NEAR = 9
const UNWELCOME = 10
/** Refused by the reference; the status is kept by row. */
const REFERENCE = 11
/** In higher bits, what is insufficient: bit 4 pods, 5 cpu, 6 memory, 7 ephemeral-storage, 8… extended resources. */
const FIT = 12
const CODE_BITS = 15
/** No node of this size will ever do. */
const NEVER = 1 << 30
const FIRST_EXTENDED = 8

const REFUSALS: Readonly<Record<number, { readonly plugin: string; readonly status: Status }>> = {
  [UNSCHEDULABLE]: { plugin: 'NodeUnschedulable', status: UNSCHEDULABLE_REFUSAL },
  [OTHER_NAME]: { plugin: 'NodeName', status: NAME_REFUSAL },
  [TAINTED]: { plugin: 'TaintToleration', status: TAINT_REFUSAL },
  [ELSEWHERE]: { plugin: 'NodeAffinity', status: NODE_AFFINITY_REFUSAL },
  [NO_LABEL]: { plugin: 'PodTopologySpread', status: MISSING_LABEL },
  [TOO_SKEWED]: { plugin: 'PodTopologySpread', status: SKEWED },
  [NOT_NEAR]: { plugin: 'InterPodAffinity', status: AFFINITY_REFUSAL },
  [TOO_NEAR]: { plugin: 'InterPodAffinity', status: ANTI_AFFINITY_REFUSAL },
  [UNWELCOME]: { plugin: 'InterPodAffinity', status: EXISTING_REFUSAL },
}

/** Filters in the default order, as far as the columns know them; `slow` ones are the reference’s. */
const ORDER: ReadonlyMap<string, number> = new Map(registry.map(({ name }, i) => [name, i]))
const SLOW = new Set(['NodePorts', 'VolumeRestrictions', 'NodeVolumeLimits', 'VolumeBinding', 'VolumeZone'])

/** What a profile asks for, in the terms of this file. */
interface Plan {
  /** False if the filters stand in another order than usual: then the reference decides. */
  readonly isUsual: boolean
  readonly unschedulable: boolean
  readonly name: boolean
  readonly taints: boolean
  readonly affinity: NodeAffinityArgs | undefined
  readonly fit: NodeResourcesFitArgs | undefined
  readonly spread: boolean
  readonly podAffinity: boolean
  /** NodePorts goes before the resources, volumes after them. */
  readonly ports: readonly BoundPlugin[]
  readonly volumes: readonly BoundPlugin[]
  /** Scores that look at resources alone. */
  readonly room: readonly BoundPlugin[]
}

const plans = new WeakMap<Profile, Plan>()

const planOf = (profile: Profile): Plan => {
  let plan = plans.get(profile)
  if (plan === undefined) {
    const { filters } = profile
    const positions = filters.map(({ plugin }) => ORDER.get(plugin.name) ?? -1)
    const argsOf = <A>(name: string): A | undefined =>
      filters.find(({ plugin }) => plugin.name === name)?.args as A | undefined
    const has = (name: string): boolean => filters.some(({ plugin }) => plugin.name === name)
    plan = {
      isUsual: positions.every((position, i) => position >= 0 && (i === 0 || position > positions[i - 1]!)),
      unschedulable: has('NodeUnschedulable'),
      name: has('NodeName'),
      taints: has('TaintToleration'),
      affinity: argsOf<NodeAffinityArgs>('NodeAffinity'),
      fit: argsOf<NodeResourcesFitArgs>('NodeResourcesFit'),
      spread: has('PodTopologySpread'),
      podAffinity: has('InterPodAffinity'),
      ports: filters.filter(({ plugin }) => plugin.name === 'NodePorts'),
      volumes: filters.filter(({ plugin }) => SLOW.has(plugin.name) && plugin.name !== 'NodePorts'),
      room: profile.scores.filter(({ plugin }) => plugin.name in ROOM_SCORES),
    }
    plans.set(profile, plan)
  }
  return plan
}

/** What plugins that look at nothing but the node say of one sort of pod, by row. */
interface Verdicts {
  /** The version of the row that was judged; 0 if none was. */
  readonly version: Int32Array
  readonly code: Uint8Array
  /** 1 if nodeSelector and required affinity match. */
  readonly home: Uint8Array
  /** 1 if every taint is tolerated. */
  readonly tolerated: Uint8Array
  readonly preferred: Int32Array
  readonly intolerable: Int32Array
}

/** A memo: nothing but speed depends on it, so it is not part of what replay rebuilds. */
const memo = new WeakMap<NodeTable, Map<string, Verdicts>>()

const verdictsOf = (table: NodeTable, key: string): Verdicts => {
  let byKey = memo.get(table)
  if (byKey === undefined) {
    byKey = new Map()
    memo.set(table, byKey)
  }
  let verdicts = byKey.get(key)
  if (verdicts === undefined || verdicts.version.length < table.capacity) {
    const rows = table.capacity
    verdicts = {
      version: new Int32Array(rows),
      code: new Uint8Array(rows),
      home: new Uint8Array(rows),
      tolerated: new Uint8Array(rows),
      preferred: new Int32Array(rows),
      intolerable: new Int32Array(rows),
    }
    byKey.set(key, verdicts)
  }
  return verdicts
}

/** What is counted for one spread constraint. */
interface Spread {
  readonly term: SpreadTerm
  /** Matching pods by topology value. */
  readonly counts: readonly number[]
  readonly least: number
}

/** Sums over values whose nodes the pod may not be on, or has to be. */
interface Near {
  readonly values: Int32Array
  readonly byValue: readonly number[]
}

/** Everything about the attempt that does not depend on the node. */
interface Attempt {
  readonly search: FastSearch
  readonly plan: Plan
  readonly verdicts: Verdicts
  /** Verdicts of pods that are pinned to a node are not those of their shape. */
  readonly isPinned: boolean
  readonly spread: readonly Spread[]
  readonly affinity: readonly Near[]
  /** Nobody to be near to yet, and the pod would be near to itself. */
  readonly isFirst: boolean
  readonly antiAffinity: readonly Near[]
  readonly existing: readonly Near[]
  readonly slowPorts: PreFiltered | undefined
  readonly slowVolumes: PreFiltered | undefined
  readonly rejections: Map<number, Rejection>
  /** Of every filter, for nodes with nominated pods; made when first needed. */
  states: PreFiltered | undefined
}

/** What the node alone says, without the cache. */
const judge = ({ search, plan }: Pick<Attempt, 'search' | 'plan'>, row: number): number => {
  const { pod } = search.cycle
  const node = search.table.nodes[row]!
  if (plan.unschedulable && node.unschedulable && !toleratesUnschedulable(pod)) return UNSCHEDULABLE
  const wanted = pod.template.spec.nodeName
  if (plan.name && wanted !== undefined && wanted !== '' && wanted !== node.name) return OTHER_NAME
  if (plan.taints && !toleratesTaints(pod, node.taints)) return TAINTED
  const { affinity } = plan
  if (affinity === undefined) return FEASIBLE
  return matchesProfileAffinity(pod, node, affinity) ? FEASIBLE : ELSEWHERE
}

const verdictAt = (attempt: Attempt, row: number): number => {
  if (attempt.isPinned) return judge(attempt, row)
  const { verdicts, search } = attempt
  const version = search.table.versions[row]!
  if (verdicts.version[row] === version) return verdicts.code[row]!
  verdicts.version[row] = version
  const { pod } = search.cycle
  const node = search.table.nodes[row]!
  const code = judge(attempt, row)
  verdicts.code[row] = code
  verdicts.home[row] = matchesNodeAffinity(pod, node.labels, node.name) ? 1 : 0
  verdicts.tolerated[row] = toleratesTaints(pod, node.taints) ? 1 : 0
  const scoring = search.profile.bound.get('NodeAffinity')?.args as NodeAffinityArgs | undefined
  verdicts.preferred[row] = scoring === undefined ? 0 : preferredWeight(pod, node, scoring)
  verdicts.intolerable[row] = intolerableTaints(pod, node.taints)
  return code
}

/** Bits of what the node lacks; 0 if the pod fits. */
const lacking = ({ search, plan }: Attempt, row: number): number => {
  if (plan.fit === undefined) return 0
  const { resources } = search.table
  const { requests } = search.cycle.pod.template
  let lack = 0
  if (resources.pods[row]! + 1 > resources.allocatablePods[row]!) lack |= 1 << 4
  const { cpuMillis, memoryBytes, ephemeralStorageBytes } = requests
  if (cpuMillis > 0 && cpuMillis > resources.allocatableCpu[row]! - resources.cpu[row]!) {
    lack |= 1 << 5
    if (cpuMillis > resources.allocatableCpu[row]!) lack |= NEVER
  }
  if (memoryBytes > 0 && memoryBytes > resources.allocatableMemory[row]! - resources.memory[row]!) {
    lack |= 1 << 6
    if (memoryBytes > resources.allocatableMemory[row]!) lack |= NEVER
  }
  if (
    ephemeralStorageBytes > 0 &&
    ephemeralStorageBytes > resources.allocatableStorage[row]! - resources.storage[row]!
  ) {
    lack |= 1 << 7
    if (ephemeralStorageBytes > resources.allocatableStorage[row]!) lack |= NEVER
  }
  const { extended } = search.shape
  for (let i = 0; i < extended.length; i++) {
    const { amount, column, name } = extended[i]!
    if (amount === 0 || amount <= column.allocatable[row]! - column.used[row]!) continue
    if (isIgnored(name, plan.fit)) continue
    lack |= 1 << (FIRST_EXTENDED + i)
    if (amount > column.allocatable[row]!) lack |= NEVER
  }
  return lack
}

const refusedByReference = (
  { search, rejections }: Attempt,
  plugins: readonly BoundPlugin[],
  { states }: PreFiltered,
  row: number,
): boolean => {
  const info = search.cycle.snapshot.byName(search.table.nodes[row]!.name)!
  const rejection = filterNode(search.cycle, plugins, states, info, search.nominatedTo)
  if (rejection === undefined) return false
  rejections.set(row, rejection)
  return true
}

/** All of it by the reference: nodes that room is being made on are filtered twice. */
const filterNominated = (attempt: Attempt, row: number): number => {
  attempt.states ??= runPreFilters(attempt.search.cycle, attempt.search.profile.filters)
  if (refusedByReference(attempt, attempt.search.profile.filters, attempt.states, row)) return REFERENCE
  // The scores read what is known of the row.
  if (!attempt.isPinned) verdictAt(attempt, row)
  return FEASIBLE
}

const filterRow = (attempt: Attempt, row: number): number => {
  const { search } = attempt
  const { nominatedNodes } = search
  if (nominatedNodes.size > 0 && nominatedNodes.has(search.table.nodes[row]!.name)) return filterNominated(attempt, row)
  const verdict = verdictAt(attempt, row)
  if (verdict !== FEASIBLE) return verdict
  const { plan, slowPorts, slowVolumes, spread, affinity, antiAffinity, existing } = attempt
  if (slowPorts !== undefined && refusedByReference(attempt, plan.ports, slowPorts, row)) return REFERENCE
  const lack = lacking(attempt, row)
  if (lack !== 0) return FIT | lack
  if (slowVolumes !== undefined && refusedByReference(attempt, plan.volumes, slowVolumes, row)) return REFERENCE
  for (let i = 0; i < spread.length; i++) {
    const { term, counts, least } = spread[i]!
    const value = term.topology.values[row]!
    if (value < 0) return NO_LABEL
    if (counts[value]! + term.countsSelf - least > term.constraint.maxSkew) return TOO_SKEWED
  }
  if (affinity.length > 0) {
    let isNear = true
    for (let i = 0; i < affinity.length; i++) {
      const { values, byValue } = affinity[i]!
      const value = values[row]!
      if (value < 0) return NOT_NEAR
      if (byValue[value]! <= 0) isNear = false
    }
    if (!isNear && !attempt.isFirst) return NOT_NEAR
  }
  for (let i = 0; i < antiAffinity.length; i++) {
    const { values, byValue } = antiAffinity[i]!
    const value = values[row]!
    if (value >= 0 && byValue[value]! > 0) return TOO_NEAR
  }
  for (let i = 0; i < existing.length; i++) {
    const { values, byValue } = existing[i]!
    const value = values[row]!
    if (value >= 0 && byValue[value]! > 0) return UNWELCOME
  }
  return FEASIBLE
}

/** True if the pods of every node count for a constraint. */
const countsEverywhere = (
  { search: { cycle, profiled } }: Pick<Attempt, 'search'>,
  term: SpreadTerm,
  terms: readonly SpreadTerm[],
  strict: boolean,
): boolean =>
  (!term.constraint.honorsAffinity || isAtHomeAnywhere(cycle.pod)) &&
  !term.constraint.honorsTaints &&
  (!(strict || profiled.requiresAllKeys) || terms.every(({ topology }) => topology.missing === 0))

const rowCounts = (
  { search, verdicts, isPinned }: Attempt,
  { constraint }: SpreadTerm,
  terms: readonly SpreadTerm[],
  strict: boolean,
  row: number,
): boolean => {
  if (strict) for (const { topology } of terms) if (topology.values[row]! < 0) return false
  const { pod } = search.cycle
  if (isPinned) return includesNode(pod, search.table.nodes[row]!, constraint)
  return (
    (!constraint.honorsAffinity || verdicts.home[row] === 1) &&
    (!constraint.honorsTaints || verdicts.tolerated[row] === 1)
  )
}

/** Matching pods for each value, over the nodes that count, and which values those nodes have. */
const countValues = (
  attempt: Attempt,
  term: SpreadTerm,
  terms: readonly SpreadTerm[],
  strict: boolean,
): { readonly counts: readonly number[]; readonly nodesOf: readonly number[] } => {
  if (countsEverywhere(attempt, term, terms, strict)) {
    return { counts: term.sums.byValue, nodesOf: term.topology.nodesOf }
  }
  const counts = new Array<number>(term.topology.ids.size).fill(0)
  const nodesOf = new Array<number>(term.topology.ids.size).fill(0)
  const { order } = attempt.search.table
  const { values } = term.topology
  const { byRow } = term.counter
  for (let i = 0; i < order.length; i++) {
    const row = order[i]!
    if (!attempt.isPinned) verdictAt(attempt, row)
    if (values[row]! < 0 || !rowCounts(attempt, term, terms, strict, row)) continue
    counts[values[row]!]! += byRow[row]!
    nodesOf[values[row]!]!++
  }
  return { counts, nodesOf }
}

const spreadOf = (attempt: Attempt, term: SpreadTerm): Spread => {
  const { counts, nodesOf } = countValues(attempt, term, attempt.search.profiled.hard, true)
  let least = Number.POSITIVE_INFINITY
  let domains = 0
  for (let value = 0; value < counts.length; value++) {
    if (nodesOf[value] === 0) continue
    domains++
    if (counts[value]! < least) least = counts[value]!
  }
  return { term, counts, least: domains < term.constraint.minDomains ? 0 : least }
}

const prepare = (search: FastSearch, plan: Plan): Attempt => {
  const { shape, shapes, profiled, cycle } = search
  const selectedBy = carriedTermsFor(shapes, cycle.view, shape.labelClass)
  const existing: Near[] = []
  for (let i = 0; i < selectedBy.length; i++) {
    const { role, sums } = selectedBy[i]!
    if (role === 'anti-affinity' && sums.total > 0 && plan.podAffinity) {
      existing.push({ values: sums.topology.values, byValue: sums.byValue })
    }
  }
  const near = ({ topology, byValue }: Shape['antiAffinity'][number]): Near => ({ values: topology.values, byValue })
  const affinity = plan.podAffinity ? shape.affinity : []
  const base: Attempt = {
    search,
    plan,
    verdicts: verdictsOf(search.table, profiled.verdictKey),
    isPinned: cycle.pod.affinityNode !== undefined,
    spread: [],
    affinity: affinity.map(near),
    isFirst: shape.selectsItself && affinity.every(({ total }) => total === 0),
    antiAffinity: plan.podAffinity ? shape.antiAffinity.map(near) : [],
    existing,
    slowPorts: unlessSkipped(search, plan.ports),
    slowVolumes: unlessSkipped(search, plan.volumes),
    rejections: new Map(),
    states: undefined,
  }
  if (!plan.spread || profiled.hard.length === 0) return base
  return { ...base, spread: profiled.hard.map((term) => spreadOf(base, term)) }
}

const unlessSkipped = ({ cycle }: FastSearch, plugins: readonly BoundPlugin[]): PreFiltered | undefined => {
  const result = runPreFilters(cycle, plugins)
  if (result.rejected !== undefined) return result
  for (const state of result.states.values()) if (state !== 'skip') return result
  return undefined
}

const resourceName = (shape: Shape, bit: number): string =>
  bit === 4
    ? 'Too many pods'
    : bit === 5
      ? 'Insufficient cpu'
      : bit === 6
        ? 'Insufficient memory'
        : bit === 7
          ? 'Insufficient ephemeral-storage'
          : `Insufficient ${shape.extended[bit - FIRST_EXTENDED]!.name}`

const diagnose = (attempt: Attempt, rows: Int32Array, codes: Int32Array, confining: readonly string[]): Diagnosis => {
  const { search, rejections } = attempt
  const { table, shape } = search
  const reasons = new Map<string, number>()
  const plugins = new Set<string>()
  const add = (reason: string, count: number): void => {
    reasons.set(reason, (reasons.get(reason) ?? 0) + count)
  }
  const byCode = new Map<number, number>()
  for (let i = 0; i < rows.length; i++) {
    const code = codes[i]!
    if ((code & CODE_BITS) === REFERENCE) {
      const { plugin, status } = rejections.get(rows[i]!)!
      plugins.add(plugin)
      for (const reason of status.reasons) add(reason, 1)
    } else byCode.set(code, (byCode.get(code) ?? 0) + 1)
  }
  for (const [code, count] of byCode) {
    const refusal = REFUSALS[code]
    if (refusal !== undefined) {
      plugins.add(refusal.plugin)
      for (const reason of refusal.status.reasons) add(reason, count)
      continue
    }
    plugins.add('NodeResourcesFit')
    for (let bit = 4; bit < FIRST_EXTENDED + shape.extended.length; bit++) {
      if ((code & (1 << bit)) !== 0) add(resourceName(shape, bit), count)
    }
  }
  if (rows.length < table.order.length) {
    add(`node(s) didn't satisfy plugin(s) [${confining.join(' ')}]`, table.order.length - rows.length)
    for (const plugin of confining) plugins.add(plugin)
  }
  const isHelpable = (i: number): boolean => {
    const code = codes[i]!
    if ((code & CODE_BITS) === FIT) return (code & NEVER) === 0
    const status = (code & CODE_BITS) === REFERENCE ? rejections.get(rows[i]!)?.status : REFUSALS[code]?.status
    return status?.code === 'Unschedulable'
  }
  return {
    reasons,
    preFilter: '',
    plugins: [...plugins],
    statusOf: (node) => {
      const i = rows.indexOf(table.rows.get(node) ?? -1)
      return i >= 0 && isHelpable(i) ? 'Unschedulable' : 'UnschedulableAndUnresolvable'
    },
    helpable: () => Array.from(rows).flatMap((row, i) => (isHelpable(i) ? [table.nodes[row]!.name] : [])),
  }
}

// --- scores --------------------------------------------------------------------------------------------------------

type Score = (attempt: Attempt, rows: Int32Array, count: number, totals: Float64Array, bound: BoundPlugin) => void

/** Raw scores of the plugin at hand; grows with the largest search. */
let raw = new Float64Array(128)

const scratch = (count: number): Float64Array => {
  if (raw.length < count) raw = new Float64Array(count * 2)
  return raw
}

const scoreTaints: Score = ({ verdicts, isPinned, search }, rows, count, totals, { weight }) => {
  const scores = scratch(count)
  let most = 0
  for (let i = 0; i < count; i++) {
    const row = rows[i]!
    const score = isPinned
      ? intolerableTaints(search.cycle.pod, search.table.nodes[row]!.taints)
      : verdicts.intolerable[row]!
    scores[i] = score
    if (score > most) most = score
  }
  // Without any such taint everyone gets the same.
  if (most === 0) return
  for (let i = 0; i < count; i++) totals[i]! += weight * (100 - Math.floor((100 * scores[i]!) / most))
}

const scoreNodeAffinity: Score = ({ verdicts, isPinned, search }, rows, count, totals, { weight, args }) => {
  const { pod } = search.cycle
  if (!prefersNodes(pod, args as NodeAffinityArgs)) return
  const scores = scratch(count)
  let most = 0
  for (let i = 0; i < count; i++) {
    const row = rows[i]!
    const score = isPinned
      ? preferredWeight(pod, search.table.nodes[row]!, args as NodeAffinityArgs)
      : verdicts.preferred[row]!
    scores[i] = score
    if (score > most) most = score
  }
  if (most === 0) return
  for (let i = 0; i < count; i++) totals[i]! += weight * Math.floor((100 * scores[i]!) / most)
}

interface ScoredResource {
  readonly weight: number
  readonly asked: number
  readonly capacity: Float64Array
  readonly used: Float64Array
}

/** @param assumed with what containers that ask for nothing are taken to need */
const scoredResources = (
  { search }: Attempt,
  resources: readonly WeightedResource[],
  assumed: boolean,
): readonly ScoredResource[] => {
  const { table, shape, cycle } = search
  const { requests, nonZeroRequests } = cycle.pod.template
  const columns = table.resources
  return resources.flatMap(({ name, weight }): readonly ScoredResource[] => {
    if (!isScored(cycle.pod, name)) return []
    const asked = amountOf(assumed && (name === 'cpu' || name === 'memory') ? nonZeroRequests : requests, name)
    switch (name) {
      case 'cpu':
        return [{ weight, asked, capacity: columns.allocatableCpu, used: assumed ? columns.nonZeroCpu : columns.cpu }]
      case 'memory': {
        const used = assumed ? columns.nonZeroMemory : columns.memory
        return [{ weight, asked, capacity: columns.allocatableMemory, used }]
      }
      case 'ephemeral-storage':
        return [{ weight, asked, capacity: columns.allocatableStorage, used: columns.storage }]
      default: {
        const { column } = shape.extended.find((extended) => extended.name === name)!
        return [{ weight, asked, capacity: column.allocatable, used: column.used }]
      }
    }
  })
}

const scoreFit: Score = (attempt, rows, count, totals, { weight, args }) => {
  const { strategy, shape, resources } = args as NodeResourcesFitArgs
  const scored = scoredResources(attempt, resources, true)
  const isRatio = strategy === 'RequestedToCapacityRatio'
  const isLeast = strategy === 'LeastAllocated'
  for (let i = 0; i < count; i++) {
    const row = rows[i]!
    let sum = 0
    let weights = 0
    for (let j = 0; j < scored.length; j++) {
      const resource = scored[j]!
      const capacity = resource.capacity[row]!
      if (capacity === 0) continue
      const requested = resource.used[row]! + resource.asked
      const score = isLeast
        ? leastAllocated(requested, capacity)
        : isRatio
          ? requestedToCapacityRatio(shape, requested, capacity)
          : mostAllocated(requested, capacity)
      if (isRatio && score === 0) continue
      sum += score * resource.weight
      weights += resource.weight
    }
    if (weights > 0) totals[i]! += weight * Math.floor(isRatio ? sum / weights + 0.5 : sum / weights)
  }
}

const scoreBalance: Score = (attempt, rows, count, totals, { weight, args }) => {
  const { resources } = args as NodeResourcesBalancedAllocationArgs
  const { requests } = attempt.search.cycle.pod.template
  if (resources.every(({ name }) => amountOf(requests, name) === 0)) return
  const scored = scoredResources(attempt, resources, false)
  if (scored.length !== 2) {
    const fractions: number[] = []
    for (let i = 0; i < count; i++) {
      fractions.length = 0
      for (const { capacity, used, asked } of scored) {
        const there = capacity[rows[i]!]!
        if (there !== 0) fractions.push(Math.min(1, (used[rows[i]!]! + asked) / there))
      }
      totals[i]! += weight * balancedScore(fractions)
    }
    return
  }
  const [first, second] = [scored[0]!, scored[1]!]
  for (let i = 0; i < count; i++) {
    const row = rows[i]!
    const a = first.capacity[row]!
    const b = second.capacity[row]!
    if (a === 0 || b === 0) {
      totals[i]! += weight * 100
      continue
    }
    const x = Math.min(1, (first.used[row]! + first.asked) / a)
    const y = Math.min(1, (second.used[row]! + second.asked) / b)
    totals[i]! += weight * Math.trunc((1 - Math.abs((x - y) / 2)) * 100)
  }
}

const scoreImages: Score = ({ search }, rows, count, totals, { weight }) => {
  const { images } = search.shape
  const nodes = search.table.order.length
  let anywhere = false
  for (let j = 0; j < images.length; j++) if (images[j]!.nodes > 0) anywhere = true
  if (!anywhere) return
  if (images.length === 1) {
    // An image has one size, so that two answers are all there are.
    const { bytes, nodes: having } = images[0]!
    let size = -1
    let score = weight * localityScore(0, 1)
    for (let i = 0; i < count; i++) {
      const here = bytes[rows[i]!]!
      if (here !== size) {
        size = here
        score = weight * localityScore(here >= 0 ? scaledBytes(here, having, nodes) : 0, 1)
      }
      totals[i]! += score
    }
    return
  }
  for (let i = 0; i < count; i++) {
    let sum = 0
    for (let j = 0; j < images.length; j++) {
      const image = images[j]!
      const bytes = image.bytes[rows[i]!]!
      if (bytes >= 0) sum += scaledBytes(bytes, image.nodes, nodes)
    }
    totals[i]! += weight * localityScore(sum, images.length)
  }
}

const scoreSpread: Score = (attempt, rows, count, totals, { weight }) => {
  const { profiled } = attempt.search
  const terms = profiled.soft
  if (terms.length === 0) return
  const strict = profiled.requiresAllKeys
  const isIgnored = (row: number): boolean => {
    if (strict) for (let j = 0; j < terms.length; j++) if (terms[j]!.topology.values[row]! < 0) return true
    return false
  }
  let ignored = 0
  if (strict) for (let i = 0; i < count; i++) if (isIgnored(rows[i]!)) ignored++

  const scores = scratch(count)
  scores.fill(0, 0, count)
  for (let j = 0; j < terms.length; j++) {
    const term = terms[j]!
    const { values, ids } = term.topology
    const more = term.constraint.maxSkew - 1
    if (term.isHostname) {
      const { byRow } = term.counter
      const each = ln(count - ignored + 2)
      for (let i = 0; i < count; i++) {
        const row = rows[i]!
        if (values[row]! >= 0) scores[i]! += byRow[row]! * each + more
      }
      continue
    }
    const seen = new Uint8Array(ids.size + 1)
    let sizes = 0
    for (let i = 0; i < count; i++) {
      if (ignored > 0 && isIgnored(rows[i]!)) continue
      const value = values[rows[i]!]! + 1
      if (seen[value] === 0) {
        seen[value] = 1
        sizes++
      }
    }
    const each = ln(sizes + 2)
    const worth = countValues(attempt, term, terms, strict).counts.map((pods) => pods * each + more)
    for (let i = 0; i < count; i++) {
      const value = values[rows[i]!]!
      if (value >= 0) scores[i]! += worth[value]!
    }
  }

  let least = Number.MAX_SAFE_INTEGER
  let most = 0
  for (let i = 0; i < count; i++) {
    if (ignored > 0 && isIgnored(rows[i]!)) {
      scores[i] = -1
      continue
    }
    const score = round(scores[i]!)
    scores[i] = score
    if (score < least) least = score
    if (score > most) most = score
  }
  for (let i = 0; i < count; i++) {
    const score = scores[i]!
    if (score < 0) continue
    totals[i]! += weight * (most === 0 ? 100 : Math.floor((100 * (most + least - score)) / most))
  }
}

const scorePodAffinity: Score = ({ search }, rows, count, totals, { weight, args }) => {
  const affinityArgs = args as InterPodAffinityArgs
  const { shape, shapes, cycle } = search
  const sources: { values: Int32Array; byValue: readonly number[]; weight: number }[] = []
  const constrained = shape.preferred.length > 0
  if (affinityArgs.ignorePreferredTermsOfExistingPods && !constrained) return
  for (const { sums, weight: own } of shape.preferred) {
    if (sums.total > 0) sources.push({ values: sums.topology.values, byValue: sums.byValue, weight: own })
  }
  const selectedBy = carriedTermsFor(shapes, cycle.view, shape.labelClass)
  for (let i = 0; i < selectedBy.length; i++) {
    const carried = selectedBy[i]!
    if (carried.role === 'anti-affinity' || carried.sums.total === 0) continue
    const worth = carriedWeight(carried, affinityArgs)
    const { topology, byValue } = carried.sums
    if (worth !== 0) sources.push({ values: topology.values, byValue, weight: worth })
  }
  if (sources.length === 0) return
  const scores = scratch(count)
  let least = Number.POSITIVE_INFINITY
  let most = Number.NEGATIVE_INFINITY
  for (let i = 0; i < count; i++) {
    let sum = 0
    for (let j = 0; j < sources.length; j++) {
      const source = sources[j]!
      const value = source.values[rows[i]!]!
      if (value >= 0) sum += source.byValue[value]! * source.weight
    }
    scores[i] = sum
    if (sum < least) least = sum
    if (sum > most) most = sum
  }
  const span = most - least
  if (span === 0) return
  for (let i = 0; i < count; i++) totals[i]! += weight * Math.trunc(100 * ((scores[i]! - least) / span))
}

/** What the plugins that look at resources alone give each row, for pods that ask for the same. */
interface RoomScores {
  /** The version of the row’s resources that was scored; 0 if none was. */
  readonly version: Int32Array
  readonly total: Float64Array
}

/** Sorts of requests that are remembered; with more of them about, hardly any is asked for again soon. */
const ROOMS_MAX = 32

/** A memo, as the verdicts are. */
const rooms = new WeakMap<NodeTable, WeakMap<Profile, Map<string, RoomScores>>>()
const requestKeys = new WeakMap<object, string>()

const requestKey = ({ template }: FastSearch['cycle']['pod']): string => {
  let key = requestKeys.get(template)
  if (key === undefined) {
    const { requests, nonZeroRequests } = template
    key = JSON.stringify([requests, nonZeroRequests])
    requestKeys.set(template, key)
  }
  return key
}

const roomScoresOf = ({ table, profile, cycle }: FastSearch): RoomScores => {
  let byProfile = rooms.get(table)
  if (byProfile === undefined) {
    byProfile = new WeakMap()
    rooms.set(table, byProfile)
  }
  let byRequests = byProfile.get(profile)
  if (byRequests === undefined) {
    byRequests = new Map()
    byProfile.set(profile, byRequests)
  }
  const key = requestKey(cycle.pod)
  let scores = byRequests.get(key)
  if (scores === undefined || scores.version.length < table.capacity) {
    if (byRequests.size >= ROOMS_MAX) byRequests.clear()
    scores = { version: new Int32Array(table.capacity), total: new Float64Array(table.capacity) }
    byRequests.set(key, scores)
  }
  return scores
}

let staleRows = new Int32Array(128)
let staleTotals = new Float64Array(128)

/** Of the nodes that are scored, few have changed since a pod like this was placed: one for each pod placed. */
const scoreRoom = (
  attempt: Attempt,
  rows: Int32Array,
  count: number,
  totals: Float64Array,
  room: readonly BoundPlugin[],
): void => {
  const { version, total } = roomScoresOf(attempt.search)
  const { resourceVersions } = attempt.search.table
  if (staleRows.length < count) {
    staleRows = new Int32Array(count * 2)
    staleTotals = new Float64Array(count * 2)
  }
  let stale = 0
  for (let i = 0; i < count; i++) {
    const row = rows[i]!
    if (version[row] !== resourceVersions[row]) staleRows[stale++] = row
  }
  if (stale > 0) {
    staleTotals.fill(0, 0, stale)
    for (const bound of room) ROOM_SCORES[bound.plugin.name]!(attempt, staleRows, stale, staleTotals, bound)
    for (let i = 0; i < stale; i++) {
      const row = staleRows[i]!
      version[row] = resourceVersions[row]!
      total[row] = staleTotals[i]!
    }
  }
  for (let i = 0; i < count; i++) totals[i]! += total[rows[i]!]!
}

/** Scores that follow from the requests of the pod and the resources of the node. */
const ROOM_SCORES: Readonly<Record<string, Score>> = {
  NodeResourcesFit: scoreFit,
  NodeResourcesBalancedAllocation: scoreBalance,
}

const SCORES: Readonly<Record<string, Score>> = {
  TaintToleration: scoreTaints,
  NodeAffinity: scoreNodeAffinity,
  PodTopologySpread: scoreSpread,
  InterPodAffinity: scorePodAffinity,
  ImageLocality: scoreImages,
}

// --- the walk ------------------------------------------------------------------------------------------------------

let feasible = new Int32Array(128)
let codes = new Int32Array(128)
let totals = new Float64Array(128)

/** Rows in the order of the node tree, of the nodes that a plugin confines the pod to. */
const confinedRows = (table: NodeTable, nodes: ReadonlySet<string>): Int32Array =>
  nodes.size === 1
    ? Int32Array.from([...nodes].flatMap((name) => table.rows.get(name) ?? []))
    : table.order.filter((row) => nodes.has(table.nodes[row]!.name))

/** One scheduling cycle. There is at least one node; the order of the table is fresh. */
export const findNode = (search: FastSearch): Placement => {
  const { profile, table, cycle, start } = search
  const plan = planOf(profile)
  // 1 << 29 is the last bit for an extended resource.
  if (!plan.isUsual || search.shape.extended.length > 20) return findNodeByReference(search)
  const attempt = prepare(search, plan)
  const affinity =
    plan.affinity === undefined ? undefined : profile.filters.find(({ plugin }) => plugin.name === 'NodeAffinity')
  const preFiltered = affinity === undefined ? undefined : runPreFilters(cycle, [affinity])
  if (preFiltered?.rejected !== undefined || attempt.slowVolumes?.rejected !== undefined) {
    return findNodeByReference(search)
  }
  const confined = preFiltered?.confined
  const rows = confined === undefined ? table.order : confinedRows(table, confined.nodes)

  const nominated = cycle.pod.nominatedNode
  const nominatedRow = nominated === '' ? -1 : (table.rows.get(nominated) ?? -1)
  if (nominatedRow >= 0 && (confined === undefined || confined.nodes.has(nominated))) {
    if (filterRow(attempt, nominatedRow) === FEASIBLE) return { node: nominated, evaluated: 0 }
  }

  const nodes = rows.length
  const enough = profile.scores.length === 0 ? 1 : numFeasibleNodesToFind(nodes, profile.percentageOfNodesToScore)
  if (feasible.length < nodes) {
    feasible = new Int32Array(nodes * 2)
    codes = new Int32Array(nodes * 2)
    totals = new Float64Array(nodes * 2)
  }
  let count = 0
  let evaluated = 0
  for (let at = nodes === 0 ? 0 : start % nodes; evaluated < nodes && count < enough; evaluated++) {
    const row = rows[at]!
    const code = filterRow(attempt, row)
    if (code === FEASIBLE) feasible[count++] = row
    codes[at] = code
    at++
    if (at === nodes) at = 0
  }
  if (count === 0) return { diagnosis: diagnose(attempt, rows, codes, confined?.plugins ?? []) }
  if (count === 1) return { node: table.nodes[feasible[0]!]!.name, evaluated }

  totals.fill(0, 0, count)
  if (plan.room.length > 0) scoreRoom(attempt, feasible, count, totals, plan.room)
  for (const bound of profile.scores) SCORES[bound.plugin.name]?.(attempt, feasible, count, totals, bound)
  let best = Number.NEGATIVE_INFINITY
  let equals = 0
  for (let i = 0; i < count; i++) {
    const total = totals[i]!
    if (total > best) {
      best = total
      equals = 1
    } else if (total === best) equals++
  }
  let chosen = chooseAmong(search.draw, cycle.pod.key, search.attempt, equals)
  for (let i = 0; i < count; i++) {
    if (totals[i] !== best) continue
    if (chosen === 0) return { node: table.nodes[feasible[i]!]!.name, evaluated }
    chosen--
  }
  return findNodeByReference(search)
}
