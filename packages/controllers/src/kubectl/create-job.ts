import { type ClusterView, controllerRefOf, createJob, createObject, type KubectlCommand } from '@wavetank/cluster'
import { apiObject } from '@wavetank/cluster/api'
import { isLeft } from 'fp-ts/lib/Either.js'
import { gathering, type Outcome, outcomeOf, printedName } from './outcome.ts'

type CreateJob = Extract<KubectlCommand, { readonly verb: 'create job' }>

const INSTANTIATE = 'cronjob.kubernetes.io/instantiate'

/** `kubectl create job`, by hand or from a CronJob. Source: staging/src/k8s.io/kubectl/pkg/cmd/create/create_job.go. */
export const createJobCommand = (view: ClusterView, at: number, command: CreateJob): Outcome => {
  const { namespace, name, source } = command
  const result = gathering()
  const cronJob = 'from' in source ? view.cronJobs.get(`${namespace}/${source.from}`) : undefined
  if ('from' in source && cronJob === undefined) {
    const message = `cronjobs.batch "${source.from}" not found`
    result.problems.push({ reason: 'NotFound', message, kind: 'CronJob', name: source.from })
    return outcomeOf(result)
  }
  // What the API server says to the name and the namespace does not depend on where the spec comes from.
  const template =
    'from' in source
      ? { containers: [{ name, image: 'none' }] }
      : {
          containers: [
            { name, image: source.image, ...(source.command.length > 0 ? { command: source.command } : {}) },
          ],
        }
  const manifest = apiObject({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, namespace },
    spec: { template: { spec: { ...template, restartPolicy: 'Never' } } },
  })
  const created = createObject(view, at, manifest)
  if (isLeft(created)) {
    result.problems.push(`failed to create job: ${created.left.message}`)
    return outcomeOf(result)
  }
  if (cronJob === undefined) result.events.push(...created.right)
  else {
    const { metadata, spec } = cronJob.spec.jobTemplate
    const labels = metadata.labels ?? {}
    const annotations = { [INSTANTIATE]: 'manual', ...metadata.annotations }
    result.events.push(
      ...createJob(view, at, { namespace, name, labels, annotations, owner: controllerRefOf(cronJob), spec }),
    )
  }
  result.output.push(`${printedName('Job', name)} created`)
  return outcomeOf(result)
}
