import { existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { main } from '../../packages/cli/src/main.ts'
import { eventually, wavetank } from './command.ts'

const SCENARIO = `apiVersion: wavetank.dev/v1alpha1
kind: Scenario
metadata: {name: shop}
duration: 2h
nodes:
- {name: worker, count: 4, capacity: {cpu: '4', memory: 16Gi}}
manifests:
- apiVersion: apps/v1
  kind: Deployment
  metadata: {name: web, namespace: shop}
  spec:
    replicas: 4
    selector: {matchLabels: {app: web}}
    template:
      metadata: {labels: {app: web}}
      spec:
        containers:
        - {name: web, image: nginx, resources: {requests: {cpu: 500m}}}
behaviors:
- crash: {after: {exponential: {mean: 20m}}}
expect:
- {name: never restarts, always: 'pods.all(p, restarts(p) == 0)'}
`
const study = (replications: string): string => `apiVersion: wavetank.dev/v1alpha1
kind: Study
metadata: {name: nodes}
scenario: shop.yaml
vary:
- {name: workers, path: 'nodes[name=worker].count', range: {from: 1, to: 5}}
measure: [restarts, {name: outage, metric: timeToRecover, workload: Deployment/shop/web}]
compare: {baseline: {workers: 1}}
quantiles: [0.5]
${replications}
`
const STUDIES = {
  'fixed.yaml': study('replications: 6'),
  'until.yaml': study('replications: {min: 2, max: 12, until: [{measure: restarts, relative: 0.2}]}'),
  'other.yaml': study('replications: 7'),
}
const COUNT = 3

let folder = ''
const at = (path: string): string => join(folder, path)

const run = async (...args: readonly string[]) => {
  let out = ''
  let err = ''
  const before = process.cwd()
  const terminal = {
    out: (text: string) => {
      out += text
    },
    err: (text: string) => {
      err += text
    },
    isInteractive: false,
  }
  const code = await main(args, terminal)
  expect(process.cwd()).toBe(before)
  return { code, out, err }
}

const partPath = (file: string, index: number): string => at(`${file}-${index}.parquet`)
const makeParts = async (file: string): Promise<readonly string[]> => {
  const paths = Array.from({ length: COUNT }, (_, index) => partPath(file, index))
  for (const [index, path] of paths.entries()) {
    const made = await run('study', at(file), '--shard', `${index}/${COUNT}`, '--output', path, '--restart')
    expect(made).toMatchObject({ code: 0, err: '' })
    expect(made.out).toMatch(new RegExp(`^${path}: \\d+ runs, shard ${index}/${COUNT} of nodes\n$`))
  }
  return paths
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'wavetank-shards-'))
  writeFileSync(at('shop.yaml'), SCENARIO)
  for (const [name, text] of Object.entries(STUDIES)) writeFileSync(at(name), text)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the shards of a study', () => {
  it.each(['fixed.yaml', 'until.yaml'])('come to the same as one process, in any order: %s', async (file) => {
    const parts = await makeParts(file)
    const local = await run('study', at(file), '--workers', '1', '--output', at(`${file}-local`), '--json')
    expect(local).toMatchObject({ code: 0, err: '' })
    const merged = await run('study', 'merge', ...[...parts].reverse(), '--output', at(`${file}-merged`), '--json')
    expect(merged).toEqual(local)
    for (const name of ['results.json', 'responses.parquet'])
      expect(readFileSync(at(`${file}-merged/${name}`)).equals(readFileSync(at(`${file}-local/${name}`)))).toBe(true)
    expect(parts.map((path) => existsSync(`${path}.journal`))).toEqual([false, false, false])
  })

  it('are told as `study` tells its results', async () => {
    const { code, out } = await run('study', 'merge', ...(await makeParts('fixed.yaml')), '--output', at('told'))
    expect(code).toBe(0)
    expect(out).toMatch(/\ndigest {3}[0-9a-f]{64}\n$/)
  })

  it('are not made again where they are, unless told to', async () => {
    await makeParts('fixed.yaml')
    const again = (...args: readonly string[]) =>
      run('study', at('fixed.yaml'), '--shard', '0/3', '--output', partPath('fixed.yaml', 0), ...args)
    expect((await again()).out).toMatch(/fixed.yaml-0.parquet is there already: shard 0\/3 of nodes\n$/)
    expect((await again('--restart')).out).toMatch(/fixed.yaml-0.parquet: 10 runs, shard 0\/3 of nodes\n$/)
    const other = await run('study', at('fixed.yaml'), '--shard', '1/3', '--output', partPath('fixed.yaml', 0))
    expect(other.out).toMatch(/: 10 runs, shard 1\/3/)
  })

  it('may be more than there are runs: the rest are empty', async () => {
    const one = at('one.yaml')
    writeFileSync(
      one,
      STUDIES['fixed.yaml']
        .replace('range: {from: 1, to: 5}', 'values: [2, 3]')
        .replace('compare: {baseline: {workers: 1}}\n', '')
        .replace('replications: 6', 'replications: 1'),
    )
    const parts = [0, 1, 2].map((index) => at(`few-${index}.parquet`))
    for (const [index, path] of parts.entries())
      expect((await run('study', one, '--shard', `${index}/3`, '--output', path)).out).toMatch(
        index < 2 ? /: 1 runs/ : /: 0 runs/,
      )
    expect((await run('study', 'merge', ...parts, '--output', at('few'))).code).toBe(0)
  })
})

