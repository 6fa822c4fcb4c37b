import { createLocalEngine, type Engine } from '@wavetank/study'

/** What makes the runs of a command. */
export const openEngine = async (): Promise<Engine> => createLocalEngine()
