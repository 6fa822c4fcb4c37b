import { type ClusterView, finishedCondition } from '@wavetank/cluster'
import type { Claim } from './scenario-text.ts'

interface Workload {
  readonly kind: string
  readonly namespace: string
  readonly name: string
  readonly owner: object | undefined
}

const called = ({ namespace, name }: Workload): string =>
  JSON.stringify(namespace === 'default' ? name : `${namespace}/${name}`)
const titled = ({ kind, namespace, name }: Workload): string =>
  `${kind} ${namespace === 'default' ? name : `${namespace}/${name}`}`

/** Workloads that nobody else controls, and that want pods. */
const available = (
  workload: Workload,
  word: string,
  desired: number,
  scaled: boolean,
  field = 'availableReplicas',
): readonly Claim[] => {
  if (workload.owner !== undefined || desired === 0) return []
  const object = `${word}(${called(workload)})`
  const wanted = scaled ? `${object}.spec.replicas` : String(desired)
  return [{ name: `${titled(workload)} is available at the end`, expression: `${object}.status.${field} == ${wanted}` }]
}

const byName = (a: Workload, b: Workload): number =>
  a.namespace === b.namespace ? (a.name < b.name ? -1 : 1) : a.namespace < b.namespace ? -1 : 1

const sorted = <T extends Workload>(objects: Iterable<T>): readonly T[] => [...objects].sort(byName)

/** A claim for each workload: it is available, or complete. */
export const claimsOf = (view: ClusterView): readonly Claim[] => {
  const scaled = new Set(
    Array.from(
      view.horizontalPodAutoscalers.values(),
      ({ namespace, spec }) => `${spec.scaleTargetRef.kind}/${namespace}/${spec.scaleTargetRef.name}`,
    ),
  )
  const isScaled = ({ kind, namespace, name }: Workload): boolean => scaled.has(`${kind}/${namespace}/${name}`)
  return [
    ...sorted(view.deployments.values()).flatMap((one) => available(one, 'deployment', one.replicas, isScaled(one))),
    ...sorted(view.statefulSets.values()).flatMap((one) => available(one, 'statefulset', one.replicas, isScaled(one))),
    ...sorted(view.replicaSets.values()).flatMap((one) => available(one, 'rs', one.replicas, isScaled(one))),
    ...sorted(view.replicationControllers.values()).flatMap((one) => available(one, 'rc', one.replicas, isScaled(one))),
    ...sorted(view.daemonSets.values()).flatMap((one) =>
      available(one, 'ds', one.status.desiredNumberScheduled, false, 'numberAvailable'),
    ),
    ...sorted(view.jobs.values())
      .filter(({ owner, conditions }) => owner === undefined && finishedCondition({ conditions })?.type !== 'Failed')
      .map((one) => ({
        name: `${titled(one)} is complete at the end`,
        expression: `job(${called(one)}).status.conditions.exists(c, c.type == "Complete" && c.status == "True")`,
      })),
  ]
}

const CONTROL_PLANE = /^node-role\.kubernetes\.io\/(control-plane|master)$/

/** The node whose loss is felt most: it has the most pods that somebody will replace. */
export const busiestNode = (view: ClusterView): string | undefined => {
  const count = ({
    pods,
  }: {
    readonly pods: ReadonlySet<{ readonly owner: { readonly kind: string } | undefined }>
  }): number => [...pods].filter(({ owner }) => owner !== undefined && owner.kind !== 'DaemonSet').length
  const nodes = [...view.nodes.values()]
    .filter(({ labels }) => !Object.keys(labels).some((label) => CONTROL_PLANE.test(label)))
    .sort((a, b) => count(b) - count(a) || a.index - b.index)
  return nodes[0]?.name
}
