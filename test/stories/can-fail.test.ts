import { controllers } from '@wavetank/controllers'
import type { Scenario } from '@wavetank/scenario'
import { load, loadAll } from 'js-yaml'
import { describe, expect, it } from 'vitest'
import { type Files, filesOf, readStory, stories, tryStory } from './story.ts'

/**
 * An expectation that cannot fail says nothing. Each story is run in worlds where something is wrong: a controller that
 * does nothing, a happening that does not happen, a field of a manifest with another value. In one of them at least
 * each expectation has to fail.
 */

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }
type Path = readonly (string | number)[]

const SPAN = /^[0-9]+(ms|s|m|h)$/
const WORDS: readonly (readonly string[])[] = [
  ['Allow', 'Forbid', 'Replace'],
  ['Always', 'OnFailure', 'Never'],
  ['In', 'NotIn', 'Exists', 'DoesNotExist'],
  ['RollingUpdate', 'Recreate', 'OnDelete'],
]

/** What a manifest need not say, said otherwise. */
const DEFAULTS: Readonly<Record<string, readonly { readonly [key: string]: Json }[]>> = {
  DaemonSet: [{ updateStrategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } }],
  StatefulSet: [{ podManagementPolicy: 'Parallel' }],
  Job: [{ parallelism: 4 }],
}

/** Other values for a value; `undefined` takes the field away. */
const others = (value: Json): readonly (Json | undefined)[] => {
  if (typeof value === 'number') return [value + 1, value * 3, Math.floor(value / 2), 0, undefined]
  if (typeof value === 'boolean') return [!value]
  if (typeof value === 'string') {
    if (SPAN.test(value)) return ['1ms', '1h', undefined]
    const words = WORDS.find((list) => list.includes(value)) ?? []
    // A number in a command or a quantity: `--replicas=3`, `500m`.
    const more = /[0-9]/.test(value)
      ? [value.replace(/[0-9]+(?=\D*$)/, (digits) => `${Number(digits) + 1}`.padStart(digits.length, '0'))]
      : []
    return [...words.filter((word) => word !== value), ...more, `${value}x`, undefined]
  }
  if (!Array.isArray(value) && value !== null && 'kind' in value && 'spec' in value)
    return [
      ...(DEFAULTS[String(value.kind)] ?? []).map((more) => ({
        ...value,
        spec: { ...(value.spec as object), ...more },
      })),
      undefined,
    ]
  return [undefined]
}

const withValue = (json: Json, [step, ...rest]: Path, value: Json | undefined): Json => {
  if (step === undefined) return value ?? null
  if (Array.isArray(json)) {
    const items = [...(json as readonly Json[])]
    if (rest.length === 0 && value === undefined) items.splice(step as number, 1)
    else items[step as number] = withValue(items[step as number]!, rest, value)
    return items
  }
  const copy: Record<string, Json> = { ...(json as { readonly [key: string]: Json }) }
  if (rest.length === 0 && value === undefined) delete copy[step]
  else copy[step] = withValue(copy[step]!, rest, value)
  return copy
}

/** Not what is claimed, nor what only names things. */
const UNTOUCHED = /^(expect|metadata|apiVersion|kind|duration|seed)$/

function* places(json: Json, path: Path = []): Generator<readonly [Path, Json]> {
  if (path.length > 0) yield [path, json]
  if (typeof json !== 'object' || json === null) return
  for (const [key, value] of Object.entries(json) as [string, Json][])
    if (path.length > 0 || !UNTOUCHED.test(key))
      yield* places(value, [...path, Array.isArray(json) ? Number(key) : key])
}

/** The files of a story with one thing other than it should be. */
function* wrongFiles(story: string): Generator<Files> {
  const files = filesOf(story)
  for (const [name, text] of Object.entries(files)) {
    const isScenario = name === `${story}.yaml`
    const documents = (isScenario ? [load(text)] : loadAll(text)) as Json[]
    for (const [index, document] of documents.entries())
      for (const [path, value] of places(document))
        for (const other of others(value)) {
          const changed = documents.map((old, i) => (i === index ? withValue(old, path, other) : old))
          yield { ...files, [name]: changed.map((json) => JSON.stringify(json)).join('\n---\n') }
        }
  }
}

/** Runs something in a world where one controller does nothing. */
const without = <A>(index: number, run: () => A): A => {
  const list = controllers as unknown as (typeof controllers)[number][]
  const whole = list[index]!
  list[index] = { ...whole, on: {} }
  try {
    return run()
  } finally {
    list[index] = whole
  }
}

describe('every expectation can fail', () => {
  it.each(stories)('%s', async (story) => {
    const scenario = (await readStory(story))!
    const holding = new Set(scenario.expect.map(({ name }) => name))
    const strike = (wrong: Scenario): void => {
      const expect = wrong.expect.filter(({ name }) => holding.has(name))
      for (const name of tryStory({ ...wrong, expect }).failures) holding.delete(name)
    }
    // Who does nothing in the story is not missed.
    const { actors } = tryStory(scenario)
    for (const [index, { name }] of controllers.entries())
      if (holding.size > 0 && actors.has(name)) without(index, () => strike(scenario))
    for (const files of wrongFiles(story)) {
      if (holding.size === 0) break
      const wrong = await readStory(story, files)
      if (wrong !== undefined) strike(wrong)
    }
    expect([...holding]).toEqual([])
  })
})
