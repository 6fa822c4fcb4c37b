import { createHash } from 'node:crypto'
import type { Issue, PathStep } from '@wavetank/cluster'
import {
  API_VERSION,
  besideFile,
  type DecodedScenario,
  type FileReader,
  fileIssue,
  issueAt,
  type LoadOptions,
  type LocatedIssue,
  loadScenario,
  locateIssue,
  type ReadYaml,
  readText,
  readYaml,
  type SourceDocument,
  sortIssues,
  suggestion,
  type YamlSource,
} from '@wavetank/scenario'
import { decodeWith, isRecord, type Problem } from '@wavetank/scenario/codec'
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js'
import { MODEL_VERSION } from 'wavetank'
import type { DesignPoint, Level } from '../design-point.ts'
import type { Measure } from '../measures/measure.ts'
import type { Price } from '../measures/price.ts'
import { metricNamed } from '../measures/registry.ts'
import { type AxisLevel, levelCount, levelsOf, levelsOfCsv, RANGE_MAX } from './axis.ts'
import { type Change, createChanges } from './change.ts'
import {
  type Axis,
  type Choice,
  type Combination,
  combinationCount,
  combinationsOf,
  formatLevels,
  isOf,
} from './design.ts'
import { type Replications, StudyFile } from './study-file.ts'

/** A study, checked and complete. */
export interface Study {
  readonly name: string
  readonly axes: readonly { readonly name: string; readonly values: readonly Level['value'][] }[]
  readonly points: readonly DesignPoint[]
  readonly measures: readonly Measure[]
  readonly prices: readonly Price[]
  readonly replications: Replications
  readonly seed: number
  readonly quantiles: readonly number[]
  /** For each point, the one that it is compared with; absent if nothing is compared. */
  readonly baselines?: readonly (number | undefined)[]
  /** Of all that decides what a run of one of its points comes to: equal digests, equal outcomes. */
  readonly digest: string
  readonly warnings: readonly LocatedIssue[]
}

/** Combinations that are not even counted out. */
const COMBINATIONS_MAX = 5_000_000

/** Asks for every file once, however many points name it. */
const remembering = (files: FileReader): FileReader => {
  const memo = <A>(ask: (path: string) => Promise<A>): ((path: string) => Promise<A>) => {
    const known = new Map<string, Promise<A>>()
    return (path) => {
      let answer = known.get(path)
      if (answer === undefined) {
        answer = ask(path)
        known.set(path, answer)
      }
      return answer
    }
  }
  return { status: memo(files.status), read: memo(files.read), list: memo(files.list) }
}

/** A document that is written inside another one, with the places that it has there. */
const inside = (document: SourceDocument, path: readonly PathStep[], value: unknown): SourceDocument => ({
  value,
  positionOf: (inner, key) => document.positionOf([...path, ...inner], key),
  positionInside: (inner, offset) => document.positionInside([...path, ...inner], offset),
})

/** What every point has, and what only some have. */
interface Found {
  readonly issue: LocatedIssue
  readonly points: (readonly Level[])[]
}

