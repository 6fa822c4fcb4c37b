import type { UsageCurve } from '@wavetank/cluster'
import { isLeft, isRight } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { decodeWith } from './codec.ts'
import { memoryFiles } from './files.ts'
import { flagCatalogOf } from './flags.ts'
import { loadScenario } from './load-scenario.ts'
import { formatIssues } from './located-issue.ts'
import { CpuMillis } from './resource-quantity.ts'
import { type UsageSpec, usageSpec } from './usage.ts'

const HEAD =
  'apiVersion: wavetank.dev/v1alpha1\nkind: Scenario\nmetadata: {name: s}\nduration: 1h\nmanifests:\n- {apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {containers: [{name: c, image: i}]}}\nbehaviors:\n'

const load = (behaviors: string, files: Readonly<Record<string, string>> = {}) =>
  loadScenario('s.yaml', { files: memoryFiles({ 's.yaml': HEAD + behaviors, ...files }), flags: flagCatalogOf([]) })

const cpuOf = async (usage: string, files?: Readonly<Record<string, string>>): Promise<UsageCurve | undefined> => {
  const loaded = await load(`- cpu: ${usage}\n`, files)
  if (isLeft(loaded)) throw new Error(formatIssues(loaded.left))
  return loaded.right.scenario.behaviors[0]?.cpu
}

describe('a usage', () => {
  it.each<[string, UsageCurve]>([
    ['500m', { since: 'container', pieces: [{ from: 0, value: 500 }] }],
    ['{constant: 2}', { since: 'container', pieces: [{ from: 0, value: 2_000 }] }],
    [
      '{steps: [{after: 1m, value: 1}, {after: 2m, value: 100m}]}',
      {
        since: 'container',
        pieces: [
          { from: 0, value: 0 },
          { from: 60_000, value: 1_000 },
          { from: 120_000, value: 100 },
        ],
      },
    ],
    [
      '{lines: [{at: 0s, value: 0}, {at: 1h, value: 1}]}',
      {
        since: 'run',
        pieces: [
          { from: 0, value: 0, rise: 1_000, per: 3_600_000 },
          { from: 3_600_000, value: 1_000 },
        ],
      },
    ],
    [
      '{leak: {rise: 10m, every: 1m, max: 100m}}',
      {
        since: 'container',
        pieces: [
          { from: 0, value: 0, rise: 10, per: 60_000 },
          { from: 600_000, value: 100 },
        ],
      },
    ],
    [
      '{daily: [{at: "00:00", value: 0}, {at: "12:00", value: 1}]}',
      {
        since: 'midnight',
        period: 86_400_000,
        pieces: [
          { from: 0, value: 0, rise: 1_000, per: 43_200_000 },
          { from: 43_200_000, value: 1_000, rise: -1_000, per: 43_200_000 },
        ],
      },
    ],
  ])('is read: %s', async (written, curve) => {
    expect(await cpuOf(written)).toEqual(curve)
  })

  it('is divided among the containers of a behaviour', async () => {
    const loaded = await load('- cpu: {shared: {csv: total.csv}}\n', { 'total.csv': 'at,cpu\n0,4\n' })
    expect(isRight(loaded) && loaded.right.scenario.behaviors[0]).toMatchObject({
      sharedCpu: { since: 'run', pieces: [{ from: 0, value: 4_000 }] },
    })
  })

  it('is a wave over the day', async () => {
    const wave = await cpuOf('{daily: {low: 100m, high: 900m, peak: "14:00"}}')
    expect(wave?.pieces).toHaveLength(48)
    expect(wave?.pieces.find(({ from }) => from === 14 * 3_600_000)?.value).toBe(900)
  })

  it('is read from a table, by its own name or another, in steps or lines', async () => {
    const files = {
      'use/web.csv': '\uFEFF# recorded\nafter, "cpu", peak\r\n0,0.1,1\r\n\r\n30,250m,2\r\n2m,1,3\r\n',
      'use/run.csv': 'at,cpu\n10s,1\n',
    }
    expect((await cpuOf('{csv: use/web.csv}', files))?.pieces).toEqual([
      { from: 0, value: 100 },
      { from: 30_000, value: 250 },
      { from: 120_000, value: 1_000 },
    ])
    const lines = await cpuOf('{csv: {file: use/web.csv, column: peak, between: lines}}', files)
    expect(lines?.pieces[0]).toEqual({ from: 0, value: 1_000, rise: 1_000, per: 30_000 })
    expect((await cpuOf('{csv: use/run.csv}', files))?.since).toBe('run')
  })

  it('is written as it was read', () => {
    const codec = usageSpec('CpuUsage', CpuMillis, 'cpu', true)
    for (const written of [
      '500m',
      { steps: [{ after: '1m', value: '1' }] },
      { lines: [{ at: '0s', value: '0' }] },
      { leak: { from: '0', rise: '10m', every: '1m', max: '100m' } },
      { daily: [{ at: '09:30:00', value: '1' }] },
      { daily: { low: '0', high: '1', peak: '14:00:05' } },
      { csv: 'a.csv' },
      { shared: '4' },
      { shared: { lines: [{ at: '0s', value: '1' }] } },
      { csv: { file: 'a.csv', column: 'x', between: 'lines' } },
    ]) {
      const decoded = decodeWith<UsageSpec>(codec, written)
      expect(isRight(decoded) && codec.encode(decoded.right)).toEqual(written)
      expect(isRight(decoded) && codec.is(decoded.right)).toBe(true)
    }
  })
})

