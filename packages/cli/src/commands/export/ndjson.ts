import { formatNdjson, isMeant } from '@wavetank/export'
import { catalogue } from 'wavetank'
import { aboutOf } from '../../about.ts'
import { EXIT, type ExitCode } from '../../exit-code.ts'
import { type ExportOptions, exportLog } from '../../export-run.ts'
import { createOutput } from '../../output.ts'
import type { Terminal } from '../../terminal.ts'

export interface NdjsonOptions extends ExportOptions {
  readonly kind?: string
  readonly for?: string
  readonly namespace?: string
  readonly from?: number
  readonly at?: number
}

/** The entries of a log as plain lines of JSON, without header, footer and checksums. */
export const exportNdjson = async (terminal: Terminal, options: NdjsonOptions): Promise<ExitCode> => {
  const about = options.for === undefined ? undefined : aboutOf(options.for)
  if (options.for !== undefined && about === undefined) {
    terminal.err(`error: --for takes an object like pod/web-x2k4q, found "${options.for}"\n`)
    return EXIT.wrongInput
  }
  const kinds = options.kind?.split(',').map((kind) => kind.trim())
  const unknown = kinds?.find((kind) => !catalogue.has(kind))
  if (unknown !== undefined) {
    terminal.err(
      `error: there is no kind of event "${unknown}"\n    docs/reference/events.md has them all, like PodBound\n`,
    )
    return EXIT.wrongInput
  }
  const filter = {
    kinds: kinds === undefined ? undefined : new Set(kinds),
    from: options.from,
    about: about === undefined ? undefined : { ...about, namespace: options.namespace },
  }
  return exportLog(terminal, { ...options, until: options.at, stateless: true }, () => {
    const output = createOutput(terminal, options.output)
    return {
      apply: (entry) => {
        if (isMeant(entry, filter)) output.write(formatNdjson(entry))
      },
      finish: output.finish,
      abandon: output.abandon,
    }
  })
}
