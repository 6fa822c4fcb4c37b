import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { isRight } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { decodeWith } from './codec.ts'
import { scenarioFile } from './scenario-file.ts'
import { formatSchema, scenarioSchema } from './scenario-schema.ts'
import { readYaml } from './yaml-source.ts'

const flags = {
  kubelet: { syncFrequency: { type: 'duration', default: 60_000, doc: 'Between syncs.' } },
  'kube-scheduler': { parallelism: { type: 'integer', default: 16, min: 1, doc: 'Workers.' } },
} as const
const schema = scenarioSchema(flags)
const createAjv = () => new Ajv2020({ strict: true, strictRequired: false, allowUnionTypes: true })
const accepts = createAjv().compile(schema)
const head = { apiVersion: 'wavetank.dev/v1alpha1', kind: 'Scenario', metadata: { name: 'a' }, duration: '10m' }

const fine: readonly object[] = [
  {},
  { seed: 7, start: '2025-01-01T00:00:00Z', timeZone: 'Europe/Paris' },
  { manifests: ['a.yaml', { apiVersion: 'v1', kind: 'Pod' }] },
  {
    nodes: [
      { manifests: 'nodes/' },
      { apiVersion: 'v1', kind: 'Node' },
      { name: 'a', count: 3, zones: ['x'], capacity: { cpu: 4, memory: '1Gi' } },
    ],
  },
  { latencies: { watch: '5ms', sandbox: { uniform: ['1s', '2s'] }, imagePullRate: { constant: '40M' } } },
  {
    behaviors: [{ match: { owner: 'Deployment/web' }, startup: { exponential: { mean: '1s' } }, onSigterm: 'ignore' }],
  },
  {
    behaviors: [
      {
        probes: { liveness: { answers: [{ fromRequest: 5, status: 500 }] } },
        onSigterm: { exitCode: 1 },
        memory: '1Gi',
      },
    ],
  },
  {
    timeline: [
      { at: '1m', kubectl: 'cordon n1' },
      { at: '1h30m', fail: { node: 'n1' } },
    ],
  },
  { expect: [{ always: 'true' }, { at: '1m', that: 'true' }] },
  { flags: { kubelet: { syncFrequency: '30s' }, 'kube-scheduler': { parallelism: 1 } }, limits: { entries: 5 } },
]
const wrong: readonly object[] = [
  { seed: -1 },
  { seeds: 1 },
  { duration: '5' },
  { duration: 5 },
  { duration: '-5s' },
  { nodes: [{ name: 'a' }] },
  { behaviors: [{ run: { for: '1s', exitCode: 256 } }] },
  { latencies: { watch: { normal: {} } } },
  { timeline: [{ kubectl: 'cordon n1' }] },
  { flags: { kubelet: { syncFrequncy: '1s' } } },
  { flags: { 'kube-scheduler': { parallelism: 0 } } },
]

describe('the JSON Schema of scenario files', () => {
  it.each(fine.map((part) => [part]))('accepts what the codecs accept: %j', (part) => {
    const file = { ...head, ...part }
    expect(isRight(decodeWith(scenarioFile(flags), file))).toBe(true)
    expect(accepts(file) || accepts.errors).toBe(true)
  })

  it.each(wrong.map((part) => [part]))('refuses, as the codecs do: %j', (part) => {
    const file = { ...head, ...part }
    expect(isRight(decodeWith(scenarioFile(flags), file))).toBe(false)
    expect(accepts(file)).toBe(false)
  })

  it('accepts its own defaults and what a scenario is written back as', () => {
    const codec = scenarioFile(flags)
    for (const part of fine) {
      const decoded = decodeWith(codec, { ...head, ...part })
      if (!isRight(decoded)) throw new Error('not decoded')
      const written = JSON.parse(JSON.stringify(codec.encode(decoded.right)))
      expect(decodeWith(codec, written)).toEqual(decoded)
      expect(accepts(written) || accepts.errors).toBe(true)
    }
  })

  it('of the reference accepts every scenario that we ship', () => {
    const root = `${import.meta.dirname}/../../..`
    const reference = createAjv().compile(
      JSON.parse(readFileSync(`${root}/docs/reference/scenario.schema.json`, 'utf8')),
    )
    const shipped = existsSync(`${root}/scenarios`) ? readdirSync(`${root}/scenarios`) : []
    for (const name of shipped.filter((file) => file.endsWith('.yaml'))) {
      const [document] = readYaml(readFileSync(`${root}/scenarios/${name}`, 'utf8')).documents
      expect(reference(document?.value) || [name, reference.errors]).toBe(true)
    }
    expect(reference({ ...head, nonsense: 1 })).toBe(false)
  })

  it('documents every field', () => {
    const undocumented: string[] = []
    const visit = (node: unknown, path: string): void => {
      if (typeof node !== 'object' || node === null) return
      const { properties } = node as { properties?: Record<string, { description?: string }> }
      for (const [name, property] of Object.entries(properties ?? {}))
        if (!property.description?.endsWith('.') && !/[.?!`]$/.test(property.description ?? ''))
          undocumented.push(`${path}/${name}`)
      for (const [key, child] of Object.entries(node)) visit(child, `${path}/${key}`)
    }
    visit(schema, '')
    expect(undocumented).toEqual([])
    expect(formatSchema(schema)).toMatch(/^\{\n {2}"\$schema"[\s\S]+\}\n$/)
  })
})
