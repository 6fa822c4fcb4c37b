import { type Context, Environment } from '@marcbachmann/cel-js'
import { durationOf } from './cel-value.ts'
import { FUNCTIONS, type Scope, STAND_INS } from './functions.ts'
import { LIST_VARIABLES, LOOKUPS } from './kinds.ts'

/** The name of a variable that is not a list of objects, and what it holds. */
export const CLOCK_VARIABLES = {
  now: 'The wall clock, a timestamp: the start of the scenario plus `t`.',
  t: 'The duration since the start of the run.',
} as const

/** A lookup names an object as `namespace/name`, or as `name` alone: then in namespace `default`. */
const lookup =
  (scope: Scope, kind: string, namespaced: boolean) =>
  (written: string): unknown => {
    const slash = written.indexOf('/')
    if (!namespaced) return scope.find(kind, '', written)
    return slash < 0
      ? scope.find(kind, 'default', written)
      : scope.find(kind, written.slice(0, slash), written.slice(slash + 1))
  }

/** The words that expressions may use, with the values that they have in this scope. */
export interface ExpressionWorld {
  readonly environment: Environment
  /** Reads the scope anew each time. */
  readonly activation: Context
  /** With variables of a macro, which hide those of the world that have the same name. */
  readonly environmentWith: (further: readonly string[]) => Environment
}

export const createWorld = (scope: Scope): ExpressionWorld => {
  const variables = new Map<string, { readonly type: string; readonly get: () => unknown }>()
  for (const [plural, { kind }] of LIST_VARIABLES)
    variables.set(plural, { type: 'list<map<string, dyn>>', get: () => scope.list(kind) })
  variables.set('now', { type: 'google.protobuf.Timestamp', get: () => new Date(scope.wallClock()) })
  variables.set('t', { type: 'google.protobuf.Duration', get: () => durationOf(scope.elapsed()) })

  const activation: Context = {}
  for (const [name, { get }] of variables) Object.defineProperty(activation, name, { get, enumerable: true })

  const synchronous = { async: false }
  const environmentWith = (further: readonly string[]): Environment => {
    const environment = new Environment({ enableOptionalTypes: true, homogeneousAggregateLiterals: false })
    for (const [name, { type }] of variables) if (!further.includes(name)) environment.registerVariable(name, type)
    for (const name of further) environment.registerVariable(name, 'dyn')
    for (const [name, { kind, namespaced }] of LOOKUPS)
      environment.registerFunction(`${name}(string): dyn`, lookup(scope, kind, namespaced), synchronous)
    for (const { signature, handler } of [...FUNCTIONS, ...STAND_INS])
      environment.registerFunction(signature, handler(scope), synchronous)
    return environment
  }
  return { environment: environmentWith([]), activation, environmentWith }
}

/** An empty cluster at t=0. */
export const EMPTY_SCOPE: Scope = { list: () => [], find: () => null, elapsed: () => 0, wallClock: () => 0 }
