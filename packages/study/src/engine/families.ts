import { createHash } from 'node:crypto'
import type { DesignPoint, Replication } from '../design-point.ts'

/** The same replication of points whose histories may have a beginning in common. */
export interface Family {
  readonly points: readonly number[]
  readonly number: number
  readonly seed: number
}

/** What differs between points of one family happens at some instant; everything else holds from the beginning. */
const beginningOf = ({ scenario }: DesignPoint): string => {
  const { name: _, seed: __, duration: ___, timeline: ____, expect: _____, ...rest } = scenario
  return createHash('sha256').update(JSON.stringify(rest)).digest('base64')
}

/**
 * Replications by what they may share: only a hint of what is worth to be run together, since whoever runs them finds out
 * for how long they agree. Families keep the order of their first replications.
 */
export const createFamilies = (): ((
  points: readonly DesignPoint[],
  replications: readonly Replication[],
) => readonly Family[]) => {
  const beginnings = new Map<number, string>()
  return (points, replications) => {
    for (const point of points)
      if (!beginnings.has(point.index)) beginnings.set(point.index, points.length === 1 ? '' : beginningOf(point))
    const families = new Map<string, { points: number[]; number: number; seed: number }>()
    for (const { point, number, seed } of replications) {
      const key = `${number} ${seed} ${beginnings.get(point)}`
      const family = families.get(key)
      if (family === undefined) families.set(key, { points: [point], number, seed })
      else family.points.push(point)
    }
    return [...families.values()]
  }
}

/** Families in smaller parts where there are fewer than `count`: what is shared is less than what idle workers would do. */
export const splitFamilies = (families: readonly Family[], count: number): readonly Family[] => {
  const parts = Math.ceil(count / Math.max(1, families.length))
  if (parts <= 1) return families
  return families.flatMap(({ points, ...rest }) => {
    const size = Math.ceil(points.length / parts)
    const split: Family[] = []
    for (let at = 0; at < points.length; at += size) split.push({ ...rest, points: points.slice(at, at + size) })
    return split
  })
}
