// Hot path. Sixteen bytes a step over one flat table: 0.08 µs for the 130 bytes of a line, where node:zlib's crc32 takes
// 0.22 µs (the call and the subarray cost more than the sum does).
const STEP = 16
const TABLE = new Int32Array(STEP * 256)
for (let byte = 0; byte < 256; byte++) {
  let value = byte
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1
  TABLE[byte] = value
}
for (let index = 256; index < TABLE.length; index++) {
  const before = TABLE[index - 256]!
  TABLE[index] = (before >>> 8) ^ TABLE[before & 255]!
}

/** CRC-32 (IEEE, as in zlib and gzip) of the bytes `[start, end)`, continued from `previous`; a signed 32-bit integer. */
export const crc32 = (view: DataView, start: number, end: number, previous: number): number => {
  let crc = ~previous
  let index = start
  for (const last = end - STEP; index <= last; index += STEP) {
    crc ^= view.getInt32(index, true)
    const second = view.getInt32(index + 4, true)
    const third = view.getInt32(index + 8, true)
    const fourth = view.getInt32(index + 12, true)
    crc =
      TABLE[3840 + (crc & 255)]! ^
      TABLE[3584 + ((crc >>> 8) & 255)]! ^
      TABLE[3328 + ((crc >>> 16) & 255)]! ^
      TABLE[3072 + (crc >>> 24)]! ^
      TABLE[2816 + (second & 255)]! ^
      TABLE[2560 + ((second >>> 8) & 255)]! ^
      TABLE[2304 + ((second >>> 16) & 255)]! ^
      TABLE[2048 + (second >>> 24)]! ^
      TABLE[1792 + (third & 255)]! ^
      TABLE[1536 + ((third >>> 8) & 255)]! ^
      TABLE[1280 + ((third >>> 16) & 255)]! ^
      TABLE[1024 + (third >>> 24)]! ^
      TABLE[768 + (fourth & 255)]! ^
      TABLE[512 + ((fourth >>> 8) & 255)]! ^
      TABLE[256 + ((fourth >>> 16) & 255)]! ^
      TABLE[fourth >>> 24]!
  }
  for (const last = end - 4; index <= last; index += 4) {
    crc ^= view.getInt32(index, true)
    crc =
      TABLE[768 + (crc & 255)]! ^
      TABLE[512 + ((crc >>> 8) & 255)]! ^
      TABLE[256 + ((crc >>> 16) & 255)]! ^
      TABLE[crc >>> 24]!
  }
  for (; index < end; index++) crc = TABLE[(crc ^ view.getUint8(index)) & 255]! ^ (crc >>> 8)
  return ~crc
}

const DIGITS = new Uint8Array([...'0123456789abcdef'].map((digit) => digit.charCodeAt(0)))
const VALUES = new Int8Array(256).fill(-1)
DIGITS.forEach((digit, value) => {
  VALUES[digit] = value
})

/** Writes `crc` as eight lower-case hexadecimal digits at `offset`. */
export const writeHex = (bytes: Uint8Array, offset: number, crc: number): void => {
  for (let digit = 0; digit < 8; digit++) bytes[offset + digit] = DIGITS[(crc >>> (28 - 4 * digit)) & 15]!
}

/** Whether the eight bytes at `offset` are lower-case hexadecimal digits. */
export const isHex = (bytes: Uint8Array, offset: number): boolean => {
  for (let digit = 0; digit < 8; digit++) if (VALUES[bytes[offset + digit]!]! < 0) return false
  return true
}

/** Whether the eight bytes at `offset` are `crc` as `writeHex` writes it; upper case is not. */
export const hexIs = (bytes: Uint8Array, offset: number, crc: number): boolean => {
  let value = 0
  let wrong = 0
  for (let digit = 0; digit < 8; digit++) {
    const nibble = VALUES[bytes[offset + digit]!]!
    wrong |= nibble
    value = (value << 4) | nibble
  }
  return wrong >= 0 && value === crc
}
