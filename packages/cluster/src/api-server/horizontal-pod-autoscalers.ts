import { type SimEvent, uuidOf } from '@wavetank/kernel'
import { isLeft, right } from 'fp-ts/lib/Either.js'
import type {
  HorizontalPodAutoscaler,
  HorizontalPodAutoscalerSpec,
  HPAScalingRules,
} from '../api/autoscaling/horizontal-pod-autoscaler.ts'
import { horizontalPodAutoscalerEvents } from '../horizontal-pod-autoscaler/events.ts'
import { keyOf } from '../ids.ts'
import type { ClusterView } from '../tables.ts'
import { controllerOf } from './manifest.ts'
import { isEqual, type Update, updateMetadata } from './update-metadata.ts'

const withoutTolerance = ({ tolerance: _, ...rules }: HPAScalingRules): HPAScalingRules => rules

/**
 * The spec as 1.34 stores it: a tolerance of its own is dropped, since the feature gate HPAConfigurableTolerance is off.
 *
 * Source: pkg/registry/autoscaling/horizontalpodautoscaler/strategy.go, dropDisabledFields.
 */
const storedSpec = (spec: HorizontalPodAutoscalerSpec): HorizontalPodAutoscalerSpec => {
  const { behavior } = spec
  if (behavior === undefined) return spec
  const { scaleUp, scaleDown } = behavior
  return {
    ...spec,
    behavior: {
      ...(scaleUp === undefined ? {} : { scaleUp: withoutTolerance(scaleUp) }),
      ...(scaleDown === undefined ? {} : { scaleDown: withoutTolerance(scaleDown) }),
    },
  }
}

const logged = (spec: HorizontalPodAutoscalerSpec): Record<string, unknown> =>
  spec as unknown as Record<string, unknown>

export const createHorizontalPodAutoscaler = (
  view: ClusterView,
  at: number,
  { metadata, spec }: HorizontalPodAutoscaler,
): readonly SimEvent[] => {
  const key = keyOf(metadata.namespace ?? '', metadata.name)
  return [
    horizontalPodAutoscalerEvents.Created({
      object: key,
      uid: uuidOf(view.settings.seed, `HorizontalPodAutoscaler ${key} ${at}`),
      labels: metadata.labels ?? {},
      annotations: metadata.annotations ?? {},
      owner: controllerOf(metadata),
      spec: logged(storedSpec(spec)),
    }),
  ]
}

export const updateHorizontalPodAutoscaler = (was: HorizontalPodAutoscaler, is: HorizontalPodAutoscaler): Update => {
  const { metadata } = was
  const { Labelled, Annotated, Adopted, Released, SpecChanged } = horizontalPodAutoscalerEvents
  const object = keyOf(metadata.namespace ?? '', metadata.name)
  const spec = storedSpec(is.spec)
  const changes = isEqual(was.spec, spec) ? [] : [SpecChanged({ object, spec: logged(spec) })]
  const changed = updateMetadata('HorizontalPodAutoscaler', metadata, is.metadata, {
    labelled: (labels) => Labelled({ object, labels }),
    annotated: (annotations) => Annotated({ object, annotations }),
    adopted: (owner) => Adopted({ object, owner }),
    released: (owner) => Released({ object, owner: keyOf(metadata.namespace ?? '', owner.name) }),
  })
  return isLeft(changed) ? changed : right([...changes, ...changed.right])
}
