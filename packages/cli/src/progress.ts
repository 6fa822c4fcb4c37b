import { formatMillis } from '@wavetank/kernel'
import type { Terminal } from './terminal.ts'

export interface Progress {
  readonly show: (at: number, entries: number) => void
  readonly clear: () => void
}

const EVERY_MILLIS = 200

/** One line on stderr that is written over, with the time left at the present speed; nothing in a pipe. */
export const createProgress = (terminal: Terminal, horizon: number, quiet: boolean): Progress => {
  if (quiet || !terminal.isInteractive) return { show: () => {}, clear: () => {} }
  const begun = performance.now()
  let shown = begun
  let visible = false
  return {
    show: (at, entries) => {
      const now = performance.now()
      if (now - shown < EVERY_MILLIS) return
      shown = now
      visible = true
      const share = horizon > 0 && Number.isFinite(horizon) ? at / horizon : 0
      const left = share > 0.001 ? ((now - begun) * (1 - share)) / share : undefined
      const eta = left === undefined ? '' : `, ${formatMillis(Math.ceil(left / 1_000) * 1_000)} left`
      const rounded = Math.floor(at / 1_000) * 1_000
      terminal.err(`\r\u001b[K${Math.floor(share * 100)}%  t=${formatMillis(rounded)}  ${entries} entries${eta}`)
    },
    clear: () => {
      if (visible) terminal.err('\r\u001b[K')
    },
  }
}
