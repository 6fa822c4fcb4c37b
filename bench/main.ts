import { type Bench, peakMebibytes, type Scale } from './bench.ts'
import { calendarBench } from './calendar.ts'
import { dayBench } from './day.ts'
import { deploymentsBench } from './deployments.ts'
import { engineBench, longBench, millionBench } from './engine.ts'
import { forksBench } from './forks.ts'
import { logBench } from './log.ts'
import { readyBench, readyHugeBench, readyWishesBench } from './ready.ts'
import { reportBench } from './report.ts'
import { kubesbsBench, kubesbsTruthBench, schedulingBench } from './scheduling.ts'
import { stateBench } from './state.ts'
import { studyBench } from './study.ts'

/** Every benchmark; one more is a file and a line here. */
export const benches: readonly Bench[] = [
  calendarBench,
  logBench,
  engineBench,
  longBench,
  millionBench,
  stateBench,
  forksBench,
  dayBench,
  deploymentsBench,
  kubesbsBench,
  kubesbsTruthBench,
  schedulingBench,
  readyBench,
  readyWishesBench,
  readyHugeBench,
  reportBench,
  studyBench,
]

const USAGE = `usage: pnpm bench [NAME …] [--small]
${benches.map(({ name, doc }) => `  ${name.padEnd(15)} ${doc}`).join('\n')}
`

export const main = async (args: readonly string[]): Promise<number> => {
  const scale: Scale = args.includes('--small') ? 'small' : 'large'
  const names = args.filter((arg) => !arg.startsWith('--'))
  const unknown = names.filter((name) => !benches.some((bench) => bench.name === name))
  if (unknown.length > 0 || args.includes('--help')) {
    process.stderr.write(USAGE)
    return unknown.length > 0 ? 2 : 0
  }
  for (const bench of benches) {
    if (names.length === 0 ? bench.onlyByName : !names.includes(bench.name)) continue
    for (const { case: name, work, rate } of await bench.run(scale)) {
      process.stdout.write(`${bench.name}: ${name}\n    ${work}\n    ${rate}\n`)
    }
    process.stdout.write(`${bench.name}: peak memory ${peakMebibytes()} MiB\n`)
  }
  return 0
}

export { studyWorker } from './study.ts'
