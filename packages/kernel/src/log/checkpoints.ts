import { closeSync, openSync, unlinkSync, writeSync } from 'node:fs'
import { isLeft } from 'fp-ts/lib/Either.js'
import { crc32 } from './crc.ts'
import { LINE_END } from './format.ts'
import { type LogFile, openLogFile } from './seek.ts'

/**
 * Checkpoints: states of a run, in a file beside its log, so that a state late in a long log is read from the one before
 * it and the entries in between.
 *
 *     {"wavetank":"checkpoints","format":1,"build":"…"}
 *     {"seq":100000,"at":30125,"offset":21200417,"crc":"1f2e3d4c","bytes":51234,"sum":"77a01b9e"}   and 51,234 bytes
 *     {"seq":200000,…
 *
 * 1. They are a cache: a log without them says the same. Nothing fails because a checkpoint is missing, torn or wrong.
 * 2. A checkpoint names its place in the log with the checksum of the line before, which continues those of all lines
 *    before it: it can only be used with the log that it was taken from.
 * 3. `build` is whatever wrote it. What a state looks like is nobody else's business, so no other build reads it.
 */

/** The place between two entries of a log. */
export interface LogPlace {
  /** Entries before it. */
  readonly seq: number
  /** The `at` of the entry before it. */
  readonly at: number
  /** Bytes before it. */
  readonly offset: number
  /** The checksum of the line before it. */
  readonly crc: number
}

export interface Checkpoint {
  readonly place: LogPlace
  readonly state: Uint8Array
}

/** Where the checkpoints of a log are. */
export const checkpointsPath = (log: string): string => `${log}.checkpoints`

const MAGIC = '{"wavetank":"checkpoints"'
const FORMAT = 1
const LINE_FEED = 10
/** More than the line before a state can take. */
const HEAD_BYTES = 256
/** `1f2e3d4c"}` and the line feed. */
const CHECKSUM_BYTES = 8 + LINE_END.length

const hexOf = (crc: number): string => (crc >>> 0).toString(16).padStart(8, '0')
const sumOf = (bytes: Uint8Array): string =>
  hexOf(crc32(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), 0, bytes.byteLength, 0))

const magicOf = (build: string): string => `${MAGIC},"format":${FORMAT},"build":${JSON.stringify(build)}}\n`

/** Writes checkpoints one behind the other. What cannot be written is left out: the log does not depend on it. */
export interface CheckpointWriter {
  readonly add: (checkpoint: Checkpoint) => void
  readonly close: () => void
}

/**
 * Takes the place of the checkpoints of an earlier run at once; makes a file with the first checkpoint.
 *
 * @param build what writes them, told from every other version by its name
 */
export const createCheckpointWriter = (path: string, build: string): CheckpointWriter => {
  let file: number | undefined
  let broken = false

  const discard = (): void => {
    try {
      unlinkSync(path)
    } catch {
      // There was none.
    }
  }

  const write = (bytes: Uint8Array): void => {
    if (file === undefined) throw new Error('the file is not open')
    for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written)
  }

  const close = (): void => {
    if (file !== undefined) closeSync(file)
    file = undefined
  }

  discard()
  return {
    add: ({ place: { seq, at, offset, crc }, state }) => {
      if (broken) return
      try {
        if (file === undefined) {
          file = openSync(path, 'w')
          write(Buffer.from(magicOf(build)))
        }
        const head = { seq, at, offset, crc: hexOf(crc), bytes: state.byteLength, sum: sumOf(state) }
        write(Buffer.from(`${JSON.stringify(head)}\n`))
        write(state)
        write(Buffer.from('\n'))
      } catch {
        // A full disk: room for the log is worth more.
        broken = true
        close()
        discard()
      }
    },
    close,
  }
}

interface Head extends LogPlace {
  readonly bytes: number
  readonly sum: string
  /** Where the state begins. */
  readonly stateAt: number
}

const lineAt = (file: LogFile, offset: number, bytesMax: number): string | undefined => {
  const bytes = Buffer.alloc(bytesMax)
  const read = file.readAt(bytes, offset)
  const end = bytes.subarray(0, read).indexOf(LINE_FEED)
  return end < 0 ? undefined : bytes.toString('utf8', 0, end + 1)
}

const HEAD = /^\{"seq":(\d+),"at":(\d+),"offset":(\d+),"crc":"([0-9a-f]{8})","bytes":(\d+),"sum":"([0-9a-f]{8})"\}\n$/

/** The checkpoints of a file in order, as far as they are whole. */
function* headsIn(file: LogFile, build: string): Generator<Head> {
  const magic = magicOf(build)
  if (lineAt(file, 0, magic.length) !== magic) return
  for (let offset = magic.length; ; ) {
    const line = lineAt(file, offset, HEAD_BYTES)
    const found = line === undefined ? null : HEAD.exec(line)
    if (line === undefined || found === null) return
    const [, seq, at, place, crc, bytes, sum] = found
    const stateAt = offset + line.length
    offset = stateAt + Number(bytes) + 1
    if (offset > file.size) return
    yield {
      seq: Number(seq),
      at: Number(at),
      offset: Number(place),
      crc: Number.parseInt(crc!, 16) | 0,
      bytes: Number(bytes),
      sum: sum!,
      stateAt,
    }
  }
}

/** Whether the line before the place has the checksum that the checkpoint says. */
const isOf = (log: LogFile, { offset, crc }: LogPlace): boolean => {
  const end = Buffer.alloc(CHECKSUM_BYTES)
  if (offset < CHECKSUM_BYTES || log.readAt(end, offset - CHECKSUM_BYTES) < CHECKSUM_BYTES) return false
  return end.toString('latin1') === `${hexOf(crc)}${LINE_END}`
}

const readState = (file: LogFile, { stateAt, bytes, sum }: Head): Uint8Array | undefined => {
  const state = Buffer.alloc(bytes)
  return file.readAt(state, stateAt) === bytes && sumOf(state) === sum ? state : undefined
}

const withFile = <A>(path: string, use: (file: LogFile) => A): A | undefined => {
  const opened = openLogFile(path)
  if (isLeft(opened)) return undefined
  try {
    return use(opened.right)
  } catch {
    return undefined
  } finally {
    opened.right.close()
  }
}

/** The last checkpoint of a log that is not beyond what is asked for, if there is one that can be trusted. */
export const findCheckpoint = (
  log: string,
  build: string,
  isBefore: (place: LogPlace) => boolean,
): Checkpoint | undefined =>
  withFile(checkpointsPath(log), (file) =>
    withFile(log, (lines) => {
      const usable: Head[] = []
      for (const head of headsIn(file, build)) {
        if (!isBefore(head)) break
        usable.push(head)
      }
      for (const head of usable.reverse()) {
        if (!isOf(lines, head)) continue
        const state = readState(file, head)
        const { seq, at, offset, crc } = head
        if (state !== undefined) return { place: { seq, at, offset, crc }, state }
      }
      return undefined
    }),
  )
