import { once } from 'node:events'
import { mkdirSync, readdirSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { tables } from '@wavetank/export'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createFolder } from './folder.ts'

const folder = createFolder()
const { wavetank, path } = folder
afterAll(folder.remove)
// Of this file alone: others look into the common one at the same time.
const temporary = path('tmp')
beforeAll(async () => {
  mkdirSync(temporary)
  process.env.TMPDIR = temporary
  await wavetank('run', 'scenarios/node-failure.yaml', '--log', path('run.ndjson'), '-q')
}, 120_000)

const query = (...args: readonly string[]) => wavetank('query', '--log', path('run.ndjson'), ...args)

describe('query', () => {
  it('prints a table', async () => {
    expect(await query('select name, ready, heard from node_states where is_open order by name')).toEqual({
      code: 0,
      out: 'NAME       READY     HEARD\nworker-1   Unknown   false\nworker-2   True      true\nworker-3   True      true\n',
      err: '',
    })
  })

  it('prints CSV as RFC 4180 has it', async () => {
    const sql = `select 'a,"b"' as x, null as y, '' as z, 1.50 as d, [1, 2] as l, time from entries limit 1`
    const { out } = await query(sql, '--format', 'csv')
    expect(out).toBe('x,y,z,d,l,time\n"a,""b""",,"",1.50,"[1, 2]",2025-01-01 00:00:00\n')
  })

  it('prints JSON, with numbers where JSON can hold them', async () => {
    const sql = 'select count(*) as n, sum(seq) as s, 9007199254740993 as big, null as none, true as yes from entries'
    const { out } = await query(sql, '--format', 'json')
    expect(JSON.parse(out)).toEqual([{ n: 121, s: 7260, big: '9007199254740993', none: null, yes: true }])
    expect((await query('select 1 from pods where false', '--format', 'json')).out).toBe('[]\n')
  })

  it('reads every column of every table by its name', async () => {
    for (const { name, columns } of tables) {
      const sql = `select ${Object.keys(columns).join(', ')} from ${name}`
      const { code, err, out } = await query(sql, '--format', 'csv')
      expect({ code, err }, name).toEqual({ code: 0, err: '' })
      expect(out.split('\n')[0]).toBe(Object.keys(columns).join(','))
    }
  })

  it('agrees with what the summary says', async () => {
    const sql = `select (select count(*) from pods where phase = 'Running' and status <> 'Terminating') as running,
      (select count(*) from expectations where verdict = 'met') as met, (select digest from run) as digest`
    const [row] = JSON.parse((await query(sql, '--format', 'json')).out)
    const summary = JSON.parse((await wavetank('replay', '--json', '--log', path('run.ndjson'))).out)
    expect(row).toEqual({ running: 3, met: summary.expectations.met, digest: summary.digest })
  })

  it('lists tables and columns', async () => {
    const { code, out } = await wavetank('query', '--tables')
    expect(code).toBe(0)
    for (const { name, columns } of tables) {
      expect(out).toContain(`${name}: `)
      for (const column of Object.keys(columns)) expect(out).toMatch(new RegExp(`^ {2}${column} `, 'm'))
    }
    expect((await query('show tables', '--format', 'csv')).out.trim().split('\n').slice(1)).toEqual(
      tables.map(({ name }) => name).sort(),
    )
  })

  it.each([
    ['select nope from pods', /^error: Binder Error: Referenced column "nope" not found/],
    ['select * from podz', /^error: Catalog Error: Table with name podz does not exist!\nDid you mean "pods"\?/],
    ['selec', /^error: .*Parser Error: syntax error at or near "selec"/],
    ['select cast(name as integer) from pods', /^error: .*Conversion Error: /],
    ['', /^error: there is nothing to ask\n/],
  ])('says what is wrong with %j', async (sql, message) => {
    const { code, err } = await query(sql)
    expect(code).toBe(2)
    expect(err).toMatch(message)
  })

  it('refuses formats that are not there, and says of a missing log that it is missing', async () => {
    expect(await query('select 1', '--format', 'xml')).toEqual({
      code: 2,
      out: '',
      err: 'error: unknown format "xml"\n    one of table, csv, json\n',
    })
    const missing = await wavetank('query', 'select count(*) from pods', '--log', path('missing.ndjson'))
    expect(missing.code).toBe(2)
    expect(missing.err).toContain('WT314')
  })

  it('reads SQL from standard input', () => {
    const { code, out } = folder.shell(
      "echo 'select count(*) as n from pods' | wavetank query - --log run.ndjson --format csv",
    )
    expect({ code, out }).toEqual({ code: 0, out: 'n\n5\n' })
  })

  it('ends at Ctrl-C', async () => {
    const endless = 'select count(*) from range(100000000000) where range % 7 = 3'
    const child = folder.start('query', endless, '--log', 'run.ndjson')
    const begun = () => readdirSync(temporary).length > 0
    for (let waited = 0; waited < 60_000 && !begun(); waited += 20) await setTimeout(20)
    await setTimeout(300)
    child.kill('SIGINT')
    expect(await once(child, 'close')).toEqual([130, null])
  })

  it('leaves nothing in the folder for temporary files', () => {
    expect(readdirSync(temporary)).toEqual([])
  })
})
