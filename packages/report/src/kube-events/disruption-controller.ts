import {
  type ClusterView,
  type LabelSelectorLike,
  nameOf,
  namespaceOf,
  podDisruptionBudgetEvents,
} from '@wavetank/cluster'
import { foreignFact } from '../facts.ts'
import { defineKubeEvents, podReference, SILENT } from './define-kube-events.ts'
import type { KubeEventDraft } from './kube-event.ts'

/** The controller’s own name for itself. Source: pkg/controller/disruption/disruption.go, NewDisruptionController. */
const source = { component: 'controllermanager' }

type BudgetFact<K extends string> = { readonly kind: K; readonly object: string }

const aboutBudget = (
  view: ClusterView,
  key: string,
  type: KubeEventDraft['type'],
  reason: string,
  message: string,
): readonly KubeEventDraft[] => {
  const budget = view.podDisruptionBudgets.get(key)
  if (budget === undefined) return SILENT
  const { apiVersion, kind, namespace, name, uid } = budget
  const involvedObject = { apiVersion, kind, namespace, name, uid }
  return [{ type, reason, message, involvedObject, source, recorder: 'core' }]
}

const aboutPod = (view: ClusterView, key: string, reason: string, message: string): readonly KubeEventDraft[] => {
  const gone = view.removedPod
  const pod = view.pods.get(key) ?? (gone?.key === key ? gone : undefined)
  if (pod === undefined) return SILENT
  return [{ type: 'Warning', reason, message, involvedObject: podReference(pod), source, recorder: 'core' }]
}

/** As Go prints a LabelSelector. Source: staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/generated.pb.go, String. */
export const printedSelector = (selector: LabelSelectorLike | undefined): string => {
  if (selector === undefined) return 'nil'
  const { matchLabels = {}, matchExpressions = [] } = selector
  const labels = Object.keys(matchLabels)
    .sort()
    .map((key) => `${key}: ${matchLabels[key]},`)
  const expressions = matchExpressions.map(
    ({ key, operator, values = [] }) =>
      `LabelSelectorRequirement{Key:${key},Operator:${operator},Values:[${values.join(' ')}],},`,
  )
  const parts = [
    `MatchLabels:map[string]string{${labels.join('')}}`,
    `MatchExpressions:[]LabelSelectorRequirement{${expressions.join('')}}`,
  ]
  return `&LabelSelector{${parts.join(',')},}`
}

/** Source: pkg/controller/disruption/disruption.go, trySync, getPdbForPod, buildDisruptedPodMap. */
export const disruptionControllerEvents = defineKubeEvents({
  component: source.component,
  facts: {
    PodDisruptionBudgetSyncFailed: podDisruptionBudgetEvents.SyncFailed,
    PodDisruptionBudgetMatchedNothing: foreignFact<BudgetFact<'PodDisruptionBudgetMatchedNothing'>>(
      'PodDisruptionBudgetMatchedNothing',
    ),
    PodDisruptionBudgetFoundUnmanagedPods: foreignFact<BudgetFact<'PodDisruptionBudgetFoundUnmanagedPods'>>(
      'PodDisruptionBudgetFoundUnmanagedPods',
    ),
    PodInSeveralBudgets: foreignFact<{
      readonly kind: 'PodInSeveralBudgets'
      readonly pod: string
      readonly chosen: string
    }>('PodInSeveralBudgets'),
    PodDisruptionOverdue: foreignFact<{
      readonly kind: 'PodDisruptionOverdue'
      readonly object: string
      readonly pod: string
    }>('PodDisruptionOverdue'),
  },
  create: () => ({
    PodDisruptionBudgetSyncFailed: ({ event }, view) => {
      const message = `Failed to calculate the number of expected pods: ${event.message}`
      return aboutBudget(view, event.object, 'Warning', 'CalculateExpectedPodCountFailed', message)
    },
    PodDisruptionBudgetMatchedNothing: ({ event }, view) =>
      aboutBudget(view, event.object, 'Normal', 'NoPods', 'No matching pods found'),
    PodDisruptionBudgetFoundUnmanagedPods: ({ event }, view) => {
      const selector = view.podDisruptionBudgets.get(event.object)?.spec.selector as LabelSelectorLike | undefined
      const message =
        `Pods selected by this PodDisruptionBudget (selector: ${printedSelector(selector)}) were found to be unmanaged. ` +
        'As a result, the status of the PDB cannot be calculated correctly, which may result in undefined behavior. ' +
        'To account for these pods please set ".spec.minAvailable" field of the PDB to an integer value.'
      return aboutBudget(view, event.object, 'Warning', 'UnmanagedPods', message)
    },
    PodInSeveralBudgets: ({ event }, view) => {
      const pod = `Pod "${namespaceOf(event.pod)}"/"${nameOf(event.pod)}"`
      const message = `${pod} matches multiple PodDisruptionBudgets.  Chose "${nameOf(event.chosen)}" arbitrarily.`
      return aboutPod(view, event.pod, 'MultiplePodDisruptionBudgets', message)
    },
    PodDisruptionOverdue: ({ event }, view) => {
      // The namespace twice, sic.
      const namespace = namespaceOf(event.object)
      const message = `Pod was expected by PDB ${namespace}/${namespace} to be deleted but it wasn't`
      return aboutPod(view, event.pod, 'NotDeleted', message)
    },
  }),
})
