import * as zlib from 'node:zlib'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { crc32, hexIs, isHex, writeHex } from './crc.ts'

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.length)

it('gives the check value of the standard', () => {
  expect(crc32(viewOf(Buffer.from('123456789')), 0, 9, 0) >>> 0).toBe(0xcbf43926)
})

it('agrees with zlib on any part of any bytes, continued from anything', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 1, maxLength: 100 }),
      fc.nat(100),
      fc.nat(100),
      fc.integer(),
      (bytes, from, to, previous) => {
        // A part that is empty is left out: zlib takes it for a wish to start again.
        const start = Math.min(from, to, bytes.length - 1)
        const end = Math.max(start + 1, Math.min(Math.max(from, to), bytes.length))
        expect(crc32(viewOf(bytes), start, end, previous) >>> 0).toBe(
          zlib.crc32(bytes.subarray(start, end), previous >>> 0),
        )
      },
    ),
  )
})

it('recognises just the eight digits that it writes', () => {
  fc.assert(
    fc.property(fc.integer(), fc.nat(7), fc.nat(255), (crc, place, byte) => {
      const bytes = new Uint8Array(8)
      writeHex(bytes, 0, crc)
      expect(Buffer.from(bytes).toString('latin1')).toBe((crc >>> 0).toString(16).padStart(8, '0'))
      expect(isHex(bytes, 0)).toBe(true)
      expect(hexIs(bytes, 0, crc)).toBe(true)
      const same = bytes[place] === byte
      bytes[place] = byte
      expect(hexIs(bytes, 0, crc)).toBe(same)
    }),
  )
})
