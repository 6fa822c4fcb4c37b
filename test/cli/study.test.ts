import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { main } from '@wavetank/cli'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createFolder } from './folder.ts'

const folder = createFolder()
const { wavetank, child, write, path, read, shell } = folder
afterAll(folder.remove)

const SCENARIO = `apiVersion: wavetank.dev/v1alpha1
kind: Scenario
metadata: { name: shop }
duration: 3h
nodes: [{ name: worker, count: 3, capacity: { cpu: "4" } }]
manifests:
  - apiVersion: apps/v1
    kind: Deployment
    metadata: { name: web }
    spec:
      replicas: 3
      selector: { matchLabels: { app: web } }
      template:
        metadata: { labels: { app: web } }
        spec: { containers: [{ name: web, image: example/web:1 }] }
failures:
  - { name: nodes, fail: { selector: kubernetes.io/os }, timeToFailure: { exponential: { mean: 1h } }, timeToRepair: 5m }
`
const studyOf = (count: number, more = ''): string => `apiVersion: wavetank.dev/v1alpha1
kind: Study
metadata: { name: nodes }
scenario: shop.yaml
vary:
  - { name: workers, path: "nodes[name=worker].count", values: [2, 3] }
  - { name: replicas, path: Deployment/default/web spec.replicas, values: [2, 3] }
measure:
  - { name: up, metric: availability, workload: default/web }
  - evictions
replications: ${count}
${more}`

beforeAll(() => {
  write('shop.yaml', SCENARIO)
  write('small.study.yaml', studyOf(3))
  write('large.study.yaml', studyOf(60))
})

const digestOf = (json: string): string => JSON.parse(json).digest
const linesOf = (journal: string): number => readFileSync(path(journal), 'utf8').split('\n').length - 2

/** Starts a study and waits until some of its runs are in the journal. */
const underWay = async (output: string, ...options: readonly string[]): Promise<ReturnType<typeof folder.start>> => {
  const running = folder.start('study', 'large.study.yaml', '--output', output, ...options)
  for (let waited = 0; waited < 60_000; waited += 10) {
    if (existsSync(path(`${output}/journal.ndjson`)) && linesOf(`${output}/journal.ndjson`) > 0) return running
    await setTimeout(10)
  }
  running.kill('SIGKILL')
  throw new Error('no run is in the journal')
}

