import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkpointsPath, createFileSink } from '@wavetank/kernel'
import { isLeft } from 'fp-ts/lib/Either.js'
import { createCheckpoints, createSimulation, viewAt } from 'wavetank'
import { type Bench, type Measurement, timed } from './bench.ts'
import { churn } from './engine.ts'

/** The state of the cluster at any instant of a long log, from the checkpoints beside it. */

const BUILD = 'bench'
const LOOKS = 20

const megabytes = (path: string): number => Math.round((statSync(path, { throwIfNoEntry: false })?.size ?? 0) / 1e6)

const measure = (pods: number, minutes: number, entriesBetween?: number): readonly Measurement[] => {
  const folder = mkdtempSync(join(tmpdir(), 'wavetank-bench-'))
  const path = join(folder, 'churn.ndjson')
  try {
    const sink = createFileSink(path)
    if (isLeft(sink)) throw new Error(sink.left.message)
    const simulation = createSimulation(churn(pods, minutes), { sink: sink.right })
    const checkpoints = createCheckpoints(path, BUILD, entriesBetween === undefined ? {} : { entries: entriesBetween })
    let keeping = 0
    const running = timed(() => {
      for (;;) {
        const result = simulation.advance(20_000)
        if (result !== undefined) return result
        keeping += timed(() => checkpoints.consider(simulation)).seconds
      }
    })
    checkpoints.close()
    const { end } = running.result
    const looks = Array.from({ length: LOOKS }, (_, i) => {
      const look = timed(() => viewAt(path, BUILD, Math.round((end.at * (i + 0.99)) / LOOKS)))
      if (isLeft(look.result)) throw new Error(look.result.left.message)
      return look.seconds
    }).sort((a, b) => a - b)
    const name = `${pods} pods, ${minutes} simulated minutes`
    return [
      {
        case: `${name}: the run with checkpoints`,
        work: `${end.entries} entries, ${megabytes(path)} MB of log, ${megabytes(checkpointsPath(path))} MB of checkpoints`,
        rate: `${running.seconds.toFixed(2)} s, of which checkpoints ${keeping.toFixed(2)} s`,
      },
      {
        case: `${name}: the state at ${LOOKS} instants all over it`,
        work: `${end.entries} entries`,
        rate: `median ${looks[LOOKS / 2]!.toFixed(3)} s, slowest ${looks[LOOKS - 1]!.toFixed(3)} s`,
      },
    ]
  } finally {
    rmSync(folder, { recursive: true })
  }
}

export const stateBench: Bench = {
  name: 'state',
  doc: 'The state at any instant of a log of ten million entries; only when named, for the run takes a minute.',
  onlyByName: true,
  run: (scale) => (scale === 'small' ? measure(100, 8, 1_000) : measure(1_000, 5_200)),
}
