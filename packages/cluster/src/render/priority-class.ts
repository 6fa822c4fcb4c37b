import type { PriorityClass } from '../priority-class/priority-class.ts'
import type { DeepReadonly } from '../tables.ts'
import { sorted } from './json.ts'
import { memoised } from './memo.ts'
import { renderMetadata } from './metadata.ts'

/** A PriorityClass as `kubectl get -o yaml` shows it. */
export const renderPriorityClass = memoised<DeepReadonly<PriorityClass>>((view, { body, ...priorityClass }) =>
  sorted({
    apiVersion: priorityClass.apiVersion,
    description: body.description,
    globalDefault: body.globalDefault === true ? true : undefined,
    kind: priorityClass.kind,
    metadata: renderMetadata(view, priorityClass, { generation: true, gracePeriod: true }),
    preemptionPolicy: body.preemptionPolicy,
    value: body.value,
  }),
)