/** Loads a study with all of its points. Every problem of every file comes back at once, as data. */
export const loadStudy = async (
  path: string,
  { files: disk, ...options }: LoadOptions,
): Promise<Either<readonly LocatedIssue[], Study>> => {
  const files = remembering(disk)
  const text = await readText(files, path)
  if (isLeft(text)) return left([fileIssue(path, text.left)])
  const source = readYaml(text.right)
  const issues: LocatedIssue[] = source.issues.map((issue) => ({ ...issue, file: path }))
  const [document, extra] = source.documents
  const refused = (): Either<readonly LocatedIssue[], never> => left(sortIssues(issues))
  if (document === undefined) {
    if (issues.length === 0) issues.push(fileIssue(path, { code: 'WT008', message: 'there is nothing in this file' }))
    return refused()
  }
  const complain = (where: readonly PathStep[], problem: Problem): void => {
    issues.push(locateIssue(path, document, issueAt(where, problem)))
  }
  const json = document.value
  if (!isRecord(json) || json.kind !== 'Study') {
    const what =
      isRecord(json) && typeof json.kind === 'string' ? `this is a ${json.kind}, not a study` : 'this is not a study'
    const hint =
      isRecord(json) && json.kind === 'Scenario'
        ? 'a scenario is run by `wavetank run FILE`; a study names it under `scenario`'
        : `a study begins with \`apiVersion: ${API_VERSION}\` and \`kind: Study\``
    complain(isRecord(json) && 'kind' in json ? ['kind'] : [], { code: 'WT013', message: what, hint })
    return refused()
  }
  if (extra !== undefined)
    issues.push(locateIssue(path, extra, issueAt([], { code: 'WT013', message: 'a study file has one document' })))
  const { file, complaints } = decodeParts(json)
  for (const issue of complaints) issues.push(locateIssue(path, document, issue))
  const isWhole = complaints.length === 0

  // The axes and their levels.
  const axes: Axis[] = []
  for (const [index, item] of file.vary.entries()) {
    if (item === undefined) continue
    const here = ['vary', index]
    let levels: readonly AxisLevel[] = []
    if (item.csv !== undefined) {
      const table = besideFile(path, item.csv)
      const csv = await readText(files, table)
      if (isLeft(csv)) complain([...here, 'csv'], csv.left)
      else {
        const read = levelsOfCsv(csv.right, [...here, 'csv'])
        levels = read.levels
        for (const { line, column, ...problem } of read.problems)
          issues.push({ ...issueAt([], { code: 'WT041', ...problem }), file: table, line, column })
      }
    } else if ((levelCount(item) ?? 0) > RANGE_MAX)
      complain([...here, 'range'], {
        code: 'WT062',
        message: `the range has ${levelCount(item)} values, more than ${RANGE_MAX}`,
      })
    else levels = levelsOf(item, here)
    const seeded = levels.flatMap(({ changes }) => changes).find(isOfSeed)
    if (seeded !== undefined)
      complain(seeded.source, {
        code: 'WT029',
        message: 'every replication has a seed of its own, whatever the scenario says',
        hint: '`seed` of the study decides them',
      })
    const twice = levels.find((level, i) => levels.findIndex(({ value }) => value === level.value) < i)
    if (twice !== undefined)
      complain(twice.source, { code: 'WT021', message: `"${twice.value}" is there twice on axis ${item.title}` })
    const earlier = axes.find(({ name }) => name === item.title)
    if (earlier !== undefined)
      complain([...here, 'name'], {
        code: 'WT021',
        message: `"${item.title}" is also the name of vary[${earlier.source[1]}]`,
        hint: 'one axis has all values of what it varies',
      })
    axes.push({ name: item.title, levels, source: here })
  }
  let areChoicesRight = true
  const checkChoice = (choice: Choice, where: readonly PathStep[]): void => {
    const before = issues.length
    for (const [name, wanted] of Object.entries(choice)) {
      const axis = axes.find((one) => one.name === name)
      if (axis === undefined) {
        const hint =
          suggestion(
            name,
            axes.map((one) => one.name),
          ) ?? 'the study varies nothing'
        complain([...where, name], { code: 'WT061', message: `there is no axis "${name}"`, hint })
        continue
      }
      if (axis.levels.length === 0) continue
      for (const value of Array.isArray(wanted) ? wanted : [wanted])
        if (!axis.levels.some((level) => level.value === value))
          complain([...where, name], {
            code: 'WT061',
            message: `axis ${name} has no level ${JSON.stringify(value)}`,
            hint: suggestion(
              String(value),
              axis.levels.map((level) => String(level.value)),
            ),
          })
    }
    if (issues.length > before) areChoicesRight = false
  }
  for (const [i, choice] of (file.only ?? []).entries()) checkChoice(choice, ['only', i])
  for (const [i, choice] of file.except.entries()) checkChoice(choice, ['except', i])
  if (file.compare !== undefined) checkChoice(file.compare.baseline, ['compare', 'baseline'])

  // Measures.
  const measures = file.measure.flatMap((measure, index) => (measure === undefined ? [] : [{ measure, index }]))
  for (const { measure, index: i } of measures) {
    const { name } = measure
    const earlier = file.measure.findIndex((other) => other?.name === name)
    if (earlier < i)
      complain(['measure', i], {
        code: 'WT021',
        message: `"${name}" is also the name of measure[${earlier}]`,
        hint: 'give one of them another `name`',
      })
  }
  const measureNames = measures.map(({ measure: { name } }) => name)
  for (const [i, { measure }] of file.replications.until.entries())
    if (isWhole && !measureNames.includes(measure))
      complain(['replications', 'until', i, 'measure'], {
        code: 'WT061',
        message: `the study has no measure "${measure}"`,
        hint: suggestion(measure, measureNames) ?? `it has ${measureNames.join(', ')}`,
      })

  // How much it is.
  const { max } = file.replications
  const varied = axes.filter(({ levels }) => levels.length > 0)
  const all = combinationCount(varied)
  const tooMany = (points: number, what: string): void =>
    complain(points === 1 ? ['replications'] : ['vary'], {
      code: 'WT062',
      message: `this study could make ${points * max} runs (${points} ${what} × ${max} replications), more than its limit of ${file.limit}`,
      hint: `set \`limit: ${points * max}\` if that is meant; fewer levels, \`only\`, or fewer \`replications\` make it less`,
    })
  // Wrong choices leave out nothing, so that what is wrong with the points is told as well.
  const { only, except } = areChoicesRight ? file : { only: undefined, except: [] }
  const isFiltered = only !== undefined || except.length > 0
  if (all > COMBINATIONS_MAX || (!isFiltered && all * max > file.limit)) {
    tooMany(all, 'points')
    return refused()
  }
  const combinations = combinationsOf(varied, only, except)
  if (combinations.length === 0)
    complain(only === undefined ? ['except'] : ['only'], {
      code: 'WT061',
      message: 'no combination of levels is left',
    })
  if (combinations.length * max > file.limit) {
    tooMany(combinations.length, 'points')
    return refused()
  }
  if (combinations.length === 0) return refused()

  // The points, each a scenario of its own.
  if (file.scenario === undefined) return refused()
  const isInline = typeof file.scenario !== 'string'
  const main = typeof file.scenario === 'string' ? besideFile(path, file.scenario) : path
  if (!isInline) {
    const status = await files.status(main)
    if (status.kind === 'missing') {
      complain(['scenario'], { code: 'WT004', message: `${main}: no such file or folder` })
      return refused()
    }
  }
  const parsed = new Map<string, YamlSource>()
  const plain: ReadYaml = (written, name) => {
    let read = parsed.get(name)
    if (read === undefined) {
      read = readYaml(written)
      parsed.set(name, read)
    }
    return read
  }
  const found = new Map<string, Found>()
  const note = (issue: LocatedIssue, levels: readonly Level[]): void => {
    const key = JSON.stringify([issue.file, issue.line, issue.column, issue.code, issue.message])
    const known = found.get(key)
    if (known === undefined) found.set(key, { issue, points: [levels] })
    else if (known.points[known.points.length - 1] !== levels) known.points.push(levels)
  }
  const points: DesignPoint[] = []
  const asked = measures.map(({ measure }) => measure)
  const hash = createHash('sha256').update(JSON.stringify([MODEL_VERSION, file.seed, asked, file.prices, file.warmup]))
  for (const [index, { levels, changes }] of combinations.entries()) {
    const applied = createChanges(changes)
    const read: ReadYaml = (written, name) => {
      const { documents, issues: torn } = plain(written, name)
      if (name !== main)
        return { issues: torn, documents: documents.map((one) => inside(one, [], applied.manifest(one.value))) }
      const [first, ...rest] = documents
      if (first === undefined) return { issues: torn, documents }
      const at = isInline ? ['scenario'] : []
      const json = isInline ? (first.value as Readonly<Record<string, unknown>>).scenario : first.value
      return { issues: torn, documents: [inside(first, at, applied.scenario(json)), ...rest] }
    }
    const loaded = await loadScenario(main, { ...options, read, files })
    for (const change of applied.idle())
      note(locateIssue(path, document, issueAt(change.source, missedBy(change))), levels)
    const told = isLeft(loaded) ? loaded.left : loaded.right.warnings
    for (const issue of told) note(issue, levels)
    if (isLeft(loaded)) continue
    const { scenario } = loaded.right
    if (file.warmup >= scenario.duration)
      note(
        locateIssue(
          path,
          document,
          issueAt(['warmup'], {
            code: 'WT026',
            message: 'the warm-up is as long as the run: nothing would be measured',
          }),
        ),
        levels,
      )
    for (const { index: i, measure } of measures)
      for (const [inner, problem] of metricNamed(measure.metric)?.check?.(measure.of, scenario, file.prices) ?? [])
        note(locateIssue(path, document, issueAt(['measure', i, ...inner], problem)), levels)
    hash.update(JSON.stringify([levels, withoutPlaces(scenario)]))
    points.push({
      index,
      levels,
      scenario,
      warmup: file.warmup,
      measures: asked,
      prices: file.prices,
    })
  }
  for (const { issue, points: those } of found.values()) issues.push(atPoints(issue, those, combinations))
  const baselines = file.compare === undefined ? undefined : baselinesOf(points, file.compare.baseline)
  if (points.length === combinations.length && baselines?.every((baseline) => baseline === undefined) === true)
    complain(['compare', 'baseline'], {
      code: 'WT061',
      message: 'no point is compared with another one',
      hint: 'the baseline is one of the points, and others have other levels on one of its axes',
    })
  if (issues.some(({ severity }) => severity === 'error')) return refused()
  return right({
    name: file.metadata.name,
    axes: axes.map(({ name, levels }) => ({ name, values: levels.map(({ value }) => value) })),
    points,
    measures: asked,
    prices: file.prices,
    replications: file.replications,
    seed: file.seed,
    quantiles: file.quantiles,
    ...(baselines === undefined ? {} : { baselines }),
    digest: hash.digest('hex'),
    warnings: sortIssues(issues),
  })
}

