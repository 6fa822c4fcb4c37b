/**
 * A value that throws when it is written to, all the way down, maps and sets included.
 *
 * TypeScript lets a read-only object be assigned to a mutable type, so types alone do not keep a controller from
 * writing to what it is only shown. What is guarded compares equal to itself, and is found in guarded maps and sets.
 */

const guards = new WeakMap<object, object>()
const originals = new WeakMap<object, object>()

const original = <T>(value: T): T =>
  typeof value === 'object' && value !== null ? ((originals.get(value) ?? value) as T) : value

const refuse = (what: PropertyKey): never => {
  throw new TypeError(`what is only shown was written to: ${String(what)}`)
}

function* guarded(values: Iterable<unknown>): Generator<unknown> {
  for (const value of values) yield guard(value)
}

/** What maps and sets have in common to read; anything else of theirs writes. */
const reader = (collection: Map<unknown, unknown> | Set<unknown>, name: PropertyKey): unknown => {
  switch (name) {
    case 'size':
      return collection.size
    case 'get':
      return (key: unknown) => guard((collection as Map<unknown, unknown>).get(original(key)))
    case 'has':
      return (key: unknown) => collection.has(original(key))
    case 'forEach':
      return (visit: (value: unknown, key: unknown) => void) =>
        collection.forEach((value: unknown, key: unknown) => {
          visit(guard(value), guard(key))
        })
    case 'keys':
      return () => guarded(collection.keys())
    case 'values':
      return () => guarded(collection.values())
    case 'entries':
      return () => guarded(collection.entries())
    case Symbol.iterator:
      return () => guarded(collection)
    case Symbol.toStringTag:
    case 'constructor':
      return Reflect.get(collection, name, collection)
    default:
      return refuse(name)
  }
}

const traps: ProxyHandler<object> = {
  get: (target, name) =>
    target instanceof Map || target instanceof Set ? reader(target, name) : guard(Reflect.get(target, name)),
  set: (_, name) => refuse(name),
  defineProperty: (_, name) => refuse(name),
  deleteProperty: (_, name) => refuse(name),
  setPrototypeOf: () => refuse('its prototype'),
  preventExtensions: () => refuse('whether it can be extended'),
}

export const guard = <T>(value: T): T => {
  // What is frozen throws by itself, and a proxy could not answer for it.
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || Object.isFrozen(value)) return value
  if (originals.has(value)) return value
  const known = guards.get(value)
  if (known !== undefined) return known as T
  const proxy = new Proxy(value, traps)
  guards.set(value, proxy)
  originals.set(proxy, value)
  return proxy as T
}
