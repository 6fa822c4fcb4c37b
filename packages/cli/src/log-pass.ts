import { type ClusterView, createClusterStore } from '@wavetank/cluster'
import type { Entry, LogEnd } from '@wavetank/kernel'
import type { LogFooter, Reading, ViewAt } from 'wavetank'
import type { Interruption } from './interruption.ts'
import { createProgress } from './progress.ts'
import type { Terminal } from './terminal.ts'

export interface LogPassOptions {
  /** The last instant that counts, in milliseconds of the run; the end of the log by default. */
  readonly until?: number | undefined
  readonly quiet?: boolean | undefined
  /** Told of every entry before the view has it. */
  readonly before?: ((at: number, view: ClusterView) => void) | undefined
  /** Told of every entry; the view has it already. */
  readonly apply: (entry: Entry, view: ClusterView) => void
  /** Whether nothing looks at the view: it is then not kept. */
  readonly stateless?: boolean
}

/**
 * Reads a log once, batch by batch, in memory that does not grow with it. Ctrl-C ends it, as does a reader of its output
 * that goes away.
 */
export const passOver = async (
  terminal: Terminal,
  reading: Reading,
  { wasAsked }: Pick<Interruption, 'wasAsked'>,
  { until = Number.POSITIVE_INFINITY, quiet = false, before, apply, stateless = false }: LogPassOptions,
): Promise<ViewAt | 'interrupted' | 'unread'> => {
  const { header } = reading
  const model = createClusterStore()
  const progress = createProgress(terminal, Math.min(header.duration, until), quiet)
  let entries = 0
  let at = 0
  try {
    let over = false
    for (const batch of reading.batches) {
      for (const entry of batch) {
        if (entry.at > until) {
          over = true
          break
        }
        before?.(entry.at, model.view)
        if (!stateless) model.apply(entry)
        apply(entry, model.view)
        entries++
        at = entry.at
      }
      if (over) break
      progress.show(at, entries)
      await new Promise<void>((resolve) => setImmediate(resolve))
      if (wasAsked()) return 'interrupted'
      if (terminal.isClosed?.() === true) return 'unread'
    }
    const end: LogEnd<LogFooter> | undefined = over ? undefined : reading.end()
    return { header, view: model.view, entries, at, end }
  } finally {
    reading.close()
    progress.clear()
  }
}
