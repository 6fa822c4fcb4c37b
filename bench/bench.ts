export type Scale = 'small' | 'large'

/** One line of a benchmark: the work done stands beside the time, since faster that did less is a failure. */
export interface Measurement {
  readonly case: string
  readonly work: string
  readonly rate: string
}

export interface Bench {
  readonly name: string
  readonly doc: string
  /** Left out where all are asked for. */
  readonly onlyByName?: true
  /** `small` runs within the tests, so that benchmarks cannot rot; `large` on request. */
  readonly run: (scale: Scale) => readonly Measurement[]
}

export const timed = <A>(work: () => A): { readonly result: A; readonly seconds: number } => {
  const begun = process.hrtime.bigint()
  const result = work()
  return { result, seconds: Number(process.hrtime.bigint() - begun) / 1e9 }
}

/** The most memory that the process ever held, in MiB. */
export const peakMebibytes = (): number => Math.round(process.resourceUsage().maxRSS / 1024)
