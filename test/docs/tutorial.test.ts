import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadSqlEngine } from '@wavetank/export'
import { isLeft } from 'fp-ts/lib/Either.js'
import { afterAll, expect, it } from 'vitest'
import { createFolder } from '../cli/folder.ts'

/** What the README tells people to do with a cluster of their own, done with the dump of one. */

const root = join(import.meta.dirname, '../..')
const readme = readFileSync(join(root, 'README.md'), 'utf8')
const folder = createFolder()
afterAll(folder.remove)

const blockWith = (text: string): readonly string[] => {
  const block = [...readme.matchAll(/^```sh\n(.*?)^```$/gms)]
    .map(([, lines]) => lines!)
    .find((lines) => lines.includes(text))
  if (block === undefined) throw new Error(`the README has no commands with ${text}`)
  return block.trim().split('\n')
}

/** `pnpm wavetank` is the command itself, and `kubectl` prints the dump. */
const performed = (line: string) =>
  folder.shell(
    `pnpm() { while [ "$1" != wavetank ]; do shift; done; shift; wavetank "$@"; }; kubectl() { cat '${root}/test/dumps/harbour.yaml'; }; ${line}`,
  )

it('three commands lead from a cluster to a report about its first failure', () => {
  const lines = blockWith('init -')
  expect(lines).toHaveLength(3)
  for (const line of lines) {
    const { code, err } = performed(line)
    // An expectation may fail: that is what the report is about.
    expect([0, 1], `${line}\n${err}`).toContain(code)
  }
  expect(folder.read('scenario.yaml')).toContain('fail:')
  const report = folder.read('report.html')
  expect(report).toMatch(/^<!doctype html>/i)
  expect(report).toContain('Availability of workloads')
})

it('its tables are there, with the columns that the README asks for', async () => {
  const [parquet, duckdb, python] = blockWith('export parquet')
  expect(performed(parquet!).code).toBe(0)
  const engine = await loadSqlEngine()
  if (isLeft(engine)) throw new Error(engine.left)
  const instance = await engine.right.DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  const rowsOf = async (sql: string): Promise<number> =>
    (await connection.runAndReadAll(sql.replaceAll("'run/", `'${folder.path('run')}/`))).getRows().length
  expect(await rowsOf(/"(.*)"/.exec(duckdb!)![1]!)).toBeGreaterThan(0)
  const file = /read_parquet\(('run\/.*?')\)/.exec(python!)![1]!
  expect(await rowsOf(`select * from ${file}`)).toBeGreaterThan(0)
  connection.closeSync()
  instance.closeSync()
})
