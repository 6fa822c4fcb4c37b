import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { describe, expect, it } from 'vitest'
import type { Verdict } from 'wavetank'
import { formatJUnit, type JUnitRun } from './junit.ts'

const verdict = (more: Partial<Verdict>): Verdict => ({
  index: 0,
  name: 'web is there',
  kind: 'eventually',
  expression: 'pods.size() == 1',
  verdict: 'met',
  at: 1_500,
  ...more,
})

const run = (verdicts: readonly Verdict[]): JUnitRun => ({
  name: 'shop',
  seed: 7,
  start: Date.UTC(2025, 0, 1),
  simulatedMillis: 60_000,
  verdicts,
})

const read = (xml: string) => {
  expect(XMLValidator.validate(xml)).toBe(true)
  const list = ['testsuite', 'testcase', 'property']
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '',
    isArray: (name) => list.includes(name),
  })
  return parser.parse(xml).testsuites
}

describe('JUnit XML', () => {
  it('has a suite for each run and a case for each expectation, with counts that agree', () => {
    const failed = verdict({ verdict: 'failed', evidence: '`pods.size()` is 0, expected 1' })
    const suites = read(formatJUnit([run([verdict({}), failed]), run([verdict({ verdict: 'undecided' })])]))
    expect(suites).toMatchObject({ tests: '3', failures: '1', skipped: '1', errors: '0', time: '120.000' })
    expect(suites.testsuite).toHaveLength(2)
    const [first, second] = suites.testsuite
    expect(first).toMatchObject({ name: 'shop', tests: '2', failures: '1', timestamp: '2025-01-01T00:00:00' })
    expect(first.testcase[0]).toEqual({ name: 'web is there', classname: 'shop', time: '1.500' })
    expect(first.testcase[1].failure.message).toBe('failed at 1.5s: `pods.size()` is 0, expected 1')
    expect(first.testcase[1].failure['#text']).toContain('eventually: pods.size() == 1')
    expect(second.testcase[0].skipped).toBeDefined()
    expect(first.properties.property).toEqual([{ name: 'seed', value: '7' }])
  })

  it('is XML, whatever names and evidence have in them', () => {
    const name = 'a <b> & "c" \'d\'\nline two\t\u0000\u001b[0m \ud800 😀 ]]>'
    const { testsuite } = read(formatJUnit([run([verdict({ name, verdict: 'failed', evidence: name })])]))
    const readable = 'a <b> & "c" \'d\'\nline two\t\ufffd\ufffd[0m \ufffd 😀 ]]>'
    expect(testsuite[0].testcase[0].name.replaceAll('&#10;', '\n').replaceAll('&#9;', '\t')).toBe(readable)
  })

  it('says of a failure without evidence what was expected', () => {
    const { testsuite } = read(formatJUnit([run([verdict({ kind: 'never', verdict: 'failed' })])]))
    expect(testsuite[0].testcase[0].failure.message).toBe('failed at 1.5s: should never have come true')
  })
})
