import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { API_ISSUE_CODES } from './issue-codes.ts'

const sources = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !file.endsWith('issue-codes.ts'))
    .map((file) => readFileSync(join(folder, file), 'utf8'))

it('explains every code that is used, and uses every code that is explained', () => {
  const used = sources(import.meta.dirname).flatMap((text) => text.match(/'WT1\d\d'/g) ?? [])
  expect([...new Set(used)].map((code) => code.slice(1, -1)).sort()).toEqual(Object.keys(API_ISSUE_CODES).sort())
})
