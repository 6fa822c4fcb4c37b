import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { tables } from '@wavetank/export'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createFolder, longScenario, smallScenario } from './folder.ts'

const folder = createFolder()
const { wavetank, write, path, read } = folder
afterAll(folder.remove)

const EXPECT = `expect:
  - { name: it runs, eventually: 'pods.size() == 1 && pods.all(p, ready(p))' }
  - { name: it is gone, at: 30s, that: pods.size() == 0 }
  - { name: it stays, never: pods.size() == 2, until: 50s }
`

beforeAll(async () => {
  write('small.yaml', smallScenario(EXPECT))
  expect((await wavetank('run', path('small.yaml'), '--log', path('small.ndjson'), '-q')).code).toBe(1)
  write('long.yaml', longScenario)
  expect((await wavetank('run', path('long.yaml'), '--until', '15m', '--log', path('long.ndjson'), '-q')).code).toBe(0)
}, 120_000)

const LOG = () => ['--log', path('small.ndjson')]
const drafts = (): readonly string[] => readdirSync(path('.')).filter((name) => name.endsWith('.tmp'))

describe('export ndjson', () => {
  it('prints the entries of the log as they stand there, without their frame', async () => {
    const { code, out, err } = await wavetank('export', 'ndjson', ...LOG())
    expect({ code, err }).toEqual({ code: 0, err: '' })
    const lines = read('small.ndjson').trimEnd().split('\n').slice(1, -1)
    expect(out.trimEnd().split('\n')).toEqual(lines.map((line) => line.replace(/,"crc":"[0-9a-f]{8}"\}$/, '}')))
  })

  it('keeps to kinds, an object and a time, if it is told to', async () => {
    const kinds = async (...args: readonly string[]): Promise<readonly string[]> => {
      const { out } = await wavetank('export', 'ndjson', ...LOG(), ...args)
      return out.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line).kind]))
    }
    expect(await kinds('--kind', 'PodBound,PodCreated')).toEqual(['PodCreated', 'PodBound'])
    expect(await kinds('--for', 'po/web', '--kind', 'PodBound')).toEqual(['PodBound'])
    expect(await kinds('--for', 'po/web', '-n', 'other')).toEqual([])
    expect(await kinds('--for', 'node/worker-1', '--from', '1s')).not.toContain('NodeCreated')
    expect(await kinds('--at', '0s')).toContain('ClusterConfigured')
    expect(await kinds('--at', '0s')).not.toContain('ContainerStarted')
  })

  it.each([
    [['--kind', 'PodBond'], /^error: there is no kind of event "PodBond"\n/],
    [['--for', 'web'], /^error: --for takes an object like pod\/web-x2k4q, found "web"\n/],
    [['--at', '5m'], /^error: the run ended at 1m0s, before 5m0s\n/],
    [['--from', '5'], /a duration needs a unit/],
  ])('refuses %j', async (args, message) => {
    const { code, out, err } = await wavetank('export', 'ndjson', ...LOG(), ...args, '-o', path('refused.ndjson'))
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toMatch(message)
    expect(existsSync(path('refused.ndjson'))).toBe(false)
    expect(drafts()).toEqual([])
  })
})

