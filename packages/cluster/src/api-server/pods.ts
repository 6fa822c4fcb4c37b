import { type Draw, type SimEvent, uuidOf } from '@wavetank/kernel'
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js'
import type { LimitRange } from '../api/core/limit-range.ts'
import { admitPodSpec } from '../api/core/pod-admission.ts'
import { defaultPodSpec } from '../api/core/pod-defaults.ts'
import type { PriorityClass } from '../api/scheduling/priority-class.ts'
import { keyOf, type NodeName } from '../ids.ts'
import { generateName } from '../names.ts'
import type { ControllerRef, Labels } from '../object/meta.ts'
import { PodCreated, PodDeleted, PodFinalizersChanged, PodMarkedForDeletion } from '../pod/events.ts'
import { isTerminal, type Pod } from '../pod/pod.ts'
import type { ClusterView, DeepReadonly } from '../tables.ts'
import { LIMIT_RANGER, podLimitProblem, setDefaults } from './limit-ranges.ts'
import { recordTemplate, type TemplateContent, templateHash } from './pod-template.ts'
import { type Charges, podQuotaProblem } from './quotas.ts'

interface Admission {
  readonly settings: object
  readonly priorityClasses: object
  readonly ranges: object | undefined
  readonly result: Either<string, TemplateContent>
}
const admissions = new WeakMap<object, Admission>()

/**
 * The template as defaults for pods and admission plugins leave it, or why it is refused. Worked out once for each
 * template, and again only if settings, priority classes or limit ranges are other ones.
 */
const admit = (
  view: ClusterView,
  given: TemplateContent,
  ranges: readonly LimitRange[] | undefined,
): Either<string, TemplateContent> => {
  const { settings, admissionClasses: priorityClasses } = view
  const known = admissions.get(given)
  if (known?.settings === settings && known.priorityClasses === priorityClasses && known.ranges === ranges) {
    return known.result
  }
  const content = ranges === undefined ? given : setDefaults(given, ranges)
  const spec = admitPodSpec(defaultPodSpec(content.spec), {
    notReadySeconds: settings.notReadyTolerationSeconds,
    unreachableSeconds: settings.unreachableTolerationSeconds,
    priorityClasses: priorityClasses as readonly PriorityClass[],
  })
  const { labels, annotations, finalizers } = content
  const result = isLeft(spec)
    ? left(spec.left.map(({ message }) => message).join(', '))
    : right({ labels, annotations, finalizers, spec: spec.right })
  admissions.set(given, { settings, priorityClasses, ranges, result })
  return result
}

export interface NewPod {
  readonly namespace: string
  readonly content: TemplateContent
  readonly owner?: ControllerRef | undefined
  readonly labels?: Labels | undefined
  readonly annotations?: Labels | undefined
  readonly hostname?: string | undefined
  readonly subdomain?: string | undefined
  readonly affinityNode?: NodeName | undefined
  readonly claims?: Readonly<Record<string, string>> | undefined
  /** Where it stands already. */
  readonly node?: NodeName | undefined
  /** It passed admission when it was first stored: no plugin looks at it again. */
  readonly admitted?: boolean | undefined
  /** It is there already: limits and quotas are for what comes later. */
  readonly unlimited?: boolean | undefined
  /** What was created at the same instant. */
  readonly charges?: Charges | undefined
}

/**
 * What storing a pod of that name comes to: the template if it is new, and the pod; or the API server's refusal,
 * `pods "web-" is forbidden: …`.
 */
export const createPod = (
  view: ClusterView,
  at: number,
  name: string,
  pod: NewPod,
): Either<string, readonly SimEvent[]> => {
  const key = keyOf(pod.namespace, name)
  const ranges = view.limitRanges.get(pod.namespace) as readonly LimitRange[] | undefined
  const content = pod.admitted === true ? right<string, TemplateContent>(pod.content) : admit(view, pod.content, ranges)
  if (isLeft(content)) return left(`pods "${name}" is forbidden: ${content.left}`)
  if (pod.unlimited !== true) {
    const { spec } = content.right
    const problem =
      (ranges === undefined ? undefined : podLimitProblem(spec, ranges)) ??
      podQuotaProblem(view, pod.namespace, spec, pod.charges)
    if (problem !== undefined) return left(`pods "${name}" is forbidden: ${problem}`)
  }
  const note = content.right.annotations[LIMIT_RANGER]
  return right([
    ...recordTemplate(view, content.right),
    PodCreated({
      pod: key,
      uid: uuidOf(view.settings.seed, `Pod ${key} ${at}`),
      template: templateHash(content.right),
      owner: pod.owner,
      labels: pod.labels,
      annotations:
        pod.annotations === undefined || note === undefined
          ? pod.annotations
          : { ...pod.annotations, [LIMIT_RANGER]: note },
      node: pod.node,
      hostname: pod.hostname,
      subdomain: pod.subdomain,
      affinityNode: pod.affinityNode,
      claims: pod.claims,
    }),
  ])
}

