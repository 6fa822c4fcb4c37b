import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import * as E from 'fp-ts/Either'
import * as t from 'io-ts'
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
} from '../packages/kernel/src/index.ts'

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

const seconds = (run: () => void): number => {
  const start = process.hrtime.bigint()
  run()
  return Number(process.hrtime.bigint() - start) / 1e9
}

const millionsPerSecond = (entries: number, time: number): string => `${(entries / time / 1e6).toFixed(2)} M entries/s`

/** Writes a log to a file and reads it back, checked and decoded. */
export const logBench = (scale: 'small' | 'large'): string[] => {
  const entries = scale === 'small' ? 100_000 : 2_000_000
  const folder = mkdtempSync(join(tmpdir(), 'wavetank-bench-'))
  const path = join(folder, 'log.ndjson')
  const write = (sink: LogSink): string => {
    const writer = createLogWriter({ catalogue, header: { kubernetes: '1.34', seed: 1 }, sink })
    for (let seq = 0; seq < entries; seq++) writer.append(entryAt(seq))
    return writer.finish({ end: 'horizon' })
  }
  try {
    let made = 0
    const makeTime = seconds(() => {
      for (let seq = 0; seq < entries; seq++) made += entryAt(seq).at
    })
    let digest = ''
    const nullTime = seconds(() => {
      digest = write(createNullSink())
    })
    let fileDigest = ''
    const fileTime = seconds(() => {
      fileDigest = write(orThrow(createFileSink(path)))
    })
    let read = 0
    let last = 0
    let state = ''
    let readDigest = ''
    const readTime = seconds(() => {
      const options = { catalogue, header: t.UnknownRecord, footer: t.type({ end: t.string }) }
      const log = orThrow(readLog(orThrow(createFileSource(path)), options))
      for (const batch of log.batches) {
        read += batch.length
        last = batch.at(-1)!.at
      }
      const end = log.end()
      state = end.state
      if (end.state === 'complete') readDigest = end.digest
    })
    if (digest !== fileDigest || digest !== readDigest || read !== entries || made === 0)
      throw new Error(`what was read is not what was written: ${state}, ${read} entries, ${readDigest}`)
    const bytes = statSync(path).size
    const peak = process.resourceUsage().maxRSS / 1024
    return [
      `log: ${entries} entries, ${(bytes / entries).toFixed(1)} bytes each, last at ${last} ms, ${digest}`,
      `log write, no file: ${millionsPerSecond(entries, nullTime - makeTime)} (${(((nullTime - makeTime) / entries) * 1e9).toFixed(0)} ns each, without making the entries)`,
      `log write, file: ${millionsPerSecond(entries, fileTime - makeTime)}`,
      `log read, checked and decoded: ${millionsPerSecond(entries, readTime)} (${((readTime / entries) * 1e9).toFixed(0)} ns each)`,
      `log peak memory: ${peak.toFixed(0)} MiB`,
    ]
  } finally {
    rmSync(folder, { recursive: true })
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href)
  for (const line of logBench(process.argv.includes('--large') ? 'large' : 'small')) console.log(line)
