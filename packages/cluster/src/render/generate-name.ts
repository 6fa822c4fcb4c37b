import { SUFFIX_ALPHABET, truncateGenerateName } from '../names.ts'
import type { Pod } from '../pod/pod.ts'
import type { DeepReadonly } from '../tables.ts'

const COMPLETION_INDEX = 'batch.kubernetes.io/job-completion-index'
const SUFFIX = new RegExp(`^[${SUFFIX_ALPHABET}]{5}$`)

/** Source: pkg/controller/job/indexed_job_utils.go, podGenerateNameWithIndex. */
const indexed = (job: string, index: string): string => {
  const end = `-${index}-`
  return truncateGenerateName(job).slice(0, truncateGenerateName(job + end).length - end.length) + end
}

/**
 * `metadata.generateName` of a pod, as its controller has it: the log keeps the name alone, and the one follows from the
 * other. A pod that no controller owns, or none that makes up names, has none.
 *
 * Source: pkg/controller/controller_utils.go, getPodsPrefix.
 */
export const generateNameOf = ({ name, owner, annotations }: DeepReadonly<Pod>): string | undefined => {
  if (owner === undefined || !['ReplicaSet', 'ReplicationController', 'DaemonSet', 'Job'].includes(owner.kind)) {
    return undefined
  }
  const index = owner.kind === 'Job' ? annotations[COMPLETION_INDEX] : undefined
  const prefix = index === undefined ? `${owner.name}-` : indexed(owner.name, index)
  const start = truncateGenerateName(prefix)
  return name.startsWith(start) && SUFFIX.test(name.slice(start.length)) ? prefix : undefined
}
