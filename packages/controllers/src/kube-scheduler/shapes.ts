import { type ClusterView, type Labels, type PodSpec, type Selector, selects } from '@wavetank/cluster'
import {
  addToCounter,
  type Counter,
  createCounter,
  type ExtendedColumn,
  extendedColumn,
  type ImageColumn,
  imageColumn,
  type NodeTable,
  type Sums,
  sumsOf,
  type Topology,
  topologyOf,
} from './node-table.ts'
import { imagesOf } from './plugins/image-locality/image-locality.ts'
import type { InterPodAffinityArgs } from './plugins/inter-pod-affinity/inter-pod-affinity.ts'
import { termsOf } from './plugins/inter-pod-affinity/terms.ts'
import type { PodView } from './plugins/plugin.ts'
import {
  type Constraint,
  constraintsOf,
  HOSTNAME,
  type PodTopologySpreadArgs,
  requiresAllKeys,
} from './plugins/pod-topology-spread/constraints.ts'
import type { Profile } from './profile.ts'
import { type AffinityTerm, termSelects } from './selectors.ts'
import { specOf } from './snapshot.ts'

/**
 * Pods by what the scheduler sees of them, and the counts that their terms need.
 *
 * A *label class* is what a selector sees: a namespace and labels. A *shape* is what a scheduling cycle sees: a label
 * class, a template and an owner. A hundred thousand pods of a thousand workloads have a thousand of each, so terms are
 * matched once for a pair of classes and not once for a pair of pods.
 */
export interface Shapes {
  readonly classes: Map<string, LabelClass>
  readonly shapes: Map<string, Shape>
  readonly podCounters: Map<string, PodCounter>
  /**
   * Classes by each of their labels, and counters by one label that what they count must have (the others under ''), so
   * that ten thousand workloads, each with a selector of its own, need not be held against one another.
   */
  readonly classesByLabel: Map<string, LabelClass[]>
  readonly countersByLabel: Map<string, PodCounter[]>
  /** Terms that pods on nodes carry, by what they say. */
  readonly carried: Map<string, CarriedTerm>
  readonly carriedList: CarriedTerm[]
  /** Rises when Services or selectors of owners change: default constraints are worked out anew. */
  epoch: number
}

export interface LabelClass {
  readonly id: number
  readonly namespace: string
  readonly labels: Labels
  /** Counters that count pods of this class. */
  readonly counters: PodCounter[]
  /** Pods of this class that count on a node. */
  placed: number
}

/** Whom a counter counts: who matches all the terms, or who is of the namespace and the selector. */
type Counted = { readonly terms: readonly AffinityTerm[] } | { readonly namespace: string; readonly selector: Selector }

/** How many pods on each node some selector selects. */
export interface PodCounter extends Counter {
  readonly counted: Counted
  /** Leaves terminating pods out, as topology spread does and affinity does not. */
  readonly aliveOnly: boolean
}

export type Role = 'anti-affinity' | 'affinity' | 'preferred affinity' | 'preferred anti-affinity'

/** A term of pod affinity, and how many pods on each node carry it. */
export interface CarriedTerm {
  readonly role: Role
  readonly term: AffinityTerm
  readonly counter: Counter
  readonly sums: Sums
}

/** A spread constraint with its counts. */
export interface SpreadTerm {
  readonly constraint: Constraint
  readonly topology: Topology
  readonly isHostname: boolean
  readonly counter: PodCounter
  /** Over all nodes. */
  readonly sums: Sums
  readonly countsSelf: 0 | 1
}

export interface Shape {
  readonly labelClass: LabelClass
  readonly carries: readonly CarriedTerm[]
  /** Sums over pods that match all required affinity terms, one for each term’s topology. */
  readonly affinity: readonly Sums[]
  readonly selectsItself: boolean
  readonly antiAffinity: readonly Sums[]
  readonly preferred: readonly { readonly sums: Sums; readonly weight: number }[]
  readonly extended: readonly { readonly name: string; readonly amount: number; readonly column: ExtendedColumn }[]
  readonly images: readonly ImageColumn[]
  /** By the name of the profile: what depends on its plugins. */
  readonly inProfile: Map<string, ProfiledShape>
}

