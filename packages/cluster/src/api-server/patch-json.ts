import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js'
import { isObject, type JsonObject } from '../api/codec.ts'
import { canonicalJson } from '../api/intern.ts'

/** JSON merge patch (RFC 7386): mappings are merged, `null` removes, everything else replaces. Copies, never writes. */
export const mergePatch = (target: unknown, patch: unknown): unknown => {
  if (!isObject(patch)) return patch
  const merged: Record<string, unknown> = isObject(target) ? { ...target } : {}
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key]
    else merged[key] = mergePatch(merged[key], value)
  }
  return merged
}

const INDEX = /^(0|[1-9][0-9]*)$/

/** RFC 6901. */
const stepsOf = (pointer: unknown): Either<string, readonly string[]> => {
  if (typeof pointer !== 'string') return left('a path is required')
  if (pointer === '') return right([])
  if (!pointer.startsWith('/')) return left(`path "${pointer}" does not start with /`)
  return right(
    pointer
      .slice(1)
      .split('/')
      .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~')),
  )
}

const has = (container: unknown, step: string): boolean =>
  Array.isArray(container)
    ? INDEX.test(step) && Number(step) < container.length
    : isObject(container) && Object.hasOwn(container, step)

const child = (container: unknown, step: string): unknown =>
  Array.isArray(container) ? container[Number(step)] : (container as JsonObject)[step]

const valueAt = (document: unknown, steps: readonly string[]): Either<string, unknown> => {
  let value = document
  for (const step of steps) {
    if (!has(value, step)) return left(`there is nothing at /${steps.join('/')}`)
    value = child(value, step)
  }
  return right(value)
}

/** The document with what `change` makes of the mapping or list that holds the last step. */
const changeAt = (
  document: unknown,
  steps: readonly string[],
  change: (container: unknown, step: string) => Either<string, unknown>,
): Either<string, unknown> => {
  const [step, ...rest] = steps
  if (step === undefined) return left('the whole document can only be replaced')
  if (rest.length === 0) return change(document, step)
  if (!has(document, step)) return left(`there is nothing at /${step}`)
  const inner = changeAt(child(document, step), rest, change)
  if (isLeft(inner)) return inner
  return right(
    Array.isArray(document)
      ? document.with(Number(step), inner.right)
      : { ...(document as JsonObject), [step]: inner.right },
  )
}

const add =
  (value: unknown) =>
  (container: unknown, step: string): Either<string, unknown> => {
    if (isObject(container)) return right({ ...container, [step]: value })
    if (!Array.isArray(container)) return left(`"${step}" has nothing to stand in`)
    if (step === '-') return right([...container, value])
    if (!INDEX.test(step) || Number(step) > container.length) return left(`"${step}" is no place in the list`)
    return right(container.toSpliced(Number(step), 0, value))
  }

const remove = (container: unknown, step: string): Either<string, unknown> => {
  if (!has(container, step)) return left(`there is no "${step}" to remove`)
  if (Array.isArray(container)) return right(container.toSpliced(Number(step), 1))
  const { [step]: _removed, ...rest } = container as JsonObject
  return right(rest)
}

const replace =
  (value: unknown) =>
  (container: unknown, step: string): Either<string, unknown> => {
    if (!has(container, step)) return left(`there is no "${step}" to replace`)
    return right(
      Array.isArray(container) ? container.with(Number(step), value) : { ...(container as JsonObject), [step]: value },
    )
  }

const apply = (document: unknown, operation: unknown): Either<string, unknown> => {
  if (!isObject(operation)) return left('an operation is a mapping')
  const { op, value } = operation
  const path = stepsOf(operation.path)
  if (isLeft(path)) return path
  const to = path.right
  if ((op === 'add' || op === 'replace') && to.length === 0) return right(value)
  if (op === 'add') return changeAt(document, to, add(value))
  if (op === 'remove') return changeAt(document, to, remove)
  if (op === 'replace') return changeAt(document, to, replace(value))
  if (op === 'test') {
    const found = valueAt(document, to)
    if (isLeft(found)) return found
    return canonicalJson(found.right) === canonicalJson(value) ? right(document) : left(`/${to.join('/')} is different`)
  }
  if (op !== 'move' && op !== 'copy') return left(`there is no operation "${String(op)}"`)
  const from = stepsOf(operation.from)
  if (isLeft(from)) return from
  const source = valueAt(document, from.right)
  if (isLeft(source)) return source
  const rest = op === 'copy' ? right(document) : changeAt(document, from.right, remove)
  return isLeft(rest) ? rest : changeAt(rest.right, to, add(source.right))
}

/**
 * JSON patch (RFC 6902): all operations, one after another, or none. Copies, never writes.
 *
 * @returns the left side says which operation failed and why
 */
export const jsonPatch = (document: unknown, operations: unknown): Either<string, unknown> => {
  if (!Array.isArray(operations)) return left('a JSON patch is a list of operations')
  let result = document
  for (const [i, operation] of operations.entries()) {
    const next = apply(result, operation)
    if (isLeft(next)) return left(`operation ${i}: ${next.left}`)
    result = next.right
  }
  return right(result)
}
