import { type Emission, timer } from '@wavetank/kernel'
import { expect, it } from 'vitest'
import { type ClientQueue, clientQueue, nextTurn, takeTurn } from './client-queue.ts'
import { fullBucket, spend } from './rate-limiter.ts'

const config = { 'kube-api-qps': 20, 'kube-api-burst': 2 }
const rate = { qps: 20, burst: 2 }
const queue = (): ClientQueue => clientQueue(fullBucket(rate))
const due = (key: string) => ({ kind: 'Due', object: key })
const turn = (q: ClientQueue, key: string, at: number): boolean => {
  takeTurn(q, config, key, at)
  if (q.hasTurn) spend(q.bucket, rate, at)
  return q.hasTurn
}
const next = (q: ClientQueue, at: number, owed = 0): readonly Emission[] => nextTurn(q, config, at, due, owed)

it('lets syncs through while there are tokens', () => {
  const q = queue()
  expect([turn(q, 'a', 0), turn(q, 'b', 0), turn(q, 'c', 0)]).toEqual([true, true, false])
})

it('wakes the first that waits, and only that, when its token is there', () => {
  const q = queue()
  for (const key of ['a', 'b', 'c', 'd']) turn(q, key, 0)
  expect(next(q, 0)).toEqual([timer('turn', 50, due('c'))])
  expect(next(q, 0, 1)).toEqual([timer('turn', 100, due('c'))])
})

it('keeps the order in which they came, whoever is woken', () => {
  const q = queue()
  for (const key of ['a', 'b', 'c', 'd']) turn(q, key, 0)
  expect(turn(q, 'd', 50)).toBe(false)
  expect(turn(q, 'e', 50)).toBe(false)
  expect([turn(q, 'c', 50), turn(q, 'd', 100), turn(q, 'e', 150)]).toEqual([true, true, true])
  expect(next(q, 150)).toEqual([])
})

it('lets nobody pass those who wait, tokens or not', () => {
  const q = queue()
  for (const key of ['a', 'b', 'c']) turn(q, key, 0)
  expect(turn(q, 'x', 1_000)).toBe(false)
  expect(turn(q, 'c', 1_000)).toBe(true)
})

it('takes a key that has had its turn again', () => {
  const q = queue()
  for (const key of ['a', 'b', 'c']) turn(q, key, 0)
  expect([turn(q, 'c', 50), turn(q, 'c', 50), turn(q, 'c', 100)]).toEqual([true, false, true])
})

it('leaves a millisecond between turns, so that many that do nothing are no endless loop', () => {
  const q = queue()
  for (const key of ['a', 'b', 'c', 'd']) turn(q, key, 0)
  turn(q, 'c', 1_000)
  expect(next(q, 1_000)).toEqual([timer('turn', 1, due('d'))])
})
