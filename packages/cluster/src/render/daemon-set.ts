import { type DaemonSet, TEMPLATE_GENERATION } from '../daemon-set/daemon-set.ts'
import type { DeepReadonly } from '../tables.ts'
import { sorted, unlessZero } from './json.ts'
import { memoised } from './memo.ts'
import { renderMetadata } from './metadata.ts'
import { renderTemplate } from './replica-set.ts'

type SetView = DeepReadonly<DaemonSet>

const renderStrategy = ({ type, ...rollingUpdate }: SetView['updateStrategy']): object =>
  type === 'OnDelete' ? { type } : { rollingUpdate, type }

/** A DaemonSet as `kubectl get -o yaml` shows it. */
export const renderDaemonSet = memoised<SetView>((view, set) => {
  const { kind, apiVersion, status } = set
  const annotations = { ...set.annotations, [TEMPLATE_GENERATION]: `${set.templateGeneration}` }
  return {
    apiVersion,
    kind,
    metadata: sorted(renderMetadata(view, { ...set, annotations }, { generation: true, gracePeriod: true })),
    spec: sorted({
      minReadySeconds: unlessZero(set.minReadySeconds),
      revisionHistoryLimit: set.revisionHistoryLimit,
      selector: set.selector,
      template: renderTemplate(set.template),
      updateStrategy: renderStrategy(set.updateStrategy),
    }),
    status: sorted({
      collisionCount: unlessZero(status.collisionCount),
      currentNumberScheduled: status.currentNumberScheduled,
      desiredNumberScheduled: status.desiredNumberScheduled,
      numberAvailable: unlessZero(status.numberAvailable),
      numberMisscheduled: status.numberMisscheduled,
      numberReady: status.numberReady,
      numberUnavailable: unlessZero(status.numberUnavailable),
      observedGeneration: unlessZero(status.observedGeneration),
      updatedNumberScheduled: unlessZero(status.updatedNumberScheduled),
    }),
  }
})
