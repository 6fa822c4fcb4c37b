import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { main } from '@wavetank/cli'
import { type Column, SQL_TYPES, tables } from '@wavetank/export'
import { afterAll, describe, expect, it } from 'vitest'
import { blocksOf, fillIn, table } from './pages/document.ts'

const page = readFileSync(join(import.meta.dirname, '../../docs/data.md'), 'utf8')

const generated = (name: string): string => {
  if (name !== 'tables') throw new Error(`nothing generates ${name}`)
  return tables
    .map(({ name: title, doc, columns }) => {
      const rows = Object.entries<Column>(columns).map(([column, { type, doc: meaning }]) => [
        `\`${column}\``,
        SQL_TYPES[type],
        meaning,
      ])
      return `### ${title}\n\n${doc}\n\n${table(['column', 'type', ''], rows)}`
    })
    .join('\n')
}

// `npx vitest run test/docs --update` writes the tables anew.
it('the tables of docs/data.md are current', async () => {
  await expect(fillIn(page, generated)).toMatchFileSnapshot('../../docs/data.md')
})

describe('the queries of docs/data.md', () => {
  const folder = mkdtempSync(join(tmpdir(), 'wavetank-data-'))
  const log = join(folder, 'run.ndjson')
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  const told = async (...args: readonly string[]) => {
    let out = ''
    let err = ''
    const terminal = {
      out: (text: string) => {
        out += text
      },
      err: (text: string) => {
        err += text
      },
      isInteractive: false,
    }
    return { code: await main(args, terminal), out, err }
  }

  it.each(blocksOf(page, 'sql').map((block) => [block]))('%s', async (sql) => {
    await told('run', 'scenarios/node-failure.yaml', '--log', log, '-q')
    const { code, out, err } = await told('query', sql, '--log', log, '--format', 'json')
    expect(err).toBe('')
    expect(code).toBe(0)
    expect(JSON.parse(out).length).toBeGreaterThan(0)
  })
})
