/** Fixed text of a line, cut into words of four bytes so that it is written and recognised four bytes at a time. */
export interface Literal {
  readonly length: number
  readonly words: Int32Array
  /** The bytes of the last word that count. */
  readonly lastMask: number
}

/** How far `putLiteral`, `isLiteral` and `crc32` may look, or write rubbish, behind what they are asked about. */
export const SLACK_BYTES = 16

export const literal = (text: string): Literal => {
  const bytes = Buffer.from(text)
  const padded = Buffer.alloc(4 * Math.ceil(bytes.length / 4))
  bytes.copy(padded)
  const rest = bytes.length % 4
  return {
    length: bytes.length,
    words: Int32Array.from({ length: padded.length / 4 }, (_, index) => padded.readInt32LE(4 * index)),
    lastMask: rest === 0 ? -1 : (1 << (8 * rest)) - 1,
  }
}

/** Writes `text` at `offset` and returns where it ends; up to three bytes behind that are overwritten as well. */
export const putLiteral = (view: DataView, offset: number, text: Literal): number => {
  const { words } = text
  for (let index = 0; index < words.length; index++) view.setInt32(offset + 4 * index, words[index]!, true)
  return offset + text.length
}

/** Whether `text` stands at `offset`. */
export const isLiteral = (view: DataView, offset: number, text: Literal): boolean => {
  const { words } = text
  const last = words.length - 1
  for (let index = 0; index < last; index++) if (view.getInt32(offset + 4 * index, true) !== words[index]) return false
  return ((view.getInt32(offset + 4 * last, true) ^ words[last]!) & text.lastMask) === 0
}

/** A buffer with `SLACK_BYTES` behind its `capacity`, and a view of it. */
export interface Chunk {
  readonly bytes: Buffer
  readonly view: DataView
  readonly capacity: number
}

export const createChunk = (capacity: number): Chunk => {
  const bytes = Buffer.from(new ArrayBuffer(capacity + SLACK_BYTES))
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length), capacity }
}
