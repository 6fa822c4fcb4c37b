import { type ClusterView, createObject, type KubectlCommand, pendingKey } from '@wavetank/cluster'
import { apiObject, kindByName } from '@wavetank/cluster/api'
import { isLeft } from 'fp-ts/lib/Either.js'
import { gathering, type Outcome, outcomeOf, printedName } from './outcome.ts'
import { findTargets } from './targets.ts'

type Autoscale = Extract<KubectlCommand, { readonly verb: 'autoscale' }>

/** Source: staging/src/k8s.io/kubectl/pkg/cmd/autoscale/autoscale.go, createHorizontalPodAutoscalerV2. */
export const autoscale = (view: ClusterView, at: number, command: Autoscale): Outcome => {
  const { objects, problems } = findTargets(view, command.targets)
  const result = gathering()
  const pending = new Set<string>()
  for (const { kind, namespace, name: target } of objects) {
    const name = command.name ?? target
    const manifest = apiObject({
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name, namespace },
      spec: {
        scaleTargetRef: { apiVersion: kindByName(kind)?.versions[0] ?? '', kind, name: target },
        ...(command.min === undefined ? {} : { minReplicas: command.min }),
        maxReplicas: command.max,
        metrics: command.metrics.map((metric) => ({
          type: 'Resource',
          resource: {
            name: metric.resource,
            target:
              'utilization' in metric
                ? { type: 'Utilization', averageUtilization: metric.utilization }
                : { type: 'AverageValue', averageValue: metric.average },
          },
        })),
      },
    })
    const created = createObject(view, at, manifest, pending)
    if (isLeft(created)) {
      result.problems.push(created.left)
      continue
    }
    pending.add(pendingKey('HorizontalPodAutoscaler', namespace, name))
    result.events.push(...created.right)
    result.output.push(`${printedName('HorizontalPodAutoscaler', name)} autoscaled`)
  }
  result.problems.push(...problems)
  if (objects.length === 0 && problems.length === 0) result.problems.push('no objects passed to autoscale')
  return outcomeOf(result)
}
