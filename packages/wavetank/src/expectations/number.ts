import { Duration } from '@marcbachmann/cel-js/evaluator'
import { type ClusterView, findObject, objectsOf } from '@wavetank/cluster'
import type { ExpressionProblem } from '@wavetank/scenario'
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js'
import { toCelObject } from './cel-value.ts'
import { createWorld, EMPTY_SCOPE } from './environment.ts'
import { compileValue } from './expression.ts'

export interface NumberExpression {
  /** It gives true or false. */
  readonly isTruth: boolean
  /** Its value over a state; undefined where it has none: a field is not there, a list is empty. */
  readonly evaluate: (view: ClusterView, at: number) => number | undefined
}

const NUMBERS: ReadonlySet<string> = new Set(['int', 'uint', 'double', 'bool', 'google.protobuf.Duration'])

const numberOf = (value: unknown): number | undefined => {
  if (typeof value === 'boolean') return value ? 1 : 0
  if (typeof value === 'bigint') return Number(value)
  if (value instanceof Duration) return Number(value.seconds) * 1_000 + value.nanos / 1_000_000
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}

/** An expression that gives a number, a truth value (1 or 0) or a duration (milliseconds). */
export const compileNumber = (text: string): Either<ExpressionProblem, NumberExpression> => {
  let now: { readonly view: ClusterView; readonly at: number } | undefined
  const world = createWorld({
    list: (kind) => (now === undefined ? [] : objectsOf(now.view, kind).map((object) => toCelObject(object.render()))),
    find: (kind, namespace, name) => {
      const object = now === undefined ? undefined : findObject(now.view, kind, namespace, name)
      return object === undefined ? null : toCelObject(object.render())
    },
    elapsed: () => now?.at ?? EMPTY_SCOPE.elapsed(),
    wallClock: () => (now === undefined ? EMPTY_SCOPE.wallClock() : now.view.settings.start + now.at),
  })
  const compiled = compileValue(world, text)
  if (isLeft(compiled)) return compiled
  const { type, evaluate } = compiled.right
  if (!NUMBERS.has(type) && !type.startsWith('dyn'))
    return left({ message: `the expression gives ${type}, where a number or a truth value is expected`, offset: 0 })
  return right({
    isTruth: type === 'bool',
    evaluate: (view, at) => {
      now = { view, at }
      try {
        return numberOf(evaluate())
      } catch {
        return undefined
      } finally {
        now = undefined
      }
    },
  })
}
