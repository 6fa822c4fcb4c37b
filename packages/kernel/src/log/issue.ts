/** Something wrong with a log file, as data, in the shape of every other issue, with the place already known. */
export interface LogIssue {
  /** One of `LOG_ISSUES`. */
  readonly code: LogIssueCode
  /** A torn log is a warning, since all that it holds can be used. */
  readonly severity: 'error' | 'warning'
  /** Always empty: a log has lines rather than paths. */
  readonly path: readonly (string | number)[]
  /** One sentence. */
  readonly message: string
  /** What to do about it. */
  readonly hint: string
  /** Counted from 1, the header being line 1. */
  readonly line?: number
  /** Counted from 1, in UTF-16 units; only where the place within the line is known. */
  readonly column?: number
}

/** What each code means, for `wavetank explain`. */
export const LOG_ISSUES = {
  WT300: {
    title: 'not a wavetank log',
    doc: 'A log starts with the bytes {"wavetank":"log". The file is empty, compressed, or something else.',
  },
  WT301: {
    title: 'a log from another version',
    doc: 'The header names a format of the log that this version cannot read. Nothing is read, rather than misread. Use the version of wavetank that wrote it, or run the scenario again: the same scenario and seed give the same run.',
  },
  WT302: {
    title: 'the header is damaged',
    doc: 'The first line ends early or does not match its checksum. Without the header nothing in the log can be trusted, so nothing is recovered.',
  },
  WT303: {
    title: 'the header is not understood',
    doc: 'The first line is intact, but what it says is not what this version expects of a header.',
  },
  WT304: {
    title: 'the log ends inside a line',
    doc: 'The run was killed, or the disk was full, while this line was being written, or the file was cut. Every line before it is whole and checked.',
  },
  WT305: {
    title: 'the log has no footer',
    doc: 'The last line is whole, but it is not the footer that a finished run writes: the run was killed, or lines were cut from the end. Every line is checked; what the run did afterwards is not known.',
  },
  WT306: {
    title: 'a line was edited',
    doc: 'The checksum at the end of the line is not the one of its bytes. Reading stops there; the lines before it are intact.',
  },
  WT307: {
    title: 'lines are missing, repeated or out of order',
    doc: 'Every checksum continues the one of the line before, sequence numbers count up by one, time never goes back, and a cause comes before its effect. This line breaks that; the lines before it are intact.',
  },
  WT308: {
    title: 'not a line of a log',
    doc: 'The line is not a JSON object that ends in a checksum. Often the file went through an editor or a tool that changed line ends or encoding.',
  },
  WT309: {
    title: 'an unknown kind of event',
    doc: 'The line is intact, but this version has no event of that kind: the log was written with a controller that is not registered here.',
  },
  WT310: {
    title: 'an event with other fields',
    doc: 'The line is intact, but the fields are not those that this version defines for the kind.',
  },
  WT311: {
    title: 'the footer disagrees with the log',
    doc: 'The last line counts other entries, or has another digest, than the lines before it: the log was edited, checksums and all.',
  },
  WT312: {
    title: 'something follows the footer',
    doc: 'The footer is the last line. Something was appended to the file, perhaps another log.',
  },
  WT313: {
    title: 'a line is too long',
    doc: 'No line of a log is longer than 64 MiB.',
  },
  WT314: { title: 'the log cannot be read', doc: 'The operating system refused to open or to read the file.' },
  WT315: {
    title: 'the log cannot be written',
    doc: 'The operating system refused to create the file or to take more bytes: often the disk is full, or whatever read from the pipe has ended. The file is readable up to its last whole line.',
  },
} as const satisfies Record<string, { readonly title: string; readonly doc: string }>

export type LogIssueCode = keyof typeof LOG_ISSUES
