import { conditionOf, isReady, type Node } from '@wavetank/cluster'
import { idleReasons, podTrouble, troubles } from '@wavetank/controllers'
import type { StateAt } from '../log.ts'
import type { Subject } from './subject.ts'

/** How an object stands at an instant, why, and which other objects have to do with that. */
export interface Standing {
  readonly summary: string
  readonly reasons: readonly string[]
  readonly objects: readonly Subject[]
}

const pendingPod = ({ view }: StateAt): Pick<Standing, 'reasons' | 'objects'> => {
  const nodes = [...view.nodes.values()]
  const lost = nodes.filter((node) => conditionOf(node as Node, 'Ready')?.status !== 'True')
  const cordoned = nodes.filter((node) => node.unschedulable && !lost.includes(node))
  const few = (names: readonly { readonly name: string }[]): string =>
    names.length <= 3
      ? names.map(({ name }) => name).join(', ')
      : `${names
          .slice(0, 3)
          .map(({ name }) => name)
          .join(', ')}, …`
  return {
    reasons: [
      ...(lost.length > 0 ? [`${lost.length} of ${nodes.length} nodes are not Ready: ${few(lost)}`] : []),
      ...(cordoned.length > 0 ? [`${cordoned.length} of ${nodes.length} nodes are cordoned: ${few(cordoned)}`] : []),
    ],
    objects: [...lost, ...cordoned].map(({ name }) => ({ kind: 'Node', key: name })),
  }
}

const standingOfPod = (state: StateAt, key: string): Standing | undefined => {
  const { view } = state
  const pod = view.pods.get(key)
  if (pod === undefined) return undefined
  const phase = pod.reason ?? pod.phase
  if (pod.node === '') {
    const { reasons, objects } = pendingPod(state)
    const claims = [...view.podsByClaim].flatMap(([claim, pods]) =>
      pods.has(pod) && view.persistentVolumeClaims.get(claim)?.status.phase !== 'Bound' ? [claim] : [],
    )
    return {
      summary: `${phase}, on no node`,
      reasons: [
        podTrouble(pod),
        ...idleReasons(view, ['default-scheduler']),
        ...claims.map((claim) => `PersistentVolumeClaim ${claim} is not bound`),
        ...reasons,
      ],
      objects: [...claims.map((claim) => ({ kind: 'PersistentVolumeClaim', key: claim })), ...objects],
    }
  }
  const ready = isReady(pod as never)
  const summary = `${phase} on ${pod.node}${phase === 'Running' ? (ready ? ', Ready' : ', not Ready') : ''}${pod.deletion === undefined ? '' : ', being deleted'}`
  const serves = (ready && pod.deletion === undefined) || phase === 'Succeeded' || phase === 'Failed'
  const node = view.nodes.get(pod.node)
  const isLost = node !== undefined && conditionOf(node as Node, 'Ready')?.status !== 'True'
  return {
    summary,
    reasons: serves ? [] : [podTrouble(pod), ...(isLost ? [`its node ${pod.node} is not Ready`] : [])],
    objects: isLost ? [{ kind: 'Node', key: pod.node }] : [],
  }
}

/** Kinds of which `standingOf` knows what can be in their way, besides pods. */
export const EXPLAINED_KINDS: readonly string[] = Object.keys(troubles)

/** Undefined if the object is not there at that instant, or nobody knows how such a thing can stand. */
export const standingOf = (state: StateAt, at: number, { kind, key }: Subject): Standing | undefined => {
  if (kind === 'Pod') return standingOfPod(state, key)
  const trouble = troubles[kind]?.({ view: state.view, slices: state.slices, at }, key)
  if (trouble === undefined) return undefined
  return { summary: trouble.standing, reasons: trouble.reasons, objects: trouble.objects }
}
