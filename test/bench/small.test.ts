import { expect, it } from 'vitest'
import { benches } from '../../bench/main.ts'

it.each(benches.map(({ name, run }) => [name, run] as const))('%s measures what it says, small', async (_, run) => {
  const measured = await run('small')
  expect(measured.length).toBeGreaterThan(0)
  for (const { work, rate } of measured) {
    // Some benchmarks take their workload from a folder beside this one, and say so where there is none.
    if (work.startsWith('no ')) continue
    expect(work).toMatch(/^\d/)
    expect(rate).not.toMatch(/NaN|Infinity|-\d/)
  }
})
