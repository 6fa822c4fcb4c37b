import { left, right } from 'fp-ts/lib/Either.js'
import { isRecord, mapped, object, optional, type ProblemAt, text } from '../codec.ts'
import { suggestion } from '../suggestion.ts'
import type { DisruptionScene } from './define-disruption.ts'

/** A dependency of the scenario, or an image registry. */
export interface OutageTarget {
  readonly what: 'dependency' | 'registry'
  readonly name: string
}

const Written = object('OutageTarget', {
  dependency: optional(text, 'One of `dependencies`.'),
  registry: optional(text, 'Host of an image registry, `docker.io` for images that name none.'),
})

export const OutageTarget = mapped<{ readonly dependency?: string; readonly registry?: string }, OutageTarget>(
  Written,
  (u): u is OutageTarget => isRecord(u) && typeof u.name === 'string',
  ({ dependency, registry }) => {
    if (dependency !== undefined && registry === undefined) return right({ what: 'dependency', name: dependency })
    if (registry !== undefined && dependency === undefined) return right({ what: 'registry', name: registry })
    return left([[[], { code: 'WT022', message: 'expected either `dependency` or `registry`' }]])
  },
  ({ what, name }) => ({ [what]: name }),
)

/** An outage that nothing feels would pass unnoticed, so it is refused. */
export const checkOutageTarget = (
  { what, name }: OutageTarget,
  { dependencies, registries }: DisruptionScene,
): readonly ProblemAt[] => {
  const known = what === 'dependency' ? dependencies : registries
  if (known.has(name)) return []
  const message = what === 'dependency' ? `there is no dependency "${name}"` : `no image comes from "${name}"`
  return [[[what], { code: 'WT025', message, hint: suggestion(name, [...known]) }]]
}
