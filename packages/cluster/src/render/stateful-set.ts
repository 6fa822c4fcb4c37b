import type { StatefulSet } from '../stateful-set/stateful-set.ts'
import type { DeepReadonly } from '../tables.ts'
import { sorted, unlessBlank, unlessEmpty, unlessZero } from './json.ts'
import { memoised } from './memo.ts'
import { renderMetadata } from './metadata.ts'
import { renderTemplate } from './replica-set.ts'

type SetView = DeepReadonly<StatefulSet>

const renderStrategy = ({ type, partition }: SetView['updateStrategy']): object =>
  partition === undefined ? { type } : { rollingUpdate: { partition }, type }

/** A StatefulSet as `kubectl get -o yaml` shows it. */
export const renderStatefulSet = memoised<SetView>((view, set) => {
  const { kind, apiVersion, status } = set
  return {
    apiVersion,
    kind,
    metadata: sorted(renderMetadata(view, set, { generation: true, gracePeriod: true })),
    spec: sorted({
      minReadySeconds: unlessZero(set.minReadySeconds),
      ordinals: set.start === 0 ? undefined : { start: set.start },
      persistentVolumeClaimRetentionPolicy: set.claimRetention,
      podManagementPolicy: set.podManagementPolicy,
      replicas: set.replicas,
      revisionHistoryLimit: set.revisionHistoryLimit,
      selector: set.selector,
      serviceName: set.serviceName,
      template: renderTemplate(set.template),
      updateStrategy: renderStrategy(set.updateStrategy),
      volumeClaimTemplates: unlessEmpty(set.claimTemplates),
    }),
    status: sorted({
      availableReplicas: status.availableReplicas,
      collisionCount: status.collisionCount,
      currentReplicas: unlessZero(status.currentReplicas),
      currentRevision: unlessBlank(status.currentRevision),
      observedGeneration: unlessZero(status.observedGeneration),
      readyReplicas: unlessZero(status.readyReplicas),
      replicas: status.replicas,
      updateRevision: unlessBlank(status.updateRevision),
      updatedReplicas: unlessZero(status.updatedReplicas),
    }),
  }
})
