import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import type { DesignPoint, Outcome, Replication } from '../design-point.ts'
import { isBrokenRun, isEngineFailure } from './engine.ts'
import { createPoolEngine } from './pool-engine.ts'

const folder = mkdtempSync(join(tmpdir(), 'wavetank-pool-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Answers with the level of its point; dies or breaks as replications say. */
const WORKER = `import { existsSync, writeFileSync } from 'node:fs'
const one = async ({ index, text }, number, seed) => {
  const { levels: [{ value }] } = JSON.parse(new TextDecoder().decode(new Uint8Array(text).slice()))
  const died = new URL('./died-' + value + '-' + number, import.meta.url)
  if (value === 'mortal' && number % 5 === 0 && !existsSync(died)) { writeFileSync(died, ''); process.exit(9) }
  if (value === 'lethal' && number === 1) process.exit(9)
  if (value === 'wrong' && number === 1) return { brokenRun: 'free >= 0', point: index, number }
  if (value === 'slow') await new Promise((resolve) => setTimeout(resolve, 60_000))
  return { point: index, number, seed, responses: { value }, expectations: {}, entries: 1, end: 'horizon' }
}
export const work = async ({ points, number, seed }) => {
  const outcomes = []
  for (const point of points) {
    const outcome = await one(point, number, seed)
    if ('brokenRun' in outcome) return outcome
    outcomes.push(outcome)
  }
  return { outcomes }
}
`
const module = join(folder, 'worker.mjs')
writeFileSync(module, WORKER)

const point = (index: number, value: string): DesignPoint =>
  ({ index, levels: [{ axis: 'a', value }], scenario: { seed: 1 } }) as unknown as DesignPoint
const replications = (of: number, count: number): readonly Replication[] =>
  Array.from({ length: count }, (_, number) => ({ point: of, number, seed: number * 3 }))

const withPool = async <A>(run: (engine: Awaited<ReturnType<typeof createPoolEngine>>) => Promise<A>): Promise<A> => {
  const engine = await createPoolEngine({ module: pathToFileURL(module).href, name: 'work', workers: 2 })
  try {
    return await run(engine)
  } finally {
    await engine.close()
  }
}

describe('worker threads', () => {
  it('make every run once and tell of each as it comes', async () => {
    const told: Outcome[] = []
    const points = [point(0, 'one'), point(7, 'seven')]
    const asked = [...replications(0, 20), ...replications(7, 20)]
    const outcomes = await withPool((engine) => engine.evaluate(points, asked, (outcome) => told.push(outcome)))
    expect(told).toEqual(outcomes)
    const sorted = [...outcomes].sort((a, b) => a.point - b.point || a.number - b.number)
    expect(sorted.map(({ point: of, number, seed }) => ({ point: of, number, seed }))).toEqual(asked)
    expect(sorted.every(({ point: of, responses }) => String(responses.value) === (of === 0 ? 'one' : 'seven'))).toBe(
      true,
    )
  })

  it('that die are replaced, and what they were at is done again', async () => {
    const outcomes = await withPool((engine) => engine.evaluate([point(0, 'mortal')], replications(0, 16)))
    expect(outcomes.map(({ number }) => number).sort((a, b) => a - b)).toEqual(
      replications(0, 16).map(({ number }) => number),
    )
  })

  it('that die of the same run again and again end the study, and say which run it is', async () => {
    const error = await withPool((engine) => engine.evaluate([point(4, 'lethal')], replications(4, 3))).catch((e) => e)
    expect(isEngineFailure(error) && error.engineFailure).toContain('the worker died 3 times at point 4, replication 1')
  })

  it('tell of a run that breaks the model', async () => {
    const error = await withPool((engine) => engine.evaluate([point(2, 'wrong')], replications(2, 9))).catch((e) => e)
    expect(isBrokenRun(error) && error).toEqual({ brokenRun: 'free >= 0', point: 2, number: 1 })
  })

  it('end at once when they are told to', async () => {
    const abort = new AbortController()
    setTimeout(() => abort.abort(), 100)
    const begun = performance.now()
    const error = await withPool((engine) =>
      engine.evaluate([point(0, 'slow')], replications(0, 9), undefined, abort.signal),
    ).catch((e: unknown) => e)
    expect((error as Error).name).toBe('AbortError')
    expect(performance.now() - begun).toBeLessThan(20_000)
  })

  it('leave it to whoever listens to say that enough is enough', async () => {
    const full = Object.assign(new Error('no space'), { code: 'ENOSPC', syscall: 'write' })
    const error = await withPool((engine) =>
      engine.evaluate([point(0, 'one')], replications(0, 50), ({ number }) => {
        if (number === 5) throw full
      }),
    ).catch((e: unknown) => e)
    expect(error).toBe(full)
  })
})
