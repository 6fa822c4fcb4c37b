import { existsSync, readFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import type { ClusterView } from '@wavetank/cluster'
import { finishedCondition } from '@wavetank/cluster'
import { isKind } from '@wavetank/cluster/api'
import { type DecodedScenario, formatIssues, loadScenario } from '@wavetank/scenario'
import { nodeFiles } from '@wavetank/scenario/node'
import { type Either, isLeft } from 'fp-ts/lib/Either.js'
import { createSimulation, type SimulationResult, scenarioOptions } from 'wavetank'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { formatFileError, isFileError } from '../file-error.ts'
import { busiestNode, claimsOf } from '../init/claims.ts'
import { poolFor, wantsMoreNodes, withMoreNodes } from '../init/node-pool.ts'
import { type Draft, FAILS_AT_MILLIS, scenarioText } from '../init/scenario-text.ts'
import { findManifests, type ManifestSource } from '../init/sources.ts'
import { awaitInterruption, type Interruption } from '../interruption.ts'
import { createOutput } from '../output.ts'
import { plural } from '../plural.ts'
import type { Terminal } from '../terminal.ts'

export interface InitOptions {
  readonly output?: string
  readonly name?: string
  readonly force?: boolean
  readonly quiet?: boolean
}

const SLICE = 20_000
const TRIES = 8

/** Reads a scenario that is not written yet, as if it were. */
const load = (path: string, text: string, source: ManifestSource) => {
  const overlay = new Map([
    [path, text],
    ...(source.file === undefined ? [] : [[source.file.path, source.file.text] as const]),
  ])
  const bytes = (at: string): Buffer | undefined => {
    const found = [...overlay].find(([name]) => resolve(name) === resolve(at))
    return found === undefined ? undefined : Buffer.from(found[1])
  }
  const files = {
    ...nodeFiles,
    status: async (at: string) => {
      const found = bytes(at)
      return found === undefined ? nodeFiles.status(at) : ({ kind: 'file', bytes: found.length } as const)
    },
    read: async (at: string) => bytes(at) ?? nodeFiles.read(at),
  }
  return loadScenario(path, { files, ...scenarioOptions })
}

interface Trial {
  readonly view: ClusterView
  readonly result: SimulationResult | undefined
}

/** Runs a scenario without keeping its log; undefined if it was interrupted. */
const tryOut = async (
  { scenario }: DecodedScenario,
  { wasAsked }: Interruption,
  until?: number,
): Promise<Trial | undefined> => {
  const simulation = createSimulation(scenario, until === undefined ? {} : { until })
  for (;;) {
    const result = simulation.advance(SLICE)
    if (result !== undefined) return { view: simulation.view, result }
    await new Promise<void>((done) => setImmediate(done))
    if (wasAsked()) return undefined
  }
}

const isShort = ({ pods }: ClusterView): boolean =>
  [...pods.values()].some(({ conditions }) =>
    conditions.some(
      ({ type, status, message = '' }) => type === 'PodScheduled' && status === 'False' && wantsMoreNodes(message),
    ),
  )

/** Jobs whose work is still to do, and CronJobs. */
const endingOf = ({ scenario: { objects } }: DecodedScenario): Draft['ending'] =>
  objects.flatMap((object) => {
    if (!isKind(object, 'Job') && !isKind(object, 'CronJob')) return []
    const { kind, metadata } = object
    if ((metadata.ownerReferences ?? []).some(({ controller }) => controller === true)) return []
    const { status } = object as {
      readonly status?: { readonly conditions?: readonly { type: string; status: string }[] }
    }
    const conditions = (status?.conditions ?? []) as Parameters<typeof finishedCondition>[0]['conditions']
    if (finishedCondition({ conditions }) !== undefined) return []
    return [{ kind, namespace: metadata.namespace ?? 'default', name: metadata.name }]
  })

type Made = {
  readonly text: string
  readonly draft: Draft
  readonly warnings: string
  readonly decoded: DecodedScenario
}

/** Works the scenario out by trying it: what is left in it holds. */
const make = async (
  terminal: Terminal,
  path: string,
  name: string,
  source: ManifestSource,
  interruption: Interruption,
): Promise<Made | 'wrong' | 'interrupted'> => {
  const read = async (draft: Draft): Promise<DecodedScenario | undefined> => {
    const loaded: Either<Parameters<typeof formatIssues>[0], DecodedScenario> = await load(
      path,
      scenarioText(draft),
      source,
    )
    if (isLeft(loaded)) {
      terminal.err(formatIssues(loaded.left))
      return undefined
    }
    return loaded.right
  }
  const bare: Draft = { name, manifests: source.paths, scheduler: source.scheduler, ending: [], claims: [] }
  const first = await read(bare)
  if (first === undefined) return 'wrong'
  const hasNodes = first.scenario.nodes.length > 0
  let draft: Draft = {
    ...bare,
    pool: hasNodes ? undefined : poolFor(first.scenario.objects),
    ending: endingOf(first),
  }
  for (let tries = 1; ; tries++) {
    const decoded = await read(draft)
    if (decoded === undefined) return 'wrong'
    const early = await tryOut(decoded, interruption, FAILS_AT_MILLIS)
    if (early === undefined) return 'interrupted'
    if (draft.pool === undefined || tries === TRIES || !isShort(early.view)) {
      draft = { ...draft, node: busiestNode(early.view), claims: claimsOf(early.view) }
      break
    }
    draft = { ...draft, pool: withMoreNodes(draft.pool) }
  }
  const decoded = await read(draft)
  if (decoded === undefined) return 'wrong'
  const whole = await tryOut(decoded, interruption)
  if (whole === undefined) return 'interrupted'
  const verdicts = whole.result?.verdicts ?? []
  const claims = draft.claims.map((claim, i) =>
    verdicts[i]?.verdict === 'met' ? claim : { ...claim, evidence: verdicts[i]?.evidence ?? 'it was not decided' },
  )
  draft = { ...draft, claims }
  return {
    text: scenarioText(draft),
    draft,
    warnings: decoded.warnings.length === 0 ? '' : formatIssues(decoded.warnings),
    decoded,
  }
}

/** Writes a first scenario from manifests: nodes for them, a failure, and what is expected of each workload. */
export const init = async (terminal: Terminal, asked: string, options: InitOptions): Promise<ExitCode> => {
  const path = options.output ?? 'scenario.yaml'
  const toScreen = path === '-'
  const refuse = (message: string, hint: string): ExitCode => {
    terminal.err(`error: ${message}\n    ${hint}\n`)
    return EXIT.wrongInput
  }
  if (toScreen && asked === '-')
    return refuse('manifests from standard input need a file to stand in', 'write the scenario to a file with -o PATH')
  const folder = toScreen ? '.' : dirname(path)
  const interruption = awaitInterruption()
  try {
    const found = findManifests(asked, resolve(folder), () => readFileSync(0, 'utf8'))
    if (isLeft(found)) return refuse(found.left.message, found.left.hint)
    const source = found.right
    const manifestsFile =
      source.file === undefined ? undefined : { ...source.file, path: join(folder, basename(source.file.path)) }
    const taken = [toScreen ? undefined : path, manifestsFile?.path].find((one) => one !== undefined && existsSync(one))
    if (taken !== undefined && options.force !== true)
      return refuse(`${taken} is there already`, 'write over it with --force, or to another place with -o PATH')
    for (const skipped of source.skipped) terminal.err(`note: ${skipped} has no Kubernetes objects: it is left out\n`)
    const name = options.name ?? source.name
    const made = await make(
      terminal,
      toScreen ? 'scenario.yaml' : path,
      name,
      { ...source, ...(manifestsFile === undefined ? {} : { file: manifestsFile }) },
      interruption,
    )
    if (made === 'interrupted') return EXIT.interrupted
    if (made === 'wrong') return EXIT.wrongInput
    terminal.err(made.warnings)
    if (manifestsFile !== undefined) {
      const output = createOutput(terminal, manifestsFile.path)
      output.write(manifestsFile.text)
      output.finish()
    }
    const output = createOutput(terminal, path)
    output.write(made.text)
    output.finish()
    if (!toScreen && options.quiet !== true) terminal.out(tell(path, made))
    return EXIT.fine
  } catch (error) {
    if (!isFileError(error)) throw error
    terminal.err(formatFileError(path, error))
    return EXIT.wrongInput
  } finally {
    interruption.release()
  }
}

const tell = (path: string, { draft, decoded }: Made): string => {
  const { objects, nodes } = decoded.scenario
  const failing = draft.claims.filter(({ evidence }) => evidence !== undefined)
  const holding = draft.claims.length - failing.length
  const lines = [
    `${path}: ${plural(nodes.length, 'node')}, ${plural(objects.length, 'object')}, ${plural(holding, 'expectation')}`,
    ...(draft.node === undefined ? [] : [`    ${draft.node} loses power at 5m, and comes back at 15m`]),
    ...failing.map(({ name }) => `    not so, and only a comment: ${name}`),
    `next: wavetank run ${path}`,
  ]
  return `${lines.join('\n')}\n`
}
