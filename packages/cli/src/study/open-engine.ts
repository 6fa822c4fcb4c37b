import { availableParallelism } from 'node:os'
import { createLocalEngine, createPoolEngine, createQueueEngine, type Engine, isEngineFailure } from '@wavetank/study'
import { BUILD } from '../build.ts'
import type { Terminal } from '../terminal.ts'

export interface EngineOptions {
  /** Threads; one for each core by default. */
  readonly workers?: number
  /** Instead of threads of this process: workers that wait at this Redis. */
  readonly redis?: string
}

const open = async ({ workers, redis }: EngineOptions, onNotice: (text: string) => void): Promise<Engine> => {
  if (redis !== undefined) return createQueueEngine({ url: redis, build: BUILD, onNotice })
  const threads = workers ?? availableParallelism()
  // Threads read the bundle. From its source, as in tests, wavetank has only the one that it runs in.
  return threads === 1 || BUILD === 'source'
    ? createLocalEngine()
    : createPoolEngine({ module: import.meta.url, name: 'studyWorker', workers: threads })
}

/**
 * What makes the runs of a command; nothing if there is none, which the terminal has been told then.
 *
 * @param clear takes away a line of progress before something is said
 */
export const openEngine = async (
  terminal: Terminal,
  options: EngineOptions,
  clear: () => void,
): Promise<Engine | undefined> => {
  if (options.redis !== undefined && options.workers !== undefined) {
    terminal.err(
      'error: --workers are threads of this process, and with --redis it makes no runs\n    wavetank worker --redis URL --workers N, on whatever machines are to help\n',
    )
    return undefined
  }
  try {
    return await open(options, (text) => {
      clear()
      terminal.err(`${text}\n`)
    })
  } catch (error) {
    if (!isEngineFailure(error)) throw error
    terminal.err(`error: ${error.engineFailure}\n${error.hint === undefined ? '' : `    ${error.hint}\n`}`)
    return undefined
  }
}
