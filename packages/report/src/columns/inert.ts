import type { DeepReadonly, InertObject } from '@wavetank/cluster'
import { AGE, defineColumns, type KindColumns, type Listed, NAME } from './define-columns.ts'

/** Labels of an object that is kept as it came are in its body. */
const labelsOf = ({ body }: DeepReadonly<InertObject>): Listed['labels'] =>
  (body as { readonly metadata?: { readonly labels?: Listed['labels'] } }).metadata?.labels ?? {}

/** The columns of kinds that nothing here knows, as those of custom resources without columns of their own. */
export const inertColumns = (kind: string): KindColumns =>
  defineColumns<Listed>({
    kind,
    list: function* ({ view }) {
      for (const object of view.inertObjects.values()) {
        if (object.kind !== kind) continue
        const { name, namespace, createdAt } = object
        yield { name, namespace, createdAt, labels: labelsOf(object) }
      }
    },
    columns: [NAME, AGE],
  })
