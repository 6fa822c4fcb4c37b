import type { PathStep } from '@wavetank/cluster'
import { type ApiObject, isKind, type PodSpec } from '@wavetank/cluster/api'
import { isRecord } from './codec.ts'

const TEMPLATES: readonly (readonly PathStep[])[] = [
  ['spec', 'template'],
  ['spec', 'jobTemplate', 'spec', 'template'],
]

const at = (json: unknown, path: readonly PathStep[]): unknown =>
  path.reduce<unknown>((value, step) => (isRecord(value) ? value[step] : undefined), json)

/** The pod that an object is or will bring, and where it stands. */
export const podSpecOf = (
  object: ApiObject,
): { readonly path: readonly PathStep[]; readonly spec: PodSpec } | undefined => {
  if (isKind(object, 'Pod')) return { path: [], spec: object.spec }
  for (const path of TEMPLATES) {
    const spec = at(object, [...path, 'spec'])
    if (isRecord(spec)) return { path, spec: spec as unknown as PodSpec }
  }
  return undefined
}
