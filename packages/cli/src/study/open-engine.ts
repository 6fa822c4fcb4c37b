import { availableParallelism } from 'node:os'
import { createLocalEngine, createPoolEngine, type Engine } from '@wavetank/study'
import { BUILD } from '../build.ts'

/**
 * What makes the runs of a command: threads, which read the bundle. From its source, as in tests, wavetank has only the one
 * that it runs in.
 *
 * @param workers one for each core by default
 */
export const openEngine = async (workers: number = availableParallelism()): Promise<Engine> =>
  workers === 1 || BUILD === 'source'
    ? createLocalEngine()
    : createPoolEngine({ module: import.meta.url, name: 'studyWorker', workers })
