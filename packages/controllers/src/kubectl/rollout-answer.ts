import {
  type ClusterView,
  type DaemonSet,
  type DeepReadonly,
  type Deployment,
  type KubectlCommand,
  resourceOf,
  type StatefulSet,
} from '@wavetank/cluster'
import { revisionOf } from '../deployment/annotations.ts'
import { problemLines } from './outcome.ts'

/**
 * What `kubectl rollout status` says of an object as it is now.
 *
 * Source: staging/src/k8s.io/kubectl/pkg/polymorphichelpers/rollout_status.go.
 */

type StatusCommand = Extract<KubectlCommand, { readonly verb: 'rollout status' }>

export interface Answer {
  readonly line: string
  /** What `kubectl` ends with; it goes on watching without. */
  readonly exitCode?: 0 | 1
}

const failed = (line: string): Answer => ({ line, exitCode: 1 })
const done = (line: string): Answer => ({ line, exitCode: 0 })

/** Source: DeploymentStatusViewer.Status. */
const ofDeployment = (deployment: DeepReadonly<Deployment>, revision: number): Answer => {
  if (revision > 0 && revisionOf(deployment) !== revision) {
    const running = revisionOf(deployment) ?? 0
    return failed(`error: desired revision (${revision}) is different from the running revision (${running})`)
  }
  const { name, status, replicas, generation } = deployment
  const { updatedReplicas, availableReplicas } = status
  if (generation > status.observedGeneration) return { line: 'Waiting for deployment spec update to be observed...' }
  const progress = status.conditions.find(({ type }) => type === 'Progressing')
  if (progress?.reason === 'ProgressDeadlineExceeded') {
    return failed(`error: deployment "${name}" exceeded its progress deadline`)
  }
  const waiting = (what: string): Answer => ({ line: `Waiting for deployment "${name}" rollout to finish: ${what}...` })
  if (updatedReplicas < replicas) {
    return waiting(`${updatedReplicas} out of ${replicas} new replicas have been updated`)
  }
  if (status.replicas > updatedReplicas) {
    return waiting(`${status.replicas - updatedReplicas} old replicas are pending termination`)
  }
  if (availableReplicas < updatedReplicas) {
    return waiting(`${availableReplicas} of ${updatedReplicas} updated replicas are available`)
  }
  return done(`deployment "${name}" successfully rolled out`)
}

const ONLY_ROLLING = 'error: rollout status is only available for RollingUpdate strategy type'

/** Source: DaemonSetStatusViewer.Status, which takes no revision. */
const ofDaemonSet = ({ name, updateStrategy, generation, status }: DeepReadonly<DaemonSet>): Answer => {
  if (updateStrategy.type !== 'RollingUpdate') return failed(ONLY_ROLLING)
  const { observedGeneration, updatedNumberScheduled, numberAvailable, desiredNumberScheduled } = status
  if (generation > observedGeneration) return { line: 'Waiting for daemon set spec update to be observed...' }
  const waiting = (what: string): Answer => ({ line: `Waiting for daemon set "${name}" rollout to finish: ${what}...` })
  if (updatedNumberScheduled < desiredNumberScheduled) {
    return waiting(`${updatedNumberScheduled} out of ${desiredNumberScheduled} new pods have been updated`)
  }
  if (numberAvailable < desiredNumberScheduled) {
    return waiting(`${numberAvailable} of ${desiredNumberScheduled} updated pods are available`)
  }
  return done(`daemon set "${name}" successfully rolled out`)
}

/** Source: StatefulSetStatusViewer.Status, which takes no revision either. */
const ofStatefulSet = ({ replicas, updateStrategy, generation, status }: DeepReadonly<StatefulSet>): Answer => {
  const { type, partition } = updateStrategy
  if (type !== 'RollingUpdate') return failed(ONLY_ROLLING)
  const { observedGeneration, readyReplicas, updatedReplicas, updateRevision, currentRevision, currentReplicas } =
    status
  if (observedGeneration === 0 || generation > observedGeneration) {
    return { line: 'Waiting for statefulset spec update to be observed...' }
  }
  if (readyReplicas < replicas) return { line: `Waiting for ${replicas - readyReplicas} pods to be ready...` }
  if (partition !== undefined) {
    if (updatedReplicas < replicas - partition) {
      return {
        line: `Waiting for partitioned roll out to finish: ${updatedReplicas} out of ${replicas - partition} new pods have been updated...`,
      }
    }
    return done(`partitioned roll out complete: ${updatedReplicas} new pods have been updated...`)
  }
  if (updateRevision !== currentRevision) {
    return {
      line: `waiting for statefulset rolling update to complete ${updatedReplicas} pods at revision ${updateRevision}...`,
    }
  }
  return done(`statefulset rolling update complete ${currentReplicas} pods at revision ${currentRevision}...`)
}

export const rolloutAnswer = (view: ClusterView, { target, revision }: StatusCommand): Answer => {
  const { kind, namespace, name } = target
  const key = `${namespace}/${name}`
  const deployment = kind === 'Deployment' ? view.deployments.get(key) : undefined
  if (deployment !== undefined) return ofDeployment(deployment, revision)
  const daemonSet = kind === 'DaemonSet' ? view.daemonSets.get(key) : undefined
  if (daemonSet !== undefined) return ofDaemonSet(daemonSet)
  const statefulSet = kind === 'StatefulSet' ? view.statefulSets.get(key) : undefined
  if (statefulSet !== undefined) return ofStatefulSet(statefulSet)
  const [line = ''] = problemLines([{ reason: 'NotFound', message: `${resourceOf(kind)} "${name}" not found` }])
  return failed(line)
}