export interface ProfiledShape {
  epoch: number
  /** Pods with the same one get the same answer from plugins that look at the node alone. */
  readonly verdictKey: string
  hard: readonly SpreadTerm[]
  soft: readonly SpreadTerm[]
  readonly requiresAllKeys: boolean
}

export const createShapes = (): Shapes => ({
  classes: new Map(),
  shapes: new Map(),
  podCounters: new Map(),
  classesByLabel: new Map(),
  countersByLabel: new Map(),
  carried: new Map(),
  carriedList: [],
  epoch: 0,
})

/** Calls back for every pod that counts on a node. */
export type EachPlaced = (visit: (labelClass: LabelClass, row: number, isTerminating: boolean) => void) => void

const labelKey = (labels: Labels): string =>
  Object.keys(labels)
    .sort()
    .map((key) => `${key}=${labels[key]}`)
    .join(',')

const append = <A>(lists: Map<string, A[]>, key: string, item: A): void => {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [item])
  else list.push(item)
}

const labelPlace = (namespace: string, key: string, value: string): string => `${namespace} ${key}=${value}`

/** The counters that may count pods with these labels. */
const countersFor = ({ countersByLabel }: Shapes, namespace: string, labels: Labels): readonly PodCounter[] => {
  const counters = [...(countersByLabel.get('') ?? [])]
  for (const key of Object.keys(labels)) {
    counters.push(...(countersByLabel.get(labelPlace(namespace, key, labels[key]!)) ?? []))
  }
  return counters
}

/** A label that everything in the namespace that the selector selects must have, if there is one. */
const requiredLabel = (namespace: string, { requirements }: Selector): string | undefined => {
  for (const { key, operator, values } of requirements) {
    if ((operator === 'In' || operator === 'Equals') && values.length === 1)
      return labelPlace(namespace, key, values[0]!)
  }
  return undefined
}

const isCounted = (counted: Counted, view: ClusterView, namespace: string, labels: Labels): boolean => {
  if ('terms' in counted) return counted.terms.every((term) => termSelects(term, view, namespace, labels))
  const { selector } = counted
  return namespace === counted.namespace && selector.requirements.length > 0 && selects(selector, labels)
}

/** The classes of labels that were met, by namespace; a memo that nothing but speed depends on. */
const classesOf = new WeakMap<Shapes, WeakMap<object, Map<string, LabelClass>>>()

export const labelClassOf = (shapes: Shapes, view: ClusterView, namespace: string, labels: Labels): LabelClass => {
  let classOf = classesOf.get(shapes)
  if (classOf === undefined) {
    classOf = new WeakMap()
    classesOf.set(shapes, classOf)
  }
  let byNamespace = classOf.get(labels)
  if (byNamespace === undefined) {
    byNamespace = new Map()
    classOf.set(labels, byNamespace)
  }
  const known = byNamespace.get(namespace)
  if (known !== undefined) return known
  const key = `${namespace} ${labelKey(labels)}`
  let labelClass = shapes.classes.get(key)
  if (labelClass === undefined) {
    labelClass = {
      id: shapes.classes.size,
      namespace,
      labels,
      counters: countersFor(shapes, namespace, labels).filter(({ counted }) =>
        isCounted(counted, view, namespace, labels),
      ),
      placed: 0,
    }
    shapes.classes.set(key, labelClass)
    for (const label of Object.keys(labels)) {
      append(shapes.classesByLabel, labelPlace(namespace, label, labels[label]!), labelClass)
    }
  }
  byNamespace.set(namespace, labelClass)
  return labelClass
}

/** Which carried terms select a class, as far as it was looked; a memo that nothing but speed depends on. */
const selections = new WeakMap<LabelClass, { readonly terms: CarriedTerm[]; seen: number }>()

/** The carried terms that select pods of a class. */
export const carriedTermsFor = (shapes: Shapes, view: ClusterView, labelClass: LabelClass): readonly CarriedTerm[] => {
  const { carriedList } = shapes
  let selection = selections.get(labelClass)
  if (selection === undefined) {
    selection = { terms: [], seen: 0 }
    selections.set(labelClass, selection)
  }
  for (; selection.seen < carriedList.length; selection.seen++) {
    const carried = carriedList[selection.seen]!
    if (termSelects(carried.term, view, labelClass.namespace, labelClass.labels)) selection.terms.push(carried)
  }
  return selection.terms
}