describe('wavetank study', () => {
  it('prints tables, and leaves a journal, results and Parquet', async () => {
    const { code, out, err } = await wavetank('study', path('small.study.yaml'), '-o', path('one'), '--workers', '1')
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toMatch(
      /^nodes: 4 points, 12 runs, seed 1; means with 95% intervals\nPOINT {3}workers {3}replicas {3}up /,
    )
    expect(out).toContain('a run    wavetank study small.study.yaml --point P --replication R --log run.ndjson\n')
    expect(out).toMatch(/\ndigest {3}[0-9a-f]{64}\n$/)
    expect(readdirSync(path('one')).sort()).toEqual(['journal.ndjson', 'responses.parquet', 'results.json'])
  })

  it('writes a page of the same runs when it is asked to, and says why it cannot', async () => {
    const options = ['-o', path('paged'), '--workers', '1'] as const
    const { code, out } = await wavetank('study', path('small.study.yaml'), ...options, '--html', path('nodes.html'))
    expect(code).toBe(0)
    expect(out).toContain('\npage     nodes.html\n')
    const page = read('nodes.html')
    expect(page).toContain(`<p class="digest">${/digest {3}(\S+)/.exec(out)![1]}</p>`)
    expect(page).toContain(`wavetank study ${path('small.study.yaml')} --point 3 --replication 0 --log run.ndjson`)
    const again = await wavetank('study', path('small.study.yaml'), ...options, '-q', '--html', path('again.html'))
    expect(again).toEqual({ code: 0, out: '', err: '' })
    expect(read('again.html')).toBe(page)
    const nowhere = await wavetank('study', path('small.study.yaml'), ...options, '-q', '--html', path('no/where.html'))
    expect(nowhere.code).toBe(2)
    expect(nowhere.err).toContain('no/where.html cannot be written: the folder does not exist')
    expect(readdirSync(path('.')).filter((name) => name.endsWith('.tmp'))).toEqual([])
  })

  it('comes to the same with one worker and with several, and goes by what is there when it is asked again', () => {
    const one = child('study', 'small.study.yaml', '-o', 'w1', '--workers', '1', '--json')
    const two = child('study', 'small.study.yaml', '-o', 'w2', '--workers', '2', '--json')
    expect(one.code).toBe(0)
    expect(digestOf(two.out)).toBe(digestOf(one.out))
    const before = read('w2/journal.ndjson')
    expect(child('study', 'small.study.yaml', '-o', 'w2', '--workers', '2', '--json').out).toBe(two.out)
    expect(read('w2/journal.ndjson')).toBe(before)
  })

  it('shows how far it is to who watches, and clears that line', async () => {
    const told: string[] = []
    const terminal = { out: () => {}, err: (text: string) => void told.push(text), isInteractive: true }
    await main(['study', path('small.study.yaml'), '-o', path('watched'), '--workers', '1'], terminal)
    const lines = told.join('').split('\r\u001b[K')
    expect(lines[1]).toMatch(/^\d+% {2}\d+ of 12 runs/)
    expect(lines.at(-1)).toBe('')
  })

  it('makes one of its runs again, with a log that has the same answers', async () => {
    const { code, out } = await wavetank(
      ...['study', path('small.study.yaml'), '--point', '3', '--replication', '2', '--log', path('again.ndjson')],
    )
    expect(code).toBe(0)
    expect(out).toContain('workers=3, replicas=3\n')
    await wavetank('study', path('small.study.yaml'), '-o', path('one'), '--workers', '1', '-q')
    const line = read('one/journal.ndjson')
      .split('\n')
      .find((text) => text.startsWith('{"point":3,"number":2,'))!
    const { seed, entries } = JSON.parse(line)
    expect(read('again.ndjson').split('\n').length - 3).toBe(entries)
    expect(JSON.parse(read('again.ndjson').split('\n')[0]!).seed).toBe(seed)
  })

  it('is killed and goes on: nothing is lost, nothing is made twice, the same comes out', async () => {
    const undisturbed = child('study', 'large.study.yaml', '-o', 'calm', '--workers', '2', '--json')
    for (let kills = 0; kills < 2; kills++) {
      const running = await underWay('killed', '--workers', '2')
      running.kill('SIGKILL')
      await once(running, 'exit')
    }
    const before = linesOf('killed/journal.ndjson')
    const resumed = child('study', 'large.study.yaml', '-o', 'killed', '--workers', '2', '--json')
    expect(resumed).toMatchObject({ code: 0, err: '' })
    expect(digestOf(resumed.out)).toBe(digestOf(undisturbed.out))
    expect(before).toBeLessThan(240)
    expect(linesOf('killed/journal.ndjson')).toBe(240)
    const runs = read('killed/journal.ndjson').trimEnd().split('\n').slice(1)
    expect(new Set(runs.map((line) => /^{"point":\d+,"number":\d+,/.exec(line)?.[0])).size).toBe(240)
  })

  it('is interrupted, says how to go on, and leaves no lock', async () => {
    const running = await underWay('stopped', '--workers', '2')
    let err = ''
    running.stderr!.on('data', (chunk) => {
      err += chunk
    })
    running.kill('SIGINT')
    const [code] = await once(running, 'close')
    expect(code).toBe(130)
    expect(err).toMatch(
      /^interrupted: \d+ of 240 runs are in stopped\/journal\.ndjson\n {4}go on with: wavetank study large\.study\.yaml --output stopped\n$/,
    )
    expect(readdirSync(path('stopped'))).toEqual(['journal.ndjson'])
  })

  it('says that a disk is full, and goes on when there is room', () => {
    // Files of one block: the head of the journal fits, a few outcomes do.
    const full = shell(`ulimit -f 1; trap '' XFSZ; wavetank study small.study.yaml -o full --workers 1`)
    expect(full.code).toBe(2)
    expect(full.err).toContain('full/journal.ndjson cannot be written: the file is as large as it may become')
    expect(child('study', 'small.study.yaml', '-o', 'full', '--workers', '1', '-q')).toEqual({
      code: 0,
      out: '',
      err: '',
    })
  })

  it('does not take the runs of another study for its own', () => {
    child('study', 'small.study.yaml', '-o', 'changed', '--workers', '1', '-q')
    write('small.study.yaml', studyOf(3, 'seed: 9\n'))
    const { code, err } = child('study', 'small.study.yaml', '-o', 'changed', '--workers', '1')
    expect(code).toBe(2)
    expect(err).toContain('is of another study')
    expect(child('study', 'small.study.yaml', '-o', 'changed', '--workers', '1', '-q', '--restart').code).toBe(0)
    write('small.study.yaml', studyOf(3))
  })

  it('is told what is wrong with its file, its options and its runs', async () => {
    write('wrong.study.yaml', studyOf(3).replace('evictions', 'evctions'))
    expect(await wavetank('study', path('wrong.study.yaml'))).toMatchObject({
      code: 2,
      err: 'wrong.study.yaml:10:5 error WT061 measure[1]: there is no metric evctions\n    did you mean `evictions`?\n1 error, 0 warnings\n',
    })
    const small = path('small.study.yaml')
    expect((await wavetank('study', small, '--point', '9')).err).toContain(
      'there is no point 9\n    the study has 4, from 0 to 3',
    )
    expect((await wavetank('study', small, '--log', path('x.ndjson'))).err).toContain(
      'the runs of a study have no logs',
    )
    expect((await wavetank('study', small, '--workers', '0')).err).toContain('from 1 to 1024')
    write(
      'budget.study.yaml',
      studyOf(3).replace('vary:', 'vary:\n  - { name: budget, path: limits.entries, values: [100] }'),
    )
    const { code, err } = await wavetank('study', path('budget.study.yaml'), '-o', path('budget'), '--workers', '1')
    expect(code).toBe(2)
    expect(err).toMatch(
      /^error: replication 0 of point 0 \(budget=100, workers=2, replicas=2\) was ended after 100 entries\n/,
    )
    expect(await wavetank('run', small)).toMatchObject({
      code: 2,
      err: expect.stringContaining('`wavetank study FILE`'),
    })
    expect((await wavetank('validate', small, path('shop.yaml'))).out).toBe(
      'small.study.yaml: valid (4 points, 2 measures, 12 runs)\nshop.yaml: valid (3 nodes, 1 object, 0 timeline entries, 0 expectations)\n',
    )
    expect(JSON.parse((await wavetank('schema', 'study')).out).title).toBe('Study')
    expect((await wavetank('schema', 'pod')).code).toBe(2)
  })
})