type PartialFile = Omit<StudyFile, 'scenario' | 'vary' | 'measure'> & {
  readonly scenario: StudyFile['scenario'] | undefined
  /** `undefined` in the place of what was refused. */
  readonly vary: readonly (StudyFile['vary'][number] | undefined)[]
  readonly measure: readonly (Measure | undefined)[]
}

/** Reads the file as a whole, and field by field what can be checked further although something else was refused. */
const decodeParts = (
  json: Readonly<Record<string, unknown>>,
): { readonly file: PartialFile; readonly complaints: readonly Issue[] } => {
  const decoded = decodeWith(StudyFile, json)
  if (!isLeft(decoded)) return { file: decoded.right, complaints: [] }
  const field = (name: string): unknown => {
    const { codec, absent } = StudyFile.fields[name]!
    const own = codec.decode(json[name] ?? absent)
    if (!isLeft(own)) return own.right
    const instead = codec.decode(absent)
    return isLeft(instead) ? undefined : instead.right
  }
  const items = (name: string): readonly unknown[] => {
    const list = json[name]
    if (!Array.isArray(list)) return []
    return list.map((item) => {
      const own = StudyFile.fields[name]!.codec.decode([item])
      return isLeft(own) ? undefined : (own.right as readonly unknown[])[0]
    })
  }
  const plain = Object.fromEntries(Object.keys(StudyFile.fields).map((name) => [name, field(name)]))
  return {
    file: { ...plain, vary: items('vary'), measure: items('measure') } as unknown as PartialFile,
    complaints: decoded.left,
  }
}