describe('export junit', () => {
  it('has a test case for each expectation, at the time of the run', async () => {
    const { code, out } = await wavetank('export', 'junit', ...LOG())
    expect(code).toBe(0)
    expect(out).toContain('<testsuite name="small" tests="3" failures="1" errors="0" skipped="0" time="60.000"')
    expect(out).toContain('<testcase name="it is gone" classname="small" time="30.000" line="')
    expect(out).toContain('expected 0')
  })

  it('is written by a run too, a suite for each scenario', async () => {
    const { code } = await wavetank('run', path('small.yaml'), path('missing.yaml'), '-q', '--junit', path('both.xml'))
    expect(code).toBe(2)
    expect(read('both.xml')).toContain('<testsuites name="wavetank" tests="3" failures="1" errors="0" skipped="0"')
    const one = await wavetank('run', path('small.yaml'), '--log', path('one.ndjson'), '-q', '--junit', path('one.xml'))
    expect(one.code).toBe(1)
    const exported = await wavetank('export', 'junit', '--log', path('one.ndjson'))
    expect(read('one.xml').replaceAll(/ file="[^"]*"/g, '')).toBe(exported.out)
  })
})

describe('export parquet', () => {
  it('fills a folder, and replaces what it filled before, with the same bytes', async () => {
    const files = tables.map(({ name }) => `${name}.parquet`).sort()
    const { code, out } = await wavetank('export', 'parquet', ...LOG(), '-o', path('tables'))
    expect(code).toBe(0)
    expect(out).toContain('pods.parquet               1 row\n')
    expect(readdirSync(path('tables')).sort()).toEqual(files)
    const before = files.map((name) => read(`tables/${name}`))
    expect(await wavetank('export', 'parquet', ...LOG(), '-o', path('tables/'), '-q')).toEqual({
      code: 0,
      out: '',
      err: '',
    })
    expect(files.map((name) => read(`tables/${name}`))).toEqual(before)
    expect(
      await wavetank('export', 'parquet', ...LOG(), '-o', path('tables'), '-q', '--tables', 'pods, run'),
    ).toMatchObject({
      code: 0,
    })
    expect(readdirSync(path('tables')).sort()).toEqual(['pods.parquet', 'run.parquet'])
    expect(drafts()).toEqual([])
  })

  it('does not touch a folder that has something else in it, or a file', async () => {
    mkdirSync(path('mine'))
    writeFileSync(path('mine/notes.txt'), 'mine')
    const taken = await wavetank('export', 'parquet', ...LOG(), '-o', path('mine'))
    expect(taken).toEqual({
      code: 2,
      out: '',
      err: 'error: mine cannot be written: it has notes.txt in it\n    name another place with -o PATH\n',
    })
    expect(readdirSync(path('mine'))).toEqual(['notes.txt'])
    expect(await wavetank('export', 'parquet', ...LOG(), '-o', path('small.yaml'))).toMatchObject({ code: 2 })
    expect(read('small.yaml')).toBe(smallScenario(EXPECT))
  })

  it('names the tables if it is asked for one that is not there', async () => {
    const { code, err } = await wavetank('export', 'parquet', ...LOG(), '-o', path('x'), '--tables', 'podz')
    expect(code).toBe(2)
    expect(err).toMatch(/^error: there is no table "podz"\n {4}one of entries, pods, /)
  })
})

describe('export perfetto', () => {
  it('writes a trace of the whole run', async () => {
    const { code, out } = await wavetank('export', 'perfetto', ...LOG(), '-o', path('trace.json'))
    expect({ code, out }).toEqual({ code: 0, out: '' })
    const { traceEvents, otherData } = JSON.parse(read('trace.json'))
    expect(otherData).toEqual({ scenario: 'small', seed: 1, start: '2025-01-01T00:00:00.000Z' })
    const slices = traceEvents.filter(({ ph }: { ph: string }) => ph === 'X')
    expect(slices.map(({ name }: { name: string }) => name)).toEqual(
      expect.arrayContaining(['pulling example/web:1', 'running', 'ready', 'Ready']),
    )
  })
})

describe('export openmetrics', () => {
  it('prints one instant, or samples over time', async () => {
    const one = await wavetank('export', 'openmetrics', ...LOG(), '--at', '30s')
    expect(one).toMatchObject({ code: 0, err: '' })
    expect(one.out).toMatch(/^kube_pod_status_phase\{namespace="default",pod="web",uid="[^"]+",phase="Running"\} 1$/m)
    expect(one.out.endsWith('# EOF\n')).toBe(true)
    const series = await wavetank('export', 'openmetrics', ...LOG(), '--step', '15s')
    const times = [...series.out.matchAll(/^kube_node_created\{node="worker-1"\} \d+ (\d+)$/gm)].map(([, time]) =>
      Number(time),
    )
    expect(times).toEqual([0, 15, 30, 45, 60].map((second) => Date.UTC(2025, 0, 1) / 1_000 + second))
  })

  it('refuses a step that never gets on', async () => {
    const { code, err } = await wavetank('export', 'openmetrics', ...LOG(), '--step', '0s')
    expect(code).toBe(2)
    expect(err).toMatch(/^error: --step 0s never gets on\n/)
  })
})

describe('an export that cannot be finished', () => {
  it.each([
    ['in a folder that is not there', 'nowhere/x.xml', 'the folder does not exist (ENOENT)', 'create the folder first'],
    ['over a folder', 'mine', 'it is a folder (EISDIR)', 'name a file inside it'],
  ])('%s says so', async (_, to, reason, hint) => {
    mkdirSync(path('mine'), { recursive: true })
    const { code, err } = await wavetank('export', 'junit', ...LOG(), '-o', path(to))
    expect(code).toBe(2)
    expect(err).toBe(`error: ${to} cannot be written: ${reason}\n    ${hint}\n`)
  })

  it('on a full disk says so', async () => {
    const { code, err } = await wavetank('export', 'ndjson', ...LOG(), '-o', '/dev/full')
    expect(code).toBe(2)
    expect(err).toContain('/dev/full cannot be written: the disk is full (ENOSPC)\n')
  })

  it('leaves nothing of a damaged log, and all before the end of a torn one', async () => {
    const lines = read('small.ndjson').split('\n')
    write(
      'damaged.ndjson',
      [...lines.slice(0, 20), lines[20]!.replace('"at":', '"at":1'), ...lines.slice(21)].join('\n'),
    )
    const damaged = await wavetank('export', 'ndjson', '--log', path('damaged.ndjson'), '-o', path('damaged.out'))
    expect(damaged.code).toBe(2)
    expect(damaged.err).toMatch(/^damaged\.ndjson:21 error WT30\d /)
    expect(existsSync(path('damaged.out'))).toBe(false)
    write('torn.ndjson', lines.slice(0, 20).join('\n'))
    const torn = await wavetank('export', 'ndjson', '--log', path('torn.ndjson'))
    expect(torn.code).toBe(0)
    expect(torn.err).toContain('warning WT30')
    expect(torn.out.trimEnd().split('\n')).toHaveLength(18)
  })

  it('ends quietly when nobody reads on', () => {
    const head = folder.shell('wavetank export ndjson --log long.ndjson | head -1')
    expect(head.err).toBe('')
    expect(head.out).toContain('"kind":"ClusterConfigured"')
  })

  it('leaves nothing behind when it is interrupted', async () => {
    const child = folder.start('export', 'parquet', '--log', 'long.ndjson', '-o', 'interrupted')
    for (let waited = 0; waited < 60_000 && drafts().length === 0; waited += 5) await setTimeout(5)
    child.kill('SIGINT')
    const [code] = await once(child, 'close')
    expect(code).toBe(130)
    expect(existsSync(path('interrupted'))).toBe(false)
    expect(drafts()).toEqual([])
  })
})
