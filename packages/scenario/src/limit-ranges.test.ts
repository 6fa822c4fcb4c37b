import { isLeft } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { memoryFiles } from './files.ts'
import { loadScenario } from './load-scenario.ts'

const RANGE = `
apiVersion: v1
kind: LimitRange
metadata: {name: small}
spec:
  limits:
  - {type: Container, max: {memory: 1Gi}, default: {memory: 512Mi}}
  - {type: PersistentVolumeClaim, max: {storage: 1Gi}}
`
const container = (memory: string) =>
  `containers: [{name: a, image: a${memory === '' ? '' : `, resources: {limits: {memory: ${memory}}}`}}]`
const pod = (memory: string, metadata = '{name: a}') =>
  `apiVersion: v1\nkind: Pod\nmetadata: ${metadata}\nspec:\n  ${container(memory)}\n`
const deployment = (memory: string) => `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      ${container(memory)}
`
const claim = (storage: string) =>
  `apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: c}\nspec:\n  accessModes: [ReadWriteOnce]\n  resources: {requests: {storage: ${storage}}}\n`

const warnings = async (manifest: string, range = RANGE): Promise<readonly string[]> => {
  const text =
    'apiVersion: wavetank.dev/v1alpha1\nkind: Scenario\nmetadata: {name: s}\nduration: 10m\nmanifests: [a.yaml]\n'
  const files = memoryFiles({ 's.yaml': text, 'a.yaml': `${manifest}---${range}` })
  const loaded = await loadScenario('s.yaml', { files, flags: {} })
  const issues = isLeft(loaded) ? loaded.left : loaded.right.warnings
  return issues.map(({ line, column, severity, code, message }) => `${line}:${column} ${severity} ${code} ${message}`)
}

const TOO_MUCH = 'maximum memory usage per Container is 1Gi, but limit is 2Gi'

describe('an object that a LimitRange of the scenario is against', () => {
  it('is a warning where it stands, as it is there all the same', async () => {
    expect(await warnings(pod('2Gi'))).toEqual([
      `4:1 warning WT052 a LimitRange of namespace default is against this: ${TOO_MUCH}`,
    ])
    expect(await warnings(claim('2Gi'))).toEqual([
      expect.stringMatching(
        /^6:14 warning WT052 .* is against this: maximum storage usage per PersistentVolumeClaim is 1Gi/,
      ),
    ])
  })

  it('is one for the template of a workload, whose pods will be refused', async () => {
    expect(await warnings(deployment('2Gi'))).toEqual([
      `8:5 warning WT052 a LimitRange of namespace default is against its pods: ${TOO_MUCH}`,
    ])
  })

  it.each([
    ['within the limits', pod('1Gi')],
    ['with the defaults that the range sets', pod('')],
    ['in another namespace', pod('2Gi', '{name: a, namespace: shop}')],
    ['that was let in when it was stored', pod('2Gi', '{name: a, uid: b6a3d3c5-58a7-4a3e-9a0c-0f8a1c7c0f11}')],
    ['that fits, a claim', claim('1Gi')],
  ])('is not one %s', async (_title, manifest) => {
    expect((await warnings(manifest)).filter((line) => line.includes('WT052'))).toEqual([])
  })
})
