import { expect, it } from 'vitest'
import { metrics } from '../measures/registry.ts'
import { BETTER } from './study-page.ts'

it('knows of every metric which way is better, or that nobody can', () => {
  const neither = ['jobsInSystem', 'events', 'expression']
  expect([...Object.keys(BETTER), ...neither].sort()).toEqual(metrics.map(({ name }) => name).sort())
})
