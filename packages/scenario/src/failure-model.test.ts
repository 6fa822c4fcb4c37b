import { isLeft, isRight } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { memoryFiles } from './files.ts'
import { flagCatalogOf } from './flags.ts'
import { loadScenario } from './load-scenario.ts'
import { formatIssues } from './located-issue.ts'

const HEAD =
  'apiVersion: wavetank.dev/v1alpha1\nkind: Scenario\nmetadata: {name: s}\nduration: 1h\nnodes:\n- {name: w, count: 3, zones: [a]}\n'

const load = (failures: string, table = '') =>
  loadScenario('s.yaml', {
    files: memoryFiles({ 's.yaml': `${HEAD}failures:\n${failures}\n`, 'f.csv': table }),
    flags: flagCatalogOf([]),
  })

const said = async (failures: string, table?: string): Promise<string> => {
  const loaded = await load(failures, table)
  return isLeft(loaded) ? formatIssues(loaded.left) : 'nothing is wrong'
}

const TTF = 'timeToFailure: {exponential: {mean: 10h}}'

describe('failure models', () => {
  it('name the fault as the timeline does', async () => {
    const loaded = await load(`- {name: m, partition: {zone: a}, ${TTF}, timeToRepair: 5m, together: disk, atMost: 2}`)
    // No node has the label, so that this one is refused.
    expect(isLeft(loaded)).toBe(true)
    const right = await load(`- {name: m, partition: {zone: a}, ${TTF}, timeToRepair: 5m, atMost: 2}`)
    expect(isRight(right) && right.right.scenario.failures).toEqual([
      {
        name: 'm',
        fault: 'partition',
        target: { zone: 'a' },
        timeToFailure: { exponential: { mean: 36_000_000 } },
        timeToRepair: { constant: 300_000 },
        atMost: 2,
      },
    ])
  })

  it.each([
    [`- {fail: {pool: w}, ${TTF}, timeToRepair: 5m}`, 's.yaml:8:3 error WT011 failures[0]: `name` is missing'],
    [`- {name: m, ${TTF}, timeToRepair: 5m}`, 's.yaml:8:3 error WT022 failures[0]: nothing fails here'],
    [
      `- {name: m, fail: {pool: w}, freeze: {pool: w}, ${TTF}, timeToRepair: 5m}`,
      's.yaml:8:38 error WT022 failures[0].freeze: fail and freeze need an item each',
    ],
    [
      '- {name: m, fail: {pool: w}, timeToRepair: 5m}',
      's.yaml:8:3 error WT011 failures[0]: `timeToFailure` is missing',
    ],
    [`- {name: m, fail: {pool: w}, ${TTF}}`, 's.yaml:8:3 error WT011 failures[0]: `timeToRepair` is missing'],
    [
      `- {name: m, reboot: {pool: w}, ${TTF}, timeToRepair: 5m}`,
      's.yaml:8:89 error WT029 failures[0].timeToRepair: `reboot` ends by itself',
    ],
    [
      '- {name: m, reboot: {pool: w}, timeToFailure: 0s}',
      's.yaml:8:47 error WT018 failures[0].timeToFailure: is always 0',
    ],
    [
      '- {name: m, reboot: {pool: w}, timeToFailure: {uniform: [0s, 0s]}}',
      's.yaml:8:47 error WT018 failures[0].timeToFailure: is always 0',
    ],
    [
      `- {name: m, fail: {pool: w}, ${TTF}, timeToRepair: {empirical: [0s, 0s]}}`,
      's.yaml:8:87 error WT018 failures[0].timeToRepair: is always 0',
    ],
    [`- {name: m, fail: {pool: w, for: 5m}, ${TTF}, timeToRepair: 5m}`, 's.yaml:8:29 error WT010'],
    [`- {name: m, fail: {pool: x}, ${TTF}, timeToRepair: 5m}`, 's.yaml:8:26 error WT025 failures[0].fail.pool'],
    [
      `- {name: m, stopController: {controller: kube-schedular}, ${TTF}, timeToRepair: 5m}`,
      's.yaml:8:42 error WT017 failures[0].stopController.controller',
    ],
    [`- {name: m, stopApiServer: {}, ${TTF}}`, 's.yaml:8:3 error WT011 failures[0]: `timeToRepair` is missing'],
    [
      `- {name: m, stopApiServer: {}, ${TTF}, timeToRepair: 5m, atMost: 1}`,
      's.yaml:8:101 error WT029 failures[0].atMost: `atMost` is for nodes, and `stopApiServer` hits none',
    ],
    [`- {name: m, fail: {node: w-4}, ${TTF}, timeToRepair: 5m}`, 'there is no node "w-4"'],
    [`- {name: m, fail: {selector: disk=ssd}, ${TTF}, timeToRepair: 5m}`, 'no node has the labels disk=ssd'],
    [
      `- {name: m, fail: {pool: w}, ${TTF}, timeToRepair: 5m, together: rack}`,
      's.yaml:8:101 error WT025 failures[0].together: none of these nodes has the label rack',
    ],
    [`- {name: m, fail: {pool: w}, ${TTF}, timeToRepair: 5m, atMost: 0}`, 's.yaml:8:99 error WT016'],
    [`- {name: m, reclaim: {pool: w, notice: 120}, ${TTF}}`, 's.yaml:8:40 error WT014 failures[0].reclaim.notice'],
    [`- {name: m, reclaim: {node: w-7}, ${TTF}}`, 's.yaml:8:29 error WT025 failures[0].reclaim.node'],
    [`- {name: m, reclaim: {pool: w, zone: a}, ${TTF}}`, 's.yaml:8:38 error WT022 failures[0].reclaim.zone'],
    [
      `- {name: m, reclaim: {pool: w}, ${TTF}, timeToRepair: 5m}`,
      's.yaml:8:90 error WT029 failures[0].timeToRepair: `reclaim` ends by itself',
    ],
    [`- {name: m, shutdown: {pool: w}, ${TTF}}`, 's.yaml:8:13 error WT010 failures[0].shutdown: unknown field'],
    [
      `- {name: m, reboot: {pool: w}, ${TTF}}\n- {name: m, reboot: {pool: w}, ${TTF}}`,
      's.yaml:9:10 error WT021 failures[1].name',
    ],
  ])('are refused: %s', async (failures, message) => {
    expect(await said(failures)).toContain(message)
  })
})

