import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createLanes, type Lane } from './lanes.ts'

const newLane = (): Lane => ({ starts: [], states: [] })
const worse = (a: number, b: number): number => Math.max(a, b)
const listed = ({ starts, states }: Lane): readonly string[] => starts.map((at, i) => `${at}:${states[i]}`)

const stateAt = ({ starts, states }: Lane, at: number): number | undefined =>
  states[starts.findLastIndex((s) => s <= at)]

describe('a lane', () => {
  it('has every change, and only changes', () => {
    const lanes = createLanes({ merge: worse })
    const lane = lanes.add(newLane())
    for (const [state, at] of [
      [1, 0],
      [1, 5],
      [2, 7],
      [1, 9],
    ] as const)
      lanes.enter(lane, state, at)
    expect(listed(lane)).toEqual(['0:1', '7:2', '9:1'])
    expect(lanes.coarser()).toBe(0)
  })

  it('takes the last word of an instant', () => {
    const lanes = createLanes({ merge: worse })
    const lane = lanes.add(newLane())
    for (const [state, at] of [
      [1, 0],
      [2, 7],
      [3, 7],
      [1, 7],
      [4, 8],
    ] as const)
      lanes.enter(lane, state, at)
    expect(listed(lane)).toEqual(['0:1', '8:4'])
  })

  it('that changes too often keeps its worst state, and how it began and ended', () => {
    const lanes = createLanes({ merge: worse, perLaneMax: 16 })
    const lane = lanes.add(newLane())
    for (let at = 0; at < 1_000; at++) lanes.enter(lane, at === 501 ? 9 : at % 2, at)
    expect(lane.starts.length).toBeLessThanOrEqual(16)
    expect(lane.states).toContain(9)
    expect(lane.starts[0]).toBe(0)
    expect(stateAt(lane, 999)).toBe(1)
    expect(lanes.coarser()).toBe(1)
  })

  it('is in order whatever comes, never better than it was, and within its bounds', () => {
    const changes = fc.array(fc.tuple(fc.nat(3), fc.nat(20)), { minLength: 1, maxLength: 200 })
    fc.assert(
      fc.property(changes, fc.integer({ min: 8, max: 40 }), (steps, perLaneMax) => {
        const exact = createLanes({ merge: worse, perLaneMax: 1_000 })
        const coarse = createLanes({ merge: worse, perLaneMax })
        const [all, kept] = [exact.add(newLane()), coarse.add(newLane())]
        let at = 0
        for (const [state, wait] of steps) {
          at += wait
          exact.enter(all, state, at)
          coarse.enter(kept, state, at)
        }
        expect(kept.starts.length).toBeLessThanOrEqual(perLaneMax)
        expect(kept.starts.every((start, i) => i === 0 || start > kept.starts[i - 1]!)).toBe(true)
        for (let time = 0; time <= at; time++)
          expect(stateAt(kept, time) ?? 0).toBeGreaterThanOrEqual(stateAt(all, time) ?? 0)
        expect(stateAt(kept, at)).toBe(stateAt(all, at))
      }),
    )
  })

  it('may have fewer states once all together have too many', () => {
    const lanes = createLanes({ merge: worse, perLaneMax: 64, totalMax: 400 })
    for (let i = 0; i < 20; i++) {
      const lane = lanes.add(newLane())
      for (let at = 0; at < 60; at++) lanes.enter(lane, at % 2, at)
    }
    expect(lanes.perLane()).toBeLessThan(64)
    const total = lanes.all.reduce((sum, { starts }) => sum + starts.length, 0)
    expect(total).toBeLessThanOrEqual(400 + 64)
  })
})
