import { type Entry, invariant } from '@wavetank/kernel'
import type { ClusterTables } from '../tables.ts'
import type { PodTemplate } from './pod.ts'

/** The template that an entry names by its hash. */
export const recordedTemplate = (tables: ClusterTables, hash: string, entry: Entry): PodTemplate => {
  const template = tables.templates.get(hash)
  invariant(
    template !== undefined,
    () => `${entry.event.kind} (#${entry.seq}) names template ${hash}, which was never recorded`,
  )
  return template
}
