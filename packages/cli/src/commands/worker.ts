import { availableParallelism } from 'node:os'
import { createPoolEngine, createQueueWorker, isEngineFailure, type QueueWorker, shownUrl } from '@wavetank/study'
import { BUILD } from '../build.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import type { Terminal } from '../terminal.ts'

export interface WorkerOptions {
  readonly redis: string
  readonly workers?: number
  /** Milliseconds. */
  readonly lease: number
  readonly quiet?: boolean
}

/** Makes runs of studies that wait at a Redis, until it is told to end. */
export const worker = async (terminal: Terminal, options: WorkerOptions): Promise<ExitCode> => {
  const { redis: url, workers: threads = availableParallelism(), lease, quiet = false } = options
  let runs = 0
  let queue: QueueWorker
  try {
    queue = await createQueueWorker({
      url,
      build: BUILD,
      threads,
      lease,
      // Threads read the bundle.
      openEngine: () => createPoolEngine({ module: import.meta.url, name: 'studyWorker', workers: threads }),
      onNotice: (text) => terminal.err(`${text}\n`),
      onRun: (made) => {
        runs = made
      },
    })
  } catch (error) {
    if (!isEngineFailure(error)) throw error
    terminal.err(`error: ${error.engineFailure}\n${error.hint === undefined ? '' : `    ${error.hint}\n`}`)
    return EXIT.wrongInput
  }
  if (!quiet) terminal.out(`build ${BUILD}: waiting at ${shownUrl(url)} for runs, ${threads} at a time\n`)
  await toldToEnd()
  if (!quiet) terminal.err('finishing what is under way; again to leave it to other workers\n')
  const second = toldToEnd().then(() => queue.drop())
  await Promise.race([queue.finish(), second])
  if (!quiet) terminal.out(`${runs} runs made\n`)
  return EXIT.fine
}

const toldToEnd = (): Promise<void> =>
  new Promise((resolve) => {
    const end = (): void => {
      process.off('SIGINT', end)
      process.off('SIGTERM', end)
      resolve()
    }
    process.on('SIGINT', end)
    process.on('SIGTERM', end)
  })
