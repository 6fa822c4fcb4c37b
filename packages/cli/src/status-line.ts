import type { Terminal } from './terminal.ts'

/** One line on stderr that is written over while something goes on; nothing in a pipe. */
export interface StatusLine {
  /** @param text only asked for if it is time to show it */
  readonly show: (text: () => string) => void
  readonly clear: () => void
}

const EVERY_MILLIS = 200

export const createStatusLine = (terminal: Terminal, quiet: boolean): StatusLine => {
  if (quiet || !terminal.isInteractive) return { show: () => {}, clear: () => {} }
  let shown = performance.now()
  let visible = false
  return {
    show: (text) => {
      const now = performance.now()
      if (now - shown < EVERY_MILLIS) return
      shown = now
      visible = true
      terminal.err(`\r\u001b[K${text()}`)
    },
    clear: () => {
      if (visible) terminal.err('\r\u001b[K')
      visible = false
    },
  }
}
