import type { JsonObject } from '../api/codec.ts'
import type { ClusterView } from '../tables.ts'

interface Record {
  readonly resourceVersion: number
}

interface Memo {
  readonly resourceVersion: number
  readonly also: unknown
  readonly json: JsonObject
}

/**
 * The same renderer, which returns the same JSON again as long as the record has not changed.
 *
 * @param also what the JSON depends on besides the record's own version; compared by identity
 */
export const memoised = <R extends Record>(
  render: (view: ClusterView, record: R) => JsonObject,
  also: (view: ClusterView, record: R) => unknown = () => undefined,
): ((view: ClusterView, record: R) => JsonObject) => {
  const memos = new WeakMap<R, Memo>()
  return (view, record) => {
    const { resourceVersion } = record
    const extra = also(view, record)
    const memo = memos.get(record)
    if (memo !== undefined && memo.resourceVersion === resourceVersion && memo.also === extra) return memo.json
    const json = render(view, record)
    memos.set(record, { resourceVersion, also: extra, json })
    return json
  }
}
