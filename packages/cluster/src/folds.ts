import type { AnyEventDefinition, Entry, EventOf } from '@wavetank/kernel'
import type { ClusterTables } from './tables.ts'

/** One fold for every event of a group: a forgotten one does not compile. */
export type Folds<D extends AnyEventDefinition> = {
  readonly [E in D as E['kind']]: (tables: ClusterTables, entry: Entry<EventOf<E>>) => void
}
