import { readdirSync, readFileSync } from 'node:fs'
import { API_ISSUE_CODES } from '@wavetank/cluster/api'
import { describe, expect, it } from 'vitest'
import { explainCode, scenarioIssueCodes } from './issue-codes.ts'

// Studies have codes in this table too: their files are read by the same codecs.
const folders = [import.meta.dirname, `${import.meta.dirname}/../../study/src`]
const sources = folders
  .flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && name !== 'issue-codes.ts')
      .map((name) => readFileSync(`${folder}/${name}`, 'utf8')),
  )
  .join('\n')

describe('issue codes', () => {
  it.each(Object.keys(scenarioIssueCodes))('%s is given by something', (code) => {
    expect(sources.includes(`'${code}'`)).toBe(true)
  })

  it('are explained, whatever the case, from every table', () => {
    expect(explainCode('wt014')?.doc).toContain('Durations')
    expect(explainCode('WT101')).toBeUndefined()
    expect(explainCode('WT101', API_ISSUE_CODES)?.doc).toContain('field')
    expect(explainCode('WT999', API_ISSUE_CODES)).toBeUndefined()
    expect(explainCode('toString')).toBeUndefined()
  })
})