describe('what is wrong with a usage', () => {
  it.each([
    ['cpu: {stairs: []}', 's.yaml:8:8 error WT042 behaviors[0].cpu: unknown usage `stairs`'],
    ['cpu: {}', 's.yaml:8:8 error WT042 behaviors[0].cpu: expected a usage, found an empty mapping'],
    ['cpu: [1]', 's.yaml:8:8 error WT042 behaviors[0].cpu: expected a usage, found a list'],
    [
      'cpu: {constant: 1, csv: a.csv}',
      's.yaml:8:8 error WT022 behaviors[0].cpu: a usage has one form, found constant and csv',
    ],
    ['cpu: {steps: []}', 's.yaml:8:16 error WT016 behaviors[0].cpu.steps: must have at least one item'],
    [
      'cpu: {steps: [{after: 1m, value: -1}]}',
      's.yaml:8:36 error WT015 behaviors[0].cpu.steps[0].value: must not be negative, found -1',
    ],
    ['memory: {steps: [{after: 1m, value: 16gb}]}', 's.yaml:8:39 error WT015 behaviors[0].memory.steps[0].value:'],
    [
      'cpu: {steps: [{after: 2m, value: 1}, {after: 1m, value: 1}]}',
      's.yaml:8:48 error WT029 behaviors[0].cpu.steps[1].after: does not come after the point before it',
    ],
    [
      'cpu: {lines: [{at: 2m, value: 1}, {after: 3m, value: 1}]}',
      's.yaml:8:37 error WT022 behaviors[0].cpu.lines[1]: every point of this list has `at`, and only that',
    ],
    ['cpu: {lines: [{at: 2m, after: 2m, value: 1}]}', 's.yaml:8:17 error WT022'],
    ['cpu: {steps: [{value: 1}]}', 's.yaml:8:17 error WT022'],
    ['cpu: {steps: [{after: 5, value: 1}]}', 's.yaml:8:25 error WT014'],
    [
      'memory: {leak: {rise: 0, every: 1m}}',
      's.yaml:8:25 error WT016 behaviors[0].memory.leak.rise: must be greater than 0',
    ],
    ['memory: {leak: {rise: 1Mi, every: 0s}}', 's.yaml:8:37 error WT014'],
    ['memory: {leak: {rise: 1Mi}}', 's.yaml:8:18 error WT011 behaviors[0].memory.leak: `every` is missing'],
    [
      'memory: {leak: {from: 2Mi, rise: 1Mi, every: 1s, max: 1Mi}}',
      's.yaml:8:57 error WT029 behaviors[0].memory.leak.max: `max` is below `from`',
    ],
    [
      'cpu: {daily: [{at: "24:00", value: 1}]}',
      's.yaml:8:22 error WT019 behaviors[0].cpu.daily[0].at: expected a time of day',
    ],
    ['cpu: {daily: [{at: "09:00", value: 1}, {at: "08:00", value: 1}]}', 's.yaml:8:47 error WT029'],
    [
      'cpu: {daily: {low: 2, high: 1, peak: "09:00"}}',
      's.yaml:8:22 error WT029 behaviors[0].cpu.daily.low: `low` is above `high`',
    ],
    ['memory: {shared: 1Gi}', 's.yaml:8:11 error WT042 behaviors[0].memory: unknown usage `shared`'],
    [
      'cpu: {shared: {leak: {rise: 1, every: 1s}}}',
      's.yaml:8:24 error WT029 behaviors[0].cpu.shared.leak: there is no container',
    ],
    ['cpu: {shared: {steps: [{after: 1s, value: 1}]}}', 's.yaml:8:25 error WT029'],
    ['cpu: {shared: {csv: i.csv}}', 'i.csv:1:1 error WT029 there is no container'],
    ['cpu: {shared: {csv: gone.csv}}', 's.yaml:8:23 error WT004'],
    ['cpu: {shared: {shared: 1}}', 's.yaml:8:17 error WT042 behaviors[0].cpu.shared: unknown usage `shared`'],
    ['cpu: {csv: gone.csv}', 's.yaml:8:14 error WT004 behaviors[0].cpu.csv: gone.csv: no such file'],
    ['cpu: {csv: {file: gone.csv}}', 's.yaml:8:21 error WT004 behaviors[0].cpu.csv.file: gone.csv: no such file'],
    ['cpu: {csv: "*.csv"}', 's.yaml:8:14 error WT041 behaviors[0].cpu.csv: *.csv is more than one file'],
    ['cpu: {csv: a.csv}', 'a.csv:1:1 error WT041 the table has no column `cpu`'],
    ['cpu: {csv: {file: a.csv, column: coq}}', 'a.csv:1:1 error WT041 the table has no column `coq`'],
    ['cpu: {csv: {file: a.csv, between: curves}}', 's.yaml:8:37 error WT017'],
    ['cpu: {csv: b.csv}', 'b.csv:3:3 error WT015 must not be negative, found -1'],
    ['memory: {csv: b.csv}', 'b.csv:2:6 error WT015 "9MB"'],
    ['cpu: {csv: c.csv}', 'c.csv:3:2 error WT029 does not come after the row before it'],
    ['cpu: {csv: d.csv}', 'd.csv:2:1 error WT041 the header has 2 names, this row has 1 values'],
    ['cpu: {csv: e.csv}', 'e.csv:1:1 error WT041 the table has no column `after` or `at`'],
    ['cpu: {csv: f.csv}', 'f.csv:1:1 error WT041 the table has no rows'],
    ['cpu: {csv: g.csv}', 'g.csv:2:3 error WT041 there is no value here'],
    ['cpu: {csv: h.csv}', 'h.csv:2:1 error WT014'],
  ])('%s', async (behavior, said) => {
    const loaded = await load(`- ${behavior}\n`, {
      'a.csv': 'after,coqs\n0,1\n',
      'b.csv': 'at,cpu,memory\n0,1, 9MB\n1,-1,1\n2,2,2\n',
      'c.csv': 'at,cpu\n 30,1\n 30,1\n',
      'd.csv': 'at,cpu\n0\n1,1\n',
      'e.csv': 'time,cpu\n0,1\n',
      'f.csv': 'at,cpu\n',
      'g.csv': 'at,cpu\n0,\n',
      'i.csv': 'after,cpu\n0,1\n',
      'h.csv': 'at,cpu\n3days,1\n',
    })
    expect(isLeft(loaded) ? formatIssues(loaded.left) : 'nothing').toContain(said)
  })

  it('in a table is told all at once', async () => {
    const loaded = await load('- cpu: {csv: a.csv}\n', { 'a.csv': 'at,cpu\nx,1\n1,y\n1\n2,2\n2,3\n' })
    expect(isLeft(loaded) ? loaded.left.map(({ code, line, column }) => `${code} ${line}:${column}`) : []).toEqual([
      'WT014 2:1',
      'WT015 3:3',
      'WT041 4:1',
      'WT029 6:1',
    ])
  })
})
