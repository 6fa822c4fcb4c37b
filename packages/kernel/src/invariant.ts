/** The model broke one of its own rules: a bug in wavetank, never in the input. */
export class InvariantViolation extends Error {
  override readonly name = 'InvariantViolation'
}

/**
 * Stops the run if `condition` does not hold. Stays on in production: a simulator that goes on after it was wrong is
 * worse than one that stops.
 *
 * @throws InvariantViolation
 */
export function invariant(condition: boolean, message: string | (() => string)): asserts condition {
  if (!condition) throw new InvariantViolation(typeof message === 'string' ? message : message())
}