describe('records of failures', () => {
  const record = '- {name: r, recorded: f.csv}'

  it.each([
    ['node,at,for\nw-1,1h,5m\nw-9,1h,5m\n', 'f.csv:3:1 error WT025'],
    ['node,at,for\nw-1,soon,5m\n', 'f.csv:2:5 error WT014'],
    ['node,at,for\nw-1,1h,0s\n', 'f.csv:2:8 error WT029'],
    ['node,at,until\nw-1,1h,30m\n', 'f.csv:2:8 error WT029'],
    ['node,at,until\nw-1,,30m\n', 'f.csv:2:5 error WT041'],
    ['node,at,for,until\nw-1,1h,5m,\n', 'f.csv:1:13 error WT041'],
    ['node,at,for,fault\nw-1,1h,5m,crash\n', 'f.csv:2:11 error WT017'],
    ['node,at,for,fault\nw-1,1h,5m,reboot\n', 'f.csv:2:8 error WT041'],
    ['node,at\nw-1,2024-12-31T23:00:00Z\n', 'f.csv:2:5 error WT041'],
    ['node,at\nw-1,2024-12-32T23:00:00Z\n', 'f.csv:2:5 error WT019'],
    ['nod,at\nw-1,1h\n', 'f.csv:1:1 error WT041'],
    ['node,at\nw-1,1h,5m\n', 'f.csv:2:1 error WT041'],
    ['node,at\n', 'f.csv:1:1 error WT041'],
  ])('are refused: %j', async (table, message) => {
    expect(await said(record, table)).toContain(message)
  })

  it('every problem of a table at once', async () => {
    expect(await said(record, 'node,at,for\nw-9,x,1\nw-8,1,y\n')).toContain('4 errors')
  })

  it.each([
    ['- {name: r, recorded: gone.csv}', 's.yaml:8:23 error WT004'],
    ['- {name: r, recorded: f.csv, fail: {pool: w}}', 's.yaml:8:36 error WT022'],
    ['- {name: r, recorded: f.csv, atMost: 2}', 's.yaml:8:38 error WT022'],
  ])('exclude the rest: %s', async (failures, message) => {
    expect(await said(failures, 'node,at\nw-1,1h\n')).toContain(message)
  })
})
