import { deserialize, serialize } from 'node:v8'
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { type ClusterTables, type ClusterView, createClusterStore } from '@wavetank/cluster'
import { checkpointsPath, createCheckpointWriter, findCheckpoint, type LogPlace, type Model } from '@wavetank/kernel'
import type { Simulation } from './simulation.ts'

/**
 * States of the cluster beside the log of a long run: `get --at` reads the last one before its instant, and the entries
 * from there. See kernel/src/log/checkpoints.ts for the file.
 */

export interface CheckpointOptions {
  /** Entries between two checkpoints, at least. */
  readonly entries?: number
  /** Bytes of log between two checkpoints for each byte of state, at least: it bounds what they cost. */
  readonly bytesPerByte?: number
  /** States that are larger than this are not kept: they would be felt in the memory of the run. */
  readonly stateBytesMax?: number
}

/** A hundred thousand entries are read in a quarter of a second. */
const ENTRIES = 100_000
const BYTES_PER_BYTE = 4
const STATE_BYTES_MAX = 64 * 1024 * 1024
/** Fast rather than small: states repeat themselves so much that both come to nearly the same. */
const LEVEL = 1

export interface Checkpoints {
  /** Keeps the state of a run as it is now, if it is time for that. */
  readonly consider: (simulation: Pick<Simulation, 'view' | 'place'>) => void
  readonly close: () => void
}

/**
 * Keeps checkpoints of a run beside its log.
 *
 * @param build what runs; checkpoints of another build are not read
 */
export const createCheckpoints = (log: string, build: string, options: CheckpointOptions = {}): Checkpoints => {
  const { entries = ENTRIES, bytesPerByte = BYTES_PER_BYTE, stateBytesMax = STATE_BYTES_MAX } = options
  const writer = createCheckpointWriter(checkpointsPath(log), build)
  let last: LogPlace = { seq: 0, at: 0, offset: 0, crc: 0 }
  let stateBytes = 0
  let pods = 1

  return {
    consider: ({ view, place }) => {
      const here = place()
      if (here.seq - last.seq < entries) return
      const expected = stateBytes * Math.max(1, view.pods.size / pods)
      if (expected > stateBytesMax || here.offset - last.offset < expected * bytesPerByte) return
      const state = serialize(view)
      last = here
      stateBytes = state.byteLength
      pods = Math.max(1, view.pods.size)
      if (stateBytes <= stateBytesMax) writer.add({ place: here, state: deflateRawSync(state, { level: LEVEL }) })
    },
    close: writer.close,
  }
}

/** The cluster at a place in its log. */
export interface KeptState {
  readonly place: LogPlace
  readonly model: Model<ClusterView>
}

/** The last state of the cluster that was kept, not later than `until`; undefined if there is none. */
export const keptState = (log: string, build: string, until: number): KeptState | undefined => {
  const checkpoint = findCheckpoint(log, build, ({ at }) => at <= until)
  if (checkpoint === undefined) return undefined
  try {
    const tables = deserialize(inflateRawSync(checkpoint.state)) as ClusterTables
    return { place: checkpoint.place, model: createClusterStore(tables) }
  } catch {
    // Written by another version of Node.
    return undefined
  }
}
