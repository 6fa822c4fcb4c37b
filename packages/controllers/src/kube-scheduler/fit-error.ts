/** What kube-scheduler prints about a pod that fits nowhere. */

/** Source: pkg/scheduler/schedule_one.go, ErrNoNodesAvailable. */
export const NO_NODES_AVAILABLE = 'no nodes available to schedule pods'

const histogram = (reasons: ReadonlyMap<string, number>): string =>
  // As text, so 10 of one come before 2 of another.
  [...reasons]
    .map(([reason, count]) => `${count} ${reason}`)
    .sort()
    .join(', ')

/**
 * `0/5 nodes are available: 2 Insufficient cpu, 3 node(s) were unschedulable. preemption: …`
 *
 * Source: pkg/scheduler/framework/types.go, FitError.Error.
 *
 * @param preFilter replaces the reasons when no node was looked at
 */
export const fitErrorMessage = (
  nodes: number,
  reasons: ReadonlyMap<string, number>,
  preFilter = '',
  postFilter = '',
): string => {
  const why = preFilter === '' ? histogram(reasons) : preFilter
  return `0/${nodes} nodes are available:${why === '' ? '' : ` ${why}.`}${postFilter === '' ? '' : ` ${postFilter}`}`
}
