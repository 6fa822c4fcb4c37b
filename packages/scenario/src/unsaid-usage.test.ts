import { isLeft } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { memoryFiles } from './files.ts'
import { loadScenario } from './load-scenario.ts'

const hpa = (metrics: string) => `
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  maxReplicas: 5
${metrics}`
const WEB = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - {name: web, image: web}
      - {name: log, image: log}
`
const resource = (name: string) =>
  `  metrics:\n  - {type: Resource, resource: {name: ${name}, target: {type: Utilization, averageUtilization: 50}}}\n`
const ofContainer = (container: string) =>
  `  metrics:\n  - type: ContainerResource\n    containerResource: {name: cpu, container: ${container}, target: {type: Utilization, averageUtilization: 50}}\n`

const warnings = async (behaviors: string, autoscaler: string, timeline = ''): Promise<readonly string[]> => {
  const text = `apiVersion: wavetank.dev/v1alpha1
kind: Scenario
metadata: {name: s}
duration: 10m
manifests: [web.yaml${autoscaler === '' ? '' : ', hpa.yaml'}]
${behaviors}${timeline}`
  const files = memoryFiles({ 's.yaml': text, 'web.yaml': WEB, 'hpa.yaml': autoscaler === '' ? WEB : autoscaler })
  const loaded = await loadScenario('s.yaml', { files, flags: {} })
  const issues = isLeft(loaded) ? loaded.left : loaded.right.warnings
  return issues.map(({ file, line, column, code, message }) => `${file}:${line}:${column} ${code} ${message}`)
}

const NOTHING = 'no behaviour says how much'

describe('an autoscaler', () => {
  it('that asks for what no behaviour says is a warning, at its metric', async () => {
    expect(await warnings('', hpa(resource('cpu')))).toEqual([
      `hpa.yaml:9:5 WT051 ${NOTHING} cpu the containers of Deployment default/web use`,
    ])
    expect(await warnings('behaviors: [{cpu: 100m}]\n', hpa(resource('memory')))).toEqual([
      `hpa.yaml:9:5 WT051 ${NOTHING} memory the containers of Deployment default/web use`,
    ])
  })

  it('that asks for nothing asks for cpu', async () => {
    expect(await warnings('', hpa(''))).toEqual([expect.stringContaining(`WT051 ${NOTHING} cpu`)])
  })

  it('needs one container of the pod that says it, or the one that it names', async () => {
    const log = 'behaviors: [{match: {container: log}, cpu: 100m}]\n'
    expect(await warnings(log, hpa(resource('cpu')))).toEqual([])
    expect(await warnings(log, hpa(ofContainer('log')))).toEqual([])
    expect(await warnings(log, hpa(ofContainer('web')))).toEqual([
      `hpa.yaml:9:5 WT051 ${NOTHING} cpu container web of Deployment default/web use`,
    ])
  })

  it('goes by a load that pods share as well', async () => {
    expect(await warnings('behaviors: [{cpu: {shared: 2}}]\n', hpa(resource('cpu')))).toEqual([])
  })

  it('of the timeline is looked at likewise', async () => {
    const line = (flags: string) => `timeline:\n- at: 1m\n  kubectl: autoscale deployment web --max=5 ${flags}\n`
    expect(await warnings('', '', line('--cpu=50%'))).toEqual([
      `s.yaml:8:12 WT051 ${NOTHING} cpu the containers of Deployment default/web use`,
    ])
    expect(await warnings('behaviors: [{cpu: 1}]\n', '', line('--cpu=50%'))).toEqual([])
  })

  it('of something that nobody has loaded is somebody else’s matter', async () => {
    const other = hpa(resource('cpu')).replace('kind: Deployment, name: web', 'kind: Deployment, name: api')
    expect((await warnings('', other)).filter((line) => line.includes('WT051'))).toEqual([])
  })
})
