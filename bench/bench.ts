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
  readonly run: (scale: Scale) => readonly Measurement[] | Promise<readonly Measurement[]>
}

export interface Timed<A> {
  readonly result: A
  readonly seconds: number
  /** Of all threads, the collector's too; what a busy machine does not change much. */
  readonly cpuSeconds: number
}

export const timed = <A>(work: () => A): Timed<A> => {
  const begun = process.hrtime.bigint()
  const before = process.cpuUsage()
  const result = work()
  const { user, system } = process.cpuUsage(before)
  return { result, seconds: Number(process.hrtime.bigint() - begun) / 1e9, cpuSeconds: (user + system) / 1e6 }
}

/** The same of work that is done elsewhere, in other threads of this process. */
export const timedAsync = async <A>(work: () => Promise<A>): Promise<Timed<A>> => {
  const begun = process.hrtime.bigint()
  const before = process.cpuUsage()
  const result = await work()
  const { user, system } = process.cpuUsage(before)
  return { result, seconds: Number(process.hrtime.bigint() - begun) / 1e9, cpuSeconds: (user + system) / 1e6 }
}

/** `12.34 s (11.98 s of cpu)` */
export const formatTimed = ({ seconds, cpuSeconds }: Timed<unknown>): string =>
  `${seconds.toFixed(2)} s (${cpuSeconds.toFixed(2)} s of cpu)`

/** The most memory that the process ever held, in MiB. */
export const peakMebibytes = (): number => Math.round(process.resourceUsage().maxRSS / 1024)
