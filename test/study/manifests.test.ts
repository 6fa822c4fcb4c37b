import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isKind } from '@wavetank/cluster/api'
import { formatIssues, loadScenario, memoryFiles, type Scenario } from '@wavetank/scenario'
import { isLeft } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { scenarioOptions, simulate } from 'wavetank'
import { shardOption } from '../../packages/cli/src/time-option.ts'

const FOLDER = join(import.meta.dirname, '../../examples/kubernetes')

/** The manifests in a cluster that has room for them. */
const scenarioOf = async (manifest: string, expectation: string, behavior = ''): Promise<Scenario> => {
  const files = memoryFiles({
    [manifest]: readFileSync(join(FOLDER, manifest), 'utf8'),
    'scenario.yaml': `apiVersion: wavetank.dev/v1alpha1
kind: Scenario
metadata: {name: manifests}
duration: 2h
nodes: [{name: worker, count: 4, capacity: {cpu: '16', memory: 64Gi}}]
manifests:
- ${manifest}
- {apiVersion: v1, kind: ConfigMap, metadata: {name: study}}
- apiVersion: storage.k8s.io/v1
  kind: StorageClass
  metadata: {name: files, annotations: {storageclass.kubernetes.io/is-default-class: 'true'}}
  provisioner: example.com/files
behaviors: [${behavior}]
expect:
- eventually: ${expectation}
`,
  })
  const loaded = await loadScenario('scenario.yaml', { files, ...scenarioOptions })
  if (isLeft(loaded)) throw new Error(formatIssues(loaded.left))
  expect(loaded.right.warnings.map(({ message }) => message)).toEqual([])
  return loaded.right.scenario
}

const HALF_AN_HOUR = '{match: {owner: Job/study}, run: {for: 30m}}'

const verdictsOf = (scenario: Scenario) => simulate(scenario).verdicts.map(({ verdict }) => verdict)

describe('the Indexed Job of a study', () => {
  it('makes as many parts as there are, each by its index', async () => {
    const scenario = await scenarioOf('study-shards.yaml', `'jobs.exists(j, j.metadata.name == "study")'`, HALF_AN_HOUR)
    const job = scenario.objects.find((object) => isKind(object, 'Job'))!
    const { completions, completionMode, template } = job.spec
    expect(completionMode).toBe('Indexed')
    const { args } = template.spec.containers[0]!
    const shardOf = (index: number) =>
      shardOption(args![args!.indexOf('--shard') + 1]!.replace('$(JOB_COMPLETION_INDEX)', `${index}`))
    const shards = Array.from({ length: completions! }, (_, index) => shardOf(index))
    expect(shards).toEqual(shards.map((_, index) => ({ index, count: completions })))
    expect(args![args!.indexOf('--output') + 1]).toContain('$(JOB_COMPLETION_INDEX)')
  })

  it('completes', async () => {
    const done = `'jobs.exists(j, j.metadata.name == "study" && j.status.succeeded == 8 && j.status.completedIndexes == "0-7")'`
    expect(verdictsOf(await scenarioOf('study-shards.yaml', done, HALF_AN_HOUR))).toEqual(['met'])
  })
})

describe('the workers of a study', () => {
  it('run beside their Redis', async () => {
    const all = `'pods.size() == 5 && pods.all(p, ready(p))'`
    expect(verdictsOf(await scenarioOf('study-workers.yaml', all))).toEqual(['met'])
  })
})
