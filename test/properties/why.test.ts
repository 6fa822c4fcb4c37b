import { createMemorySink, createMemorySource, type Entry } from '@wavetank/kernel'
import { isLeft } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { createSimulation, EXPLAINED_KINDS, explainObject, openLog, stateAt, whyExpectation, whyObject } from 'wavetank'
import { readStory, stories } from '../stories/story.ts'

/** What a story's log says of itself, for objects and instants all over it. */

const SUBJECTS = 2

const named = (event: object): readonly (readonly [kind: string, key: string])[] => {
  const { pod, node } = event as { readonly pod?: unknown; readonly node?: unknown }
  return [
    ...(typeof pod === 'string' ? [['Pod', pod] as const] : []),
    ...(typeof node === 'string' && node !== '' ? [['Node', node] as const] : []),
  ]
}

describe('why', () => {
  it.each(stories)('tells in order, once each, what the log has, and leads to an outside cause: %s', async (story) => {
    const scenario = await readStory(story)
    const sink = createMemorySink()
    const entries: Entry[] = []
    const simulation = createSimulation(scenario!, { sink, onEntry: (entry) => entries.push(entry) })
    while (simulation.advance(100_000) === undefined);
    const open = () => openLog(createMemorySource(sink.bytes()))
    const subjects = new Map<string, readonly [string, string]>()
    for (const { event } of entries) for (const [kind, key] of named(event)) subjects.set(`${kind} ${key}`, [kind, key])
    const step = Math.max(1, Math.floor(subjects.size / SUBJECTS))
    const some = [...subjects.values()].filter((_, i) => i % step === 0)
    for (const [kind, key] of some) {
      const slash = key.indexOf('/')
      const asked = { kind, namespace: key.slice(0, Math.max(0, slash)), name: key.slice(slash + 1) }
      for (const full of [false, true]) {
        const found = whyObject(open, asked, { full })
        if (isLeft(found) || 'candidates' in found.right.why) throw new Error(`${kind} ${key} is not in the log`)
        const { causes } = found.right.why
        const seqs = causes.map(({ seq }) => seq)
        expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => a - b))
        for (const { seq, at, cause, kind: event } of causes) {
          const { at: when, cause: because, event: what } = entries[seq]!
          expect([at, cause, event]).toEqual([when, because, what.kind])
        }
        // Every chain ends with what nobody in the cluster caused.
        if (full) expect(causes.some(({ cause }) => cause === null)).toBe(true)
        expect(causes.length).toBeGreaterThan(0)
      }
    }
    for (const index of [...scenario!.expect.keys()].slice(0, 3)) {
      const found = whyExpectation(open, String(index))
      expect(isLeft(found) || 'names' in found.right).toBe(false)
    }
  })
})

describe('explain', () => {
  it.each(stories)('has an answer for every object at every time: %s', async (story) => {
    const scenario = await readStory(story)
    const sink = createMemorySink()
    const simulation = createSimulation(scenario!, { sink })
    while (simulation.advance(100_000) === undefined);
    for (const share of [0.05, 0.5]) {
      const at = Math.floor(scenario!.duration * share)
      const reading = openLog(createMemorySource(sink.bytes()))
      if (isLeft(reading)) throw new Error(reading.left.message)
      const state = stateAt(reading.right, at)
      for (const kind of EXPLAINED_KINDS) {
        const found = explainObject(state, at, { kind, namespace: 'default', name: '' })
        const names = 'candidates' in found ? found.candidates : [found.object]
        for (const { key } of names) {
          const asked = { kind, namespace: 'default', name: key.slice(key.indexOf('/') + 1) }
          const one = explainObject(state, at, asked)
          if ('candidates' in one) throw new Error(`nothing is said of ${kind} ${key}`)
          expect(one.standing.summary).not.toMatch(/undefined|NaN/)
          for (const reason of one.standing.reasons) expect(reason).not.toMatch(/undefined|NaN|\[object/)
        }
      }
    }
  })
})
