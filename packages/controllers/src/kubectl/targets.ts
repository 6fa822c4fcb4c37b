import {
  type ClusterView,
  findObject,
  type NodeTargets,
  type ObjectRef,
  objectsOf,
  type RenderedObject,
  resourceOf,
  selects,
  type Targets,
} from '@wavetank/cluster'
import { selector as compiled } from '@wavetank/cluster/api'
import type { Problem } from './outcome.ts'

export interface Found {
  readonly objects: readonly RenderedObject[]
  /** What was named and is not there. */
  readonly problems: readonly Problem[]
}

const missing = (kind: string, name: string): Problem => ({
  reason: 'NotFound',
  message: `${resourceOf(kind)} "${name}" not found`,
})

const byName = (view: ClusterView, refs: readonly ObjectRef[]): Found => {
  const objects = new Map<string, RenderedObject>()
  const problems: Problem[] = []
  for (const { kind, namespace, name } of refs) {
    const found = findObject(view, kind, namespace, name)
    if (found === undefined) problems.push(missing(kind, name))
    // Named twice, it is still one object, and one command writes it once.
    else objects.set(`${kind}/${namespace}/${name}`, found)
  }
  return { objects: [...objects.values()], problems }
}

/** The objects that a command is about, in the order in which kubectl visits them. */
export const findTargets = (view: ClusterView, targets: Targets): Found => {
  if (targets.by === 'name') return byName(view, targets.refs)
  const selector = compiled(targets.selector)
  const { namespace } = targets
  const objects = targets.kinds.flatMap((kind) =>
    objectsOf(view, kind).filter(
      (object) =>
        (typeof namespace !== 'string' || object.namespace === '' || object.namespace === namespace) &&
        selects(selector, object.labels),
    ),
  )
  return { objects, problems: [] }
}

/** The nodes that a command is about. */
export const findNodes = (view: ClusterView, targets: NodeTargets): Found =>
  'names' in targets
    ? byName(
        view,
        targets.names.map((name) => ({ kind: 'Node', namespace: '', name })),
      ) // in the order named
    : findTargets(view, { by: 'selector', kinds: ['Node'], namespace: { all: true }, selector: targets.selector })
