/** Where a command talks: the process's own streams, or memory in tests. */
export interface Terminal {
  readonly out: (text: string) => void
  readonly err: (text: string) => void
  /** Whether a person watches stderr, so that progress makes sense. */
  readonly isInteractive: boolean
  /** Whether nobody reads standard output any more; absent where that cannot be. */
  readonly isClosed?: () => boolean
}

/** A reader that goes away (`| head`) ends the output, not the program with a stack trace. */
const ignoreBrokenPipe = (stream: NodeJS.WriteStream, broken: () => void): void => {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    broken()
  })
}

export const processTerminal = (): Terminal => {
  let closed = false
  ignoreBrokenPipe(process.stdout, () => {
    closed = true
  })
  ignoreBrokenPipe(process.stderr, () => {})
  return {
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    isInteractive: process.stderr.isTTY === true && process.env.CI === undefined,
    isClosed: () => closed,
  }
}
