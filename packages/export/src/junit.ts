import { formatMillis } from '@wavetank/kernel'
import type { Verdict } from 'wavetank'

/** A run with what became of its expectations. */
export interface JUnitRun {
  /** Of the scenario. */
  readonly name: string
  readonly seed: number
  /** The scenario’s file, where it is known. */
  readonly file?: string | undefined
  /** Wall clock at t=0, in milliseconds since 1970 UTC. */
  readonly start: number
  /** Virtual time that has passed, in milliseconds. */
  readonly simulatedMillis: number
  readonly digest?: string | undefined
  readonly verdicts: readonly Verdict[]
}

/** What XML 1.0 has no way to write. */
const FORBIDDEN = /[\p{Cs}\ufffe\uffff]|[^\P{Cc}\t\n\r]/gu

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '&#10;',
  '\r': '&#13;',
  '\t': '&#9;',
}

const escapeXml = (text: string): string =>
  text.replaceAll(FORBIDDEN, '\ufffd').replaceAll(/[&<>"\n\r\t]/g, (found) => ESCAPES[found]!)

type Attributes = Readonly<Record<string, string | number | undefined>>

const tag = (name: string, attributes: Attributes): string =>
  `${name}${Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${escapeXml(String(value))}"`)
    .join('')}`

const seconds = (millis: number): string => (millis / 1_000).toFixed(3)

const WORDS: Readonly<Record<string, string>> = {
  always: 'should have held all the time',
  eventually: 'should have come true',
  never: 'should never have come true',
  at: 'should have been true at that instant',
}

const caseOf = ({ name, kind, expression, verdict, at, evidence, source }: Verdict, run: JUnitRun): string => {
  const open = tag('testcase', {
    name,
    classname: run.name,
    time: seconds(at ?? run.simulatedMillis),
    file: source?.file ?? run.file,
    line: source?.line,
  })
  if (verdict === 'met') return `    <${open}/>\n`
  const written = `${kind}: ${expression}`
  if (verdict === 'undecided') {
    const skipped = tag('skipped', { message: 'the run ended before it was decided' })
    return `    <${open}>\n      <${skipped}/>\n    </testcase>\n`
  }
  const when = at === undefined ? '' : `failed at ${formatMillis(at)}: `
  const failure = tag('failure', { message: `${when}${evidence ?? WORDS[kind]}`, type: kind })
  return `    <${open}>\n      <${failure}>${escapeXml(`${written}\n${when}${evidence ?? WORDS[kind]}`)}</failure>\n    </testcase>\n`
}

const counts = (verdicts: readonly Verdict[]): Attributes => ({
  tests: verdicts.length,
  failures: verdicts.filter(({ verdict }) => verdict === 'failed').length,
  errors: 0,
  skipped: verdicts.filter(({ verdict }) => verdict === 'undecided').length,
})

const suiteOf = (run: JUnitRun): string => {
  const { name, seed, start, simulatedMillis, file, digest, verdicts } = run
  const open = tag('testsuite', {
    name,
    ...counts(verdicts),
    time: seconds(simulatedMillis),
    // As the schema of JUnit has it: without a zone, in UTC.
    timestamp: new Date(start).toISOString().slice(0, 19),
    file,
  })
  const properties = [
    ['seed', String(seed)],
    ['digest', digest],
  ]
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `      <${tag('property', { name: key, value })}/>\n`)
    .join('')
  const cases = verdicts.map((verdict) => caseOf(verdict, run)).join('')
  return `  <${open}>\n    <properties>\n${properties}    </properties>\n${cases}  </testsuite>\n`
}

/** Expectations as JUnit’s XML, as CI systems read it: a suite for each run, a test case for each expectation. */
export const formatJUnit = (runs: readonly JUnitRun[]): string => {
  const all = runs.flatMap(({ verdicts }) => verdicts)
  const total = runs.reduce((sum, { simulatedMillis }) => sum + simulatedMillis, 0)
  const open = tag('testsuites', { name: 'wavetank', ...counts(all), time: seconds(total) })
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${open}>\n${runs.map(suiteOf).join('')}</testsuites>\n`
}
