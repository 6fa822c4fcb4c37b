import { createLocalEngine, createPoolEngine, type Engine } from '@wavetank/study'
import { BUILD } from '../build.ts'

/** What makes the runs of a command, in so many threads. */
export const openEngine = async (workers: number): Promise<Engine> =>
  // Threads read the bundle; from its source, as in tests, wavetank has only this one.
  workers === 1 || BUILD === 'source'
    ? createLocalEngine()
    : createPoolEngine({ module: import.meta.url, name: 'studyWorker', workers })