export interface ShapeContext {
  readonly shapes: Shapes
  readonly table: NodeTable
  readonly view: ClusterView
  readonly eachPlaced: EachPlaced
}

const podCounter = (
  { shapes, table, view, eachPlaced }: ShapeContext,
  key: string,
  aliveOnly: boolean,
  counted: Counted,
  label?: string,
): PodCounter => {
  const known = shapes.podCounters.get(key)
  if (known !== undefined) return known
  const counter: PodCounter = Object.assign(createCounter(table), { aliveOnly, counted })
  shapes.podCounters.set(key, counter)
  append(shapes.countersByLabel, label ?? '', counter)
  const selected = new Set<LabelClass>()
  const candidates = label === undefined ? shapes.classes.values() : (shapes.classesByLabel.get(label) ?? [])
  for (const labelClass of candidates) {
    if (!isCounted(counted, view, labelClass.namespace, labelClass.labels)) continue
    labelClass.counters.push(counter)
    if (labelClass.placed > 0) selected.add(labelClass)
  }
  if (selected.size > 0) {
    eachPlaced((labelClass, row, isTerminating) => {
      if (selected.has(labelClass) && !(aliveOnly && isTerminating)) addToCounter(counter, row, 1)
    })
  }
  return counter
}

const selectorKey = (selector: Selector): string =>
  selector.nothing ? 'nothing' : JSON.stringify(selector.requirements)

const termKey = (term: AffinityTerm): string =>
  `${[...term.namespaces].sort().join(',')} ${selectorKey(term.namespaceSelector)} ${selectorKey(term.selector)}`

const counterOfTerms = (context: ShapeContext, terms: readonly AffinityTerm[]): PodCounter =>
  podCounter(context, `terms ${terms.map(termKey).join(' & ')}`, false, { terms })

const sumsOfTerm = (context: ShapeContext, term: AffinityTerm): Sums =>
  sumsOf(counterOfTerms(context, [term]), topologyOf(context.table, term.topologyKey))

const carriedTerm = ({ shapes, table }: ShapeContext, role: Role, term: AffinityTerm): CarriedTerm => {
  const key = `${role} ${term.weight} ${term.topologyKey} ${termKey(term)}`
  let carried = shapes.carried.get(key)
  if (carried === undefined) {
    const counter = createCounter(table)
    carried = { role, term, counter, sums: sumsOf(counter, topologyOf(table, term.topologyKey)) }
    shapes.carried.set(key, carried)
    shapes.carriedList.push(carried)
  }
  return carried
}

const spreadTerm = (context: ShapeContext, pod: PodView, constraint: Constraint): SpreadTerm => {
  const { selector, topologyKey } = constraint
  const { namespace } = pod
  const counter = podCounter(
    context,
    `spread ${namespace} ${selectorKey(selector)}`,
    true,
    { namespace, selector },
    requiredLabel(namespace, selector),
  )
  const topology = topologyOf(context.table, topologyKey)
  return {
    constraint,
    topology,
    isHostname: topologyKey === HOSTNAME,
    counter,
    sums: sumsOf(counter, topology),
    countsSelf: selects(selector, pod.labels) ? 1 : 0,
  }
}

/** What plugins that look at the node alone go by. */
const verdictKeyOf = (spec: PodSpec): string =>
  JSON.stringify([spec.nodeName, spec.nodeSelector, spec.affinity?.nodeAffinity, spec.tolerations])

