import { createDraw } from '@wavetank/kernel'

const TWO_POW_53 = 9007199254740992

/** The seed of a replication: the same at every point, whoever asks and in whatever order. */
export const seedsOf = (study: number): ((replication: number) => number) => {
  const draw = createDraw(study)
  return (replication) => Math.floor(draw('replication', String(replication)) * TWO_POW_53)
}
