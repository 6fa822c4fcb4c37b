import type { SimEvent } from '@wavetank/kernel'
import { isLeft, left, right } from 'fp-ts/lib/Either.js'
import type { Container } from '../api/core/container.ts'
import type { Pod } from '../api/core/pod.ts'
import type { PodSpec } from '../api/core/pod-spec.ts'
import { keyOf } from '../ids.ts'
import { PodAdopted, PodAnnotated, PodLabelled, PodReleased, PodSchedulingGatesChanged } from '../pod/events.ts'
import { invalid, notSimulated } from './failure.ts'
import { isEqual, type Update, updateMetadata } from './update-metadata.ts'

const MAY_NOT_CHANGE =
  'spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`,' +
  '`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing ' +
  'tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)'

const withoutImages = (containers: readonly Container[] | undefined): unknown =>
  containers?.map((container) => ({ ...container, image: undefined, imagePullPolicy: undefined }))

/** The spec without what an update may change. */
const fixedPart = ({ activeDeadlineSeconds, tolerations, ...spec }: PodSpec): unknown => ({
  ...spec,
  containers: withoutImages(spec.containers),
  initContainers: withoutImages(spec.initContainers),
})

const withoutGates = ({ schedulingGates, ...spec }: PodSpec): PodSpec => spec

/** Gates can be removed, and none added. Source: validation.go, validatePodSchedulingGates. */
const removesGates = (was: PodSpec, is: PodSpec): boolean =>
  isEqual(withoutGates(was), withoutGates(is)) &&
  (is.schedulingGates ?? []).every(({ name }) => was.schedulingGates?.some((gate) => gate.name === name))

/** Source: pkg/apis/core/validation/validation.go, ValidatePodUpdate. Unlike there, the message has no diff. */
export const updatePod = (was: Pod, is: Pod): Update => {
  const { name, namespace = '' } = was.metadata
  if (!isEqual(was.spec, is.spec)) {
    if (removesGates(was.spec, is.spec)) {
      const metadata = updatePod(was, { ...is, spec: was.spec })
      const gates = (is.spec.schedulingGates ?? []).map((gate) => gate.name)
      return isLeft(metadata)
        ? metadata
        : right([PodSchedulingGatesChanged({ pod: keyOf(namespace, name), gates }), ...metadata.right])
    }
    return left(
      isEqual(fixedPart(was.spec), fixedPart(is.spec))
        ? notSimulated('Pod', name, 'a change of the spec of a running pod')
        : invalid('Pod', name, [MAY_NOT_CHANGE]),
    )
  }
  const pod = keyOf(namespace, name)
  return updateMetadata('Pod', was.metadata, is.metadata, {
    labelled: (labels): SimEvent => PodLabelled({ pod, labels }),
    annotated: (annotations) => PodAnnotated({ pod, annotations }),
    adopted: (owner) => PodAdopted({ pod, owner }),
    released: (owner) => PodReleased({ pod, owner: keyOf(namespace, owner.name) }),
  })
}
