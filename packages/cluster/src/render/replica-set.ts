import type { JsonObject } from '../api/codec.ts'
import type { PodTemplate } from '../pod/pod.ts'
import type { ReplicaSet } from '../replica-set/replica-set.ts'
import type { ClusterView, DeepReadonly } from '../tables.ts'
import { sorted, sortedOnce, unlessEmpty, unlessZero } from './json.ts'
import { memoised } from './memo.ts'
import { renderMetadata, timestamp } from './metadata.ts'

type SetView = DeepReadonly<ReplicaSet>

/** `spec.template` of a workload. */
export const renderTemplate = ({ labels, annotations, finalizers, spec }: DeepReadonly<PodTemplate>): JsonObject => ({
  metadata: {
    annotations: unlessEmpty(annotations),
    finalizers: unlessEmpty(finalizers),
    labels: unlessEmpty(labels),
  },
  spec: sortedOnce(spec),
})

const renderConditions = (view: ClusterView, { failure }: SetView['status']): readonly JsonObject[] | undefined =>
  failure === undefined
    ? undefined
    : [
        {
          lastTransitionTime: timestamp(view, failure.lastTransitionAt),
          message: failure.message,
          reason: failure.reason,
          status: 'True',
          type: 'ReplicaFailure',
        },
      ]

/** A ReplicaSet or ReplicationController as `kubectl get -o yaml` shows it. */
export const renderReplicaSet = memoised<SetView>((view, set) => {
  const { kind, apiVersion, status } = set
  return {
    apiVersion,
    kind,
    metadata: sorted(renderMetadata(view, set, { generation: true, gracePeriod: true })),
    spec: sorted({
      minReadySeconds: unlessZero(set.minReadySeconds),
      replicas: set.replicas,
      selector: kind === 'ReplicationController' ? set.selector.matchLabels : set.selector,
      template: renderTemplate(set.template),
    }),
    status: sorted({
      availableReplicas: unlessZero(status.availableReplicas),
      conditions: renderConditions(view, status),
      fullyLabeledReplicas: unlessZero(status.fullyLabeledReplicas),
      observedGeneration: unlessZero(status.observedGeneration),
      readyReplicas: unlessZero(status.readyReplicas),
      replicas: status.replicas,
    }),
  }
})
