import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  createFileSink,
  createFileSource,
  createLogWriter,
  createNullSink,
  defineEvent,
  type Entry,
  id,
  type LogCatalogue,
  type LoggedKind,
  type LogSink,
  Millis,
  optional,
  readLog,
} from '@wavetank/kernel'
import * as E from 'fp-ts/Either'
import * as t from 'io-ts'
import { type Bench, type Measurement, timed } from './bench.ts'

const PodKey = id('PodKey')
const NodeName = id('NodeName')
const PodBound = defineEvent('PodBound', {
  doc: 'The scheduler assigned the pod to a node.',
  data: { pod: PodKey, node: NodeName },
})
const ContainerStarted = defineEvent('ContainerStarted', {
  doc: 'A container of the pod runs.',
  data: { pod: PodKey, container: id('ContainerName'), attempt: t.number },
})
const PodStatusReported = defineEvent('PodStatusReported', {
  doc: 'The kubelet told the API server how the pod is.',
  data: { pod: PodKey, phase: t.union([t.literal('Running'), t.literal('Pending')]), ready: t.boolean },
})
const LeaseRenewed = defineEvent('LeaseRenewed', {
  doc: 'The kubelet renewed its lease.',
  data: { node: NodeName, until: optional(Millis) },
})
const catalogue: LogCatalogue = new Map<string, LoggedKind>(
  [PodBound, ContainerStarted, PodStatusReported, LeaseRenewed].map((definition) => [definition.kind, definition]),
)

const PODS = 10_000
const names = (count: number, name: (index: number) => string): readonly string[] =>
  Array.from({ length: count }, (_, index) => name(index))
const pods = names(
  PODS,
  (index) => `shop/cart-${(index * 7919 + 40_000).toString(36)}-${(index + 46_656).toString(36)}`,
)
const nodes = names(100, (index) => `node-${index}`)

/** Entries such as a churn of 10,000 pods on 100 nodes leaves. */
const entryAt = (seq: number): Entry => {
  const pod = pods[(seq >> 2) % PODS]!
  const at = 1_000 + (seq >> 3)
  const cause = seq === 0 ? null : seq - 1
  switch (seq & 3) {
    case 0:
      return { seq, at, cause, by: 'kube-scheduler', event: PodBound({ pod, node: nodes[seq % 100]! }) }
    case 1:
      return { seq, at, cause, by: 'kubelet', event: ContainerStarted({ pod, container: 'main', attempt: seq % 3 }) }
    case 2:
      return { seq, at, cause, by: 'kubelet', event: PodStatusReported({ pod, phase: 'Running', ready: true }) }
    default:
      return {
        seq,
        at,
        cause,
        by: 'kubelet',
        event: LeaseRenewed({ node: nodes[seq % 100]!, until: (at + 40_000) as Millis }),
      }
  }
}

const orThrow = <L, R>(either: E.Either<L, R>): R => {
  if (E.isLeft(either)) throw new Error(JSON.stringify(either.left))
  return either.right
}

const rateOf = (entries: number, seconds: number): string =>
  `${(entries / seconds / 1e6).toFixed(2)} M entries/s, ${((seconds / entries) * 1e9).toFixed(0)} ns each`

const measure = (entries: number): readonly Measurement[] => {
  const folder = mkdtempSync(join(tmpdir(), 'wavetank-bench-'))
  const path = join(folder, 'log.ndjson')
  const write = (sink: LogSink): string => {
    const writer = createLogWriter({ catalogue, header: { kubernetes: '1.34', seed: 1 }, sink })
    for (let seq = 0; seq < entries; seq++) writer.append(entryAt(seq))
    return writer.finish({ end: 'horizon' })
  }
  const readBack = (): { readonly read: number; readonly digest: string } => {
    const options = { catalogue, header: t.UnknownRecord, footer: t.type({ end: t.string }) }
    const log = orThrow(readLog(orThrow(createFileSource(path)), options))
    let read = 0
    for (const batch of log.batches) read += batch.length
    const end = log.end()
    return { read, digest: end.state === 'complete' ? end.digest : end.state }
  }
  try {
    const made = timed(() => {
      let sum = 0
      for (let seq = 0; seq < entries; seq++) sum += entryAt(seq).at
      return sum
    })
    const nowhere = timed(() => write(createNullSink()))
    const file = timed(() => write(orThrow(createFileSink(path))))
    const back = timed(readBack)
    const digest = nowhere.result
    if (digest !== file.result || digest !== back.result.digest || back.result.read !== entries || made.result === 0)
      throw new Error(`what was read is not what was written: ${back.result.read} entries, ${back.result.digest}`)
    const work = `${entries} entries, ${(statSync(path).size / entries).toFixed(1)} bytes each, ${digest}`
    return [
      {
        case: 'written nowhere, without making the entries',
        work,
        rate: rateOf(entries, nowhere.seconds - made.seconds),
      },
      {
        case: 'written to a file, without making the entries',
        work,
        rate: rateOf(entries, file.seconds - made.seconds),
      },
      { case: 'read from the file, checked and decoded', work, rate: rateOf(entries, back.seconds) },
    ]
  } finally {
    rmSync(folder, { recursive: true })
  }
}

export const logBench: Bench = {
  name: 'log',
  doc: 'Entries a second of the log alone, written and read back.',
  run: (scale) => measure(scale === 'small' ? 100_000 : 2_000_000),
}
