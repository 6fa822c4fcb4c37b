import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isLeft } from 'fp-ts/lib/Either.js'
import { afterAll, describe, expect, it } from 'vitest'
import type { Outcome } from '../design-point.ts'
import { type Journal, openJournal } from './journal.ts'

const folder = mkdtempSync(join(tmpdir(), 'wavetank-journal-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const head = { study: 'abc', name: 'shop', build: 'b1' }
const outcome = (point: number, number: number): Outcome => ({
  point,
  number,
  seed: 7,
  responses: { up: 0.5, none: null },
  expectations: { runs: 'met' },
  entries: 10,
  end: 'horizon',
})
const open = (path: string, with_: Partial<typeof head> = {}, restart = false): Journal => {
  const journal = openJournal(path, { ...head, ...with_ }, restart)
  if (isLeft(journal)) throw new Error(journal.left.message)
  return journal.right
}
const problem = (path: string, with_: Partial<typeof head> = {}): string => {
  const journal = openJournal(path, { ...head, ...with_ })
  if (!isLeft(journal)) throw new Error('it opens')
  return journal.left.message
}
let files = 0
const written = (...outcomes: readonly Outcome[]): string => {
  const path = join(folder, `${files++}.ndjson`)
  const journal = open(path)
  for (const one of outcomes) journal.add(one)
  journal.sync()
  journal.close()
  return path
}

describe('a journal', () => {
  it('has what was synced when it is opened again, and goes on behind it', () => {
    const path = written(outcome(0, 0), outcome(1, 0))
    const again = open(path)
    expect(again.outcomes).toEqual([outcome(0, 0), outcome(1, 0)])
    again.add(outcome(0, 1))
    again.sync()
    again.add(outcome(0, 2))
    again.close()
    expect(open(path).outcomes).toEqual([outcome(0, 0), outcome(1, 0), outcome(0, 1)])
  })

  it('cuts off a line that was torn, wherever it was torn', () => {
    const path = written(outcome(0, 0), outcome(1, 0))
    const whole = readFileSync(path)
    const line = whole.toString().trimEnd().split('\n').at(-1)!.length
    for (const lost of [1, 2, 40, line]) {
      writeFileSync(path, whole.subarray(0, whole.length - lost))
      rmSync(`${path}.lock`, { force: true })
      const journal = open(path)
      expect(journal.outcomes).toEqual([outcome(0, 0)])
      journal.add(outcome(1, 0))
      journal.sync()
      journal.close()
      expect(readFileSync(path)).toEqual(whole)
    }
  })

  it('that was torn in its head, or has nothing but a head, is a new one', () => {
    const path = written()
    const text = readFileSync(path, 'utf8')
    writeFileSync(path, text.slice(0, 10))
    expect(open(path).outcomes).toEqual([])
    const other = written()
    const journal = open(other, { study: 'xyz' })
    journal.close()
    expect(readFileSync(other, 'utf8')).toBe(text.replace('abc', 'xyz'))
  })

  it('of another study, of another build, of something else or with a line that is none is refused, and stays as it is', () => {
    const path = written(outcome(0, 0))
    const text = readFileSync(path, 'utf8')
    expect(problem(path, { study: 'xyz' })).toContain('of another study')
    expect(problem(path, { build: 'b2' })).toContain('another build')
    expect(readFileSync(path, 'utf8')).toBe(text)
    appendFileSync(path, '{"point":1}\n')
    expect(problem(path)).toContain('line 3 is no outcome')
    writeFileSync(path, '{"hello":1}\n')
    expect(problem(path)).toContain('is no journal of a study')
    expect(open(path, {}, true).outcomes).toEqual([])
  })

  it('has one writer at a time; the lock of one that is gone does not count', () => {
    const path = written(outcome(0, 0))
    writeFileSync(`${path}.lock`, '1\n')
    expect(problem(path)).toBe(`process 1 is at work on ${path}`)
    // No process has so large a number.
    writeFileSync(`${path}.lock`, '999999999\n')
    expect(open(path).outcomes).toHaveLength(1)
  })
})