/** How often the API server tries another suffix when a generated name is taken (gate RetryGenerateName). */
const GENERATE_NAME_ATTEMPTS = 8

/**
 * A name for the `ordinal`-th pod of an owner, `<owner>-x2k4q`: the suffix is a draw, so the same pod has the same name
 * in every what-if. An owner of one pod a node counts by node: `n2/0`. `taken` are names given out but not stored yet.
 *
 * @param prefix `generateName`
 * @returns undefined if eight suffixes in a row are taken (409 AlreadyExists)
 */
export const podName = (
  view: ClusterView,
  draw: Draw,
  namespace: string,
  owner: { readonly kind: string; readonly name: string },
  ordinal: number | string,
  taken: ReadonlySet<string>,
  prefix = `${owner.name}-`,
): string | undefined => {
  const stream = `${owner.kind}/${namespace}/${owner.name}#${ordinal}`
  for (let attempt = 0; attempt < GENERATE_NAME_ATTEMPTS; attempt++) {
    const name = generateName(prefix, draw('pod-name', attempt === 0 ? stream : `${stream}/${attempt}`))
    if (!taken.has(name) && !view.pods.has(keyOf(namespace, name))) return name
  }
  return undefined
}

/**
 * What a DELETE of a pod comes to.
 *
 * Source: pkg/registry/core/pod/strategy.go, CheckGracefulDelete, and
 * staging/src/k8s.io/apiserver/pkg/registry/rest/delete.go, BeforeDelete.
 *
 * @param graceSeconds of the request; the pod's own by default
 */
export const deletePod = (pod: DeepReadonly<Pod>, graceSeconds?: number): readonly SimEvent[] => {
  let grace = graceSeconds ?? pod.template.spec.terminationGracePeriodSeconds ?? 30
  if (pod.node === '' || isTerminal(pod as Pod)) grace = 0
  if (grace < 0) grace = 1
  if (pod.deletion !== undefined && grace >= pod.deletion.graceSeconds && grace > 0) return []
  if (grace > 0) return [PodMarkedForDeletion({ pod: pod.key, graceSeconds: grace })]
  return removePod(pod)
}

/** The object goes now, unless finalizers hold it. */
const removePod = (pod: DeepReadonly<Pod>): readonly SimEvent[] => {
  if (pod.finalizers.length === 0) return [PodDeleted({ pod: pod.key })]
  return pod.deletion?.graceSeconds === 0 ? [] : [PodMarkedForDeletion({ pod: pod.key, graceSeconds: 0 })]
}

/**
 * What taking a finalizer from a pod comes to. A deleted pod goes with its last one, unless its kubelet has yet to
 * confirm that nothing runs.
 *
 * Source: staging/src/k8s.io/apiserver/pkg/registry/generic/registry/store.go, ShouldDeleteDuringUpdate.
 */
export const removePodFinalizer = (pod: DeepReadonly<Pod>, finalizer: string): readonly SimEvent[] => {
  if (!pod.finalizers.includes(finalizer)) return []
  const finalizers = pod.finalizers.filter((other) => other !== finalizer)
  const change = PodFinalizersChanged({ pod: pod.key, finalizers })
  const gone = finalizers.length === 0 && pod.deletion?.graceSeconds === 0
  return gone ? [change, PodDeleted({ pod: pod.key })] : [change]
}

/** Takes the finalizer, then deletes: two requests, of which the second sees the pod without it. */
export const releaseAndDeletePod = (pod: DeepReadonly<Pod>, finalizer: string): readonly SimEvent[] => {
  const released = removePodFinalizer(pod, finalizer)
  if (released.length > 1) return released
  const finalizers = pod.finalizers.filter((other) => other !== finalizer)
  return [...released, ...deletePod({ ...pod, finalizers })]
}