const isOfSeed = (change: Change): boolean => {
  if (!('set' in change) || change.of !== undefined || change.set.length !== 1) return false
  const [step] = change.set
  return step !== undefined && 'field' in step && step.field === 'seed'
}

const missedBy = (change: Change): Problem => {
  if ('remove' in change) return { code: 'WT060', message: `no manifest of the scenario is ${change.written}` }
  return {
    code: 'WT060',
    message: `\`${change.written}\` leads nowhere in the scenario`,
    hint:
      'set' in change && change.of !== undefined
        ? 'no manifest of the scenario is this object, or it has no such item'
        : 'a list has no such item, or something is no mapping',
  }
}

/** The same problem at all points is one of the scenario; otherwise it says where it is. */
const atPoints = (
  issue: LocatedIssue,
  points: readonly (readonly Level[])[],
  all: readonly Combination[],
): LocatedIssue => {
  if (points.length === all.length) return issue
  const more = points.length - 1
  const others = more === 0 ? '' : ` and ${more} other ${more === 1 ? 'point' : 'points'}`
  return { ...issue, message: `${issue.message} (at ${formatLevels(points[0]!)}${others})` }
}

/** Where a scenario was written decides nothing. */
const withoutPlaces = (scenario: DecodedScenario['scenario']): unknown => ({
  ...scenario,
  timeline: scenario.timeline.map(({ at, action }) => ({ at, action })),
  expect: scenario.expect.map(({ source, ...rest }) => rest),
})

/** The point of the levels of the baseline, and of its own levels on the other axes. */
const baselinesOf = (points: readonly DesignPoint[], baseline: Choice): readonly (number | undefined)[] =>
  points.map(({ index, levels }) => {
    const wanted: Choice = Object.fromEntries(levels.map(({ axis, value }) => [axis, baseline[axis] ?? value]))
    const found = points.find((other) => isOf(wanted, other.levels))
    return found === undefined || found.index === index ? undefined : found.index
  })
