import { renderStudyPage } from '@wavetank/report-page/study'
import { memoryFiles } from '@wavetank/scenario'
import {
  evaluatePoint,
  loadStudy,
  type Outcome,
  resultsOf,
  type Study,
  type StudyPage,
  studyPageOf,
} from '@wavetank/study'
import { isLeft } from 'fp-ts/lib/Either.js'
import { scenarioOptions } from 'wavetank'

/** A study that has everything: axes that matter and one that does not, an interaction, a cost, a baseline, expectations. */
const SCENARIO = `
apiVersion: wavetank.dev/v1alpha1
kind: Scenario
metadata: {name: shop}
duration: 12h
nodes: [{name: worker, count: 4, zones: [a, b, c], capacity: {cpu: '4', memory: 16Gi}}]
manifests:
- apiVersion: apps/v1
  kind: Deployment
  metadata: {name: web, namespace: shop}
  spec:
    replicas: 6
    selector: {matchLabels: {app: web}}
    template:
      metadata: {labels: {app: web}}
      spec: {containers: [{name: web, image: web, resources: {requests: {cpu: '1500m', memory: 1Gi}}}]}
- apiVersion: v1
  kind: Namespace
  metadata: {name: shop}
failures:
- name: machines
  fail: {pool: worker}
  timeToFailure: {exponential: {mean: 20h}}
  timeToRepair: {exponential: {mean: 40m}}
flags: {kube-apiserver: {default-unreachable-toleration-seconds: 300}}
expect:
- name: web is whole at the end
  at: 12h
  that: "pods.filter(p, ready(p)).size() == 6"
`
const STUDY = `
apiVersion: wavetank.dev/v1alpha1
kind: Study
metadata: {name: nodes and patience for a shop}
scenario: shop.yaml
vary:
- {name: nodes, path: 'nodes[name=worker].count', values: [3, 4, 6]}
- {name: toleration, path: flags.kube-apiserver.default-unreachable-toleration-seconds, values: [10, 300]}
- {name: release, path: metadata.name, values: [one, two]}
measure:
- {metric: availability, name: availability, workload: shop/web}
- {metric: timeToRecover, name: time to recover, workload: shop/web}
- {metric: cost, name: cost}
- {name: six pods are ready, expression: 'pods.filter(p, ready(p)).size() == 6'}
prices: [{perHour: 0.2}]
replications: 8
quantiles: [0.9]
compare: {baseline: {nodes: 4, toleration: 300}}
`

export const files = { 'shop.yaml': SCENARIO.slice(1), 'study.yaml': STUDY.slice(1) }

export const again: StudyPage['again'] = (point, replication) =>
  `wavetank study study.yaml --point ${point} --replication ${replication} --log run.ndjson`

export const loadSample = async (edit: (study: string) => string = (study) => study): Promise<Study> => {
  const loaded = await loadStudy('study.yaml', {
    files: memoryFiles({ ...files, 'study.yaml': edit(files['study.yaml']) }),
    ...scenarioOptions,
  })
  if (isLeft(loaded)) throw new Error(JSON.stringify(loaded.left))
  return loaded.right
}

export const outcomesOf = ({ points, replications }: Study): readonly Outcome[] =>
  points.flatMap((point) =>
    Array.from({ length: replications.min }, (_, number) => evaluatePoint(point, { number, seed: number + 1 })),
  )

export const pageOf = (study: Study, outcomes: readonly Outcome[]): string =>
  renderStudyPage(studyPageOf(resultsOf(study, outcomes), outcomes, again))
