/** A corner of the function from utilisation to score. */
export interface ShapePoint {
  /** Percent, 0 to 100; rising from point to point. */
  readonly utilization: number
  /** 0 to 10. */
  readonly score: number
}

/** MaxNodeScore / MaxCustomPriorityScore. */
const SCALE = 10

/**
 * Piecewise linear, in whole numbers.
 *
 * Source: pkg/scheduler/framework/plugins/helper/shape_score.go, BuildBrokenLinearFunction;
 * noderesources/requested_to_capacity_ratio.go.
 */
export const requestedToCapacityRatio = (shape: readonly ShapePoint[], requested: number, capacity: number): number => {
  const utilization = capacity === 0 || requested > capacity ? 100 : Math.floor((requested * 100) / capacity)
  for (let i = 0; i < shape.length; i++) {
    const point = shape[i]!
    if (utilization > point.utilization) continue
    if (i === 0) return point.score * SCALE
    const before = shape[i - 1]!
    const rise = (point.score - before.score) * SCALE * (utilization - before.utilization)
    return before.score * SCALE + Math.trunc(rise / (point.utilization - before.utilization))
  }
  return (shape.at(-1)?.score ?? 0) * SCALE
}