describe('a shard that is interrupted', () => {
  it('goes on where it was, to the same part', async () => {
    const long = at('long.yaml')
    writeFileSync(long, STUDIES['fixed.yaml'].replace('replications: 6', 'replications: 60'))
    const args = ['study', 'long.yaml', '--shard', '1/2', '--workers', '1', '--output']
    const whole = wavetank(folder, ...args, 'whole.parquet')
    expect(await whole.end).toBe(0)
    const first = wavetank(folder, ...args, 'part.parquet')
    const lines = () => (existsSync(at('part.parquet.journal')) ? readFileSync(at('part.parquet.journal'), 'utf8') : '')
    await eventually(() => lines().split('\n').length > 5, 'runs in the journal')
    first.signal('SIGINT')
    expect([await first.end, first.said()]).toEqual([
      130,
      expect.stringMatching(
        /interrupted: \d+ of 150 runs are in part.parquet.journal\n {4}go on with: wavetank study long.yaml --shard 1\/2 --output part.parquet\n/,
      ),
    ])
    expect(existsSync(at('part.parquet'))).toBe(false)
    expect(await wavetank(folder, ...args, 'part.parquet').end).toBe(0)
    expect(readFileSync(at('part.parquet')).equals(readFileSync(at('whole.parquet')))).toBe(true)
  })
})

describe('parts that do not make a whole', () => {
  const refused = async (parts: readonly string[], message: RegExp): Promise<void> => {
    const { code, out, err } = await run('study', 'merge', ...parts, '--output', at('refused'))
    expect([code, out]).toEqual([2, ''])
    expect(err).toMatch(message)
    expect(existsSync(at('refused/results.json'))).toBe(false)
  }

  it('are refused, with what to do', async () => {
    const [first, second, third] = (await makeParts('fixed.yaml')) as [string, string, string]
    await refused(
      [first, third],
      /error: of 3 parts these are missing: 1\n {4}make them: wavetank study .*fixed.yaml --shard 1\/3/,
    )
    await refused(
      [first, second, third, second],
      /error: .*-1.parquet and .*-1.parquet are both shard 1\/3\n {4}name one/,
    )
    const [, , other] = await makeParts('other.yaml')
    await refused(
      [first, second, other!],
      /error: .*fixed.yaml-0.parquet and .*other.yaml-2.parquet are of different studies/,
    )
    const half = at('half.parquet')
    await run('study', at('fixed.yaml'), '--shard', '0/2', '--output', half)
    await refused([first, half], /error: .*-0.parquet is one of 3 parts, and .*half.parquet one of 2/)
    await refused([at('shop.yaml')], /error: .*shop.yaml is no part of a study/)
    await refused([at('told/responses.parquet')], /error: .*responses.parquet is no part of a study/)
    await refused([at('nowhere.parquet')], /nowhere.parquet/)
    truncateSync(second, 400)
    await refused([first, second, third], /error: .*-1.parquet is (damaged|no part of a study)/)
  })

  it('of whole points that lack a run are refused', async () => {
    const [first, second, third] = (await makeParts('until.yaml')) as [string, string, string]
    const { readPart, writePart } = await import('@wavetank/study')
    const part = await readPart(second)
    if (part._tag === 'Left') throw new Error(part.left.message)
    const { study, file, build, shard, outcomes } = part.right
    const short = at('short.parquet')
    writePart(short, study as never, { file, build, shard }, outcomes.slice(0, -1))
    await refused([first, short, third], /error: no part has replication \d+ of point 4\n {4}a part is not whole/)
  })
})

describe('--redis', () => {
  it.each([
    [['study', 'fixed.yaml', '--workers', '2'], /error: --workers are threads of this process, and with --redis/],
    [
      ['study', 'fixed.yaml', '--point', '1'],
      /error: --point asks for one run, which is made here\n {4}leave --redis out/,
    ],
    [['capacity', 'shop.yaml', '--pod-spec', 'pod.yaml'], /error: --pod-spec asks for one run, which is made here/],
  ])('does not go with what needs no workers: %j', async ([command, file, ...rest], message) => {
    const { code, err } = await run(command!, at(file!), ...rest, '--redis', 'redis://127.0.0.1:1')
    expect([code, err]).toEqual([2, expect.stringMatching(message)])
  })
})

describe('--shard', () => {
  it.each(['3/3', '0/0', '1', '-1/3', 'a/b', '0/1000000'])('is not %s', async (shard) => {
    const { code, err } = await run('study', at('fixed.yaml'), `--shard=${shard}`)
    expect(code).toBe(2)
    expect(err).toMatch(/expected I\/N with I from 0 to N-1, like 0\/8 to 7\/8/)
  })

  it.each(['--html=page.html', '--point=1', '--replication=1', '--log=run.ndjson'])(
    'does not go with %s',
    async (option) => {
      const { code, err } = await run('study', at('fixed.yaml'), '--shard', '0/3', option)
      expect(code).toBe(2)
      expect(err).toMatch(
        /error: --\w+ is for a whole study, and --shard makes a part\n {4}wavetank study merge PARTS…\n/,
      )
    },
  )

  it('says what it made as JSON', async () => {
    const path = at('json.parquet')
    const { out } = await run('study', at('fixed.yaml'), '--shard', '0/3', '--output', path, '--json')
    expect(JSON.parse(out)).toEqual({ part: path, shard: '0/3' })
  })

  it('names what cannot be written', async () => {
    const path = at('shop.yaml/part.parquet')
    const { code, err } = await run('study', at('fixed.yaml'), '--shard', '0/3', '--output', path)
    expect(code).toBe(2)
    expect(err).toContain('part.parquet')
  })
})
