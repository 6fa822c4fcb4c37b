/**
 * The log as a file: lines of JSON, UTF-8, one entry a line.
 *
 *     {"wavetank":"log","format":1,…,"crc":"0c6b1a52"}                                       header
 *     {"seq":0,"at":0,"cause":null,"by":"scenario","kind":"NodeAdded",…,"crc":"5be0ff10"}    entries
 *     {"seq":1,"at":5,"cause":0,"by":"kube-scheduler","kind":"PodBound",…,"crc":"1f2e3d4c"}
 *     {"end":"horizon",…,"entries":2,"at":5,"digest":"sha256:…","crc":"77a01b9e"}            footer
 *
 * 1. `crc` is the CRC-32 of the bytes of its line before `,"crc"`, continued from the `crc` of the line before (from 0
 *    in the header). So a line that is edited, removed, repeated or moved does not fit in the chain.
 * 2. `digest` is the SHA-256 of all bytes before the footer: `head -n -1 FILE | sha256sum` shows the same.
 * 3. Every line ends in one line feed. A file whose last byte is not one is torn, whatever that line says.
 * 4. `seq` counts from 0, `at` never goes back, `cause` is below `seq`.
 *
 * A checksum for each line, besides the digest, because the digest can only say that something is wrong, and a run that
 * was killed has none.
 */

import type * as t from 'io-ts'
import type { Fields, SimEvent } from '../event.ts'

/** The format that is written, and the only one that is read. */
export const LOG_FORMAT = 1

/** Longest line that is written or read, in bytes: a file without line ends must not fill the memory. */
export const LINE_BYTES_MAX = 64 * 1024 * 1024

/** What every log starts with, whatever its format. */
export const LOG_MAGIC = '{"wavetank":"log"'

/** What ends each line, the checksum's eight digits standing between `LINE_TAIL` and `LINE_END`. */
export const LINE_TAIL = ',"crc":"'
export const LINE_END = '"}\n'
/** Bytes from the end of what the checksum covers to the end of the line. */
export const LINE_TAIL_BYTES = LINE_TAIL.length + 8 + LINE_END.length

/** Names that the format itself uses in a header, an entry, and a footer. */
export const HEADER_KEYS: readonly string[] = ['wavetank', 'format', 'crc']
export const ENTRY_KEYS: readonly string[] = ['seq', 'at', 'cause', 'by', 'kind', 'crc']
export const FOOTER_KEYS: readonly string[] = ['entries', 'at', 'digest', 'crc']

/** What the log needs of an event definition. */
export interface LoggedKind {
  readonly kind: string
  readonly fields: Fields
  readonly codec: t.Decoder<unknown, SimEvent> & { readonly is: (event: unknown) => boolean }
}

/** Every kind of event that may occur, by its name. */
export type LogCatalogue = ReadonlyMap<string, LoggedKind>

/** Why the run ended, and whatever else the caller has to say at the end; plain JSON. */
export interface FooterData {
  readonly end: string
  readonly [field: string]: unknown
}

/** Throws if an event has a field that would stand twice in its line. */
export const checkFieldNames = ({ kind, fields }: LoggedKind): void => {
  for (const key of ENTRY_KEYS)
    if (Object.hasOwn(fields, key))
      throw new TypeError(`the event ${kind} cannot have a field "${key}": each log line has one`)
}
