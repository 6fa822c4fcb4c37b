import type { DeepReadonly, Pod } from '@wavetank/cluster'
import { AGE, ageOf, defineColumns, NAME, NONE } from './define-columns.ts'
import { podStatus } from './pod-status.ts'

type PodView = DeepReadonly<Pod>

const readinessGates = (pod: PodView): string => {
  const gates = (pod.template.spec.readinessGates ?? []) as readonly { readonly conditionType: string }[]
  if (gates.length === 0) return NONE
  const met = gates.filter(({ conditionType }) =>
    pod.conditions.some(({ type, status }) => type === conditionType && status === 'True'),
  )
  return `${met.length}/${gates.length}`
}

/** Source: pkg/printers/internalversion/printers.go, printPod. */
export const podColumns = defineColumns<PodView>({
  kind: 'Pod',
  list: ({ view }) => view.pods.values(),
  columns: [
    NAME,
    {
      header: 'READY',
      cell: (pod) => {
        const { ready, total } = podStatus(pod)
        return `${ready}/${total}`
      },
    },
    { header: 'STATUS', cell: (pod) => podStatus(pod).status },
    {
      header: 'RESTARTS',
      cell: (pod, moment) => {
        const { restarts, lastRestartAt } = podStatus(pod)
        return restarts === 0 || lastRestartAt === undefined
          ? `${restarts}`
          : `${restarts} (${ageOf(moment, lastRestartAt)} ago)`
      },
    },
    AGE,
    { header: 'IP', wide: true, cell: ({ ip }) => ip ?? NONE },
    { header: 'NODE', wide: true, cell: ({ node }) => (node === '' ? NONE : node) },
    {
      header: 'NOMINATED NODE',
      wide: true,
      cell: ({ nominatedNode }) => (nominatedNode === '' ? NONE : nominatedNode),
    },
    { header: 'READINESS GATES', wide: true, cell: readinessGates },
  ],
})
