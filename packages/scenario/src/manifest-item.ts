import { left, right } from 'fp-ts/lib/Either.js'
import { type Codec, isRecord, value, variant, wrongType } from './codec.ts'

export type Inline = Readonly<Record<string, unknown>>
export const Inline: Codec<Inline> = value<Inline>({
  name: 'Inline',
  schema: { type: 'object', required: ['apiVersion', 'kind'] },
  is: isRecord,
  parse: (u) => (isRecord(u) ? right(u) : left(wrongType('a Kubernetes object', u))),
})

export const PathText: Codec<string> = value<string>({
  name: 'PathText',
  schema: { type: 'string', minLength: 1 },
  is: (u): u is string => typeof u === 'string',
  parse: (u) => {
    if (typeof u !== 'string' || u === '') return left(wrongType('the path of a file, a folder or a glob', u))
    if (/^[a-z]+:\/\//i.test(u))
      return left({
        code: 'WT004',
        message: `"${u}" is not a path`,
        hint: 'download it, so that the scenario stays the same',
      })
    return right(u)
  },
})

/** Manifests: the path of a file, a folder or a glob, or an object as it is. */
export const ManifestItem: Codec<string | Inline> = variant<string | Inline>(
  'ManifestItem',
  [PathText as Codec<string | Inline>, Inline as Codec<string | Inline>],
  (u) => (isRecord(u) ? Inline : PathText) as Codec<string | Inline>,
  (a) => (typeof a === 'string' ? PathText : Inline) as Codec<string | Inline>,
)