const createShape = (context: ShapeContext, pod: PodView): Shape => {
  const { shapes, table, view } = context
  const terms = termsOf(pod)
  const { requests } = pod.template
  const affinityCounter = terms.affinity.length === 0 ? undefined : counterOfTerms(context, terms.affinity)
  return {
    labelClass: labelClassOf(shapes, view, pod.namespace, pod.labels as Labels),
    carries: [
      ...terms.antiAffinity.map((term) => carriedTerm(context, 'anti-affinity', term)),
      ...terms.affinity.map((term) => carriedTerm(context, 'affinity', term)),
      ...terms.preferredAffinity.map((term) => carriedTerm(context, 'preferred affinity', term)),
      ...terms.preferredAntiAffinity.map((term) => carriedTerm(context, 'preferred anti-affinity', term)),
    ],
    affinity: terms.affinity.map(({ topologyKey }) => sumsOf(affinityCounter!, topologyOf(table, topologyKey))),
    selectsItself: terms.affinity.every((term) => termSelects(term, view, pod.namespace, pod.labels as Labels)),
    antiAffinity: terms.antiAffinity.map((term) => sumsOfTerm(context, term)),
    preferred: [
      ...terms.preferredAffinity.map((term) => ({ sums: sumsOfTerm(context, term), weight: term.weight })),
      ...terms.preferredAntiAffinity.map((term) => ({ sums: sumsOfTerm(context, term), weight: -term.weight })),
    ],
    extended: Object.entries(requests.extended).map(([name, amount]) => ({
      name,
      amount,
      column: extendedColumn(table, name),
    })),
    images: imagesOf(pod).map((image) => imageColumn(table, image)),
    inProfile: new Map(),
  }
}

export const shapeOf = (context: ShapeContext, pod: PodView): Shape => {
  const { shapes, view } = context
  const { id } = labelClassOf(shapes, view, pod.namespace, pod.labels as Labels)
  const key = `${id} ${pod.template.hash} ${pod.owner?.uid ?? ''}`
  let shape = shapes.shapes.get(key)
  if (shape === undefined) {
    shape = createShape(context, pod)
    shapes.shapes.set(key, shape)
  }
  return shape
}

/** The shape with what a profile adds; only made for pods that are about to be tried. */
export const profiledShapeOf = (context: ShapeContext, pod: PodView, shape: Shape, profile: Profile): ProfiledShape => {
  const { shapes, view } = context
  const spread = profile.bound.get('PodTopologySpread')?.args as PodTopologySpreadArgs | undefined
  let profiled = shape.inProfile.get(profile.schedulerName)
  if (profiled === undefined) {
    const strict = spread !== undefined && requiresAllKeys(pod, spread)
    const key = `${profile.schedulerName} ${verdictKeyOf(specOf(pod))}`
    profiled = { epoch: -1, verdictKey: key, hard: [], soft: [], requiresAllKeys: strict }
    shape.inProfile.set(profile.schedulerName, profiled)
  }
  if (profiled.epoch !== shapes.epoch && spread !== undefined) {
    const terms = (when: 'DoNotSchedule' | 'ScheduleAnyway'): readonly SpreadTerm[] =>
      constraintsOf(view, pod, when, spread).map((constraint) => spreadTerm(context, pod, constraint))
    profiled.hard = terms('DoNotSchedule')
    profiled.soft = terms('ScheduleAnyway')
  }
  profiled.epoch = shapes.epoch
  return profiled
}

/** A pod of that shape comes to a node (1) or leaves it (−1). */
export const countShape = (shape: Shape, row: number, amount: 1 | -1, isTerminating: boolean): void => {
  const { counters } = shape.labelClass
  shape.labelClass.placed += amount
  for (let i = 0; i < counters.length; i++) {
    const counter = counters[i]!
    if (!(counter.aliveOnly && isTerminating)) addToCounter(counter, row, amount)
  }
  const { carries } = shape
  for (let i = 0; i < carries.length; i++) addToCounter(carries[i]!.counter, row, amount)
}

/** A pod on the node begins to terminate. */
export const countTerminating = (shape: Shape, row: number): void => {
  for (const counter of shape.labelClass.counters) if (counter.aliveOnly) addToCounter(counter, row, -1)
}

/** What a carried term is worth in the score of a pod that it selects. */
export const carriedWeight = ({ role, term }: CarriedTerm, args: InterPodAffinityArgs): number => {
  if (role === 'affinity') return args.hardPodAffinityWeight
  if (role === 'anti-affinity' || args.ignorePreferredTermsOfExistingPods) return 0
  return role === 'preferred affinity' ? term.weight : -term.weight
}
