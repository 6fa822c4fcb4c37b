import { once } from 'node:events'
import { existsSync, statSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createFolder, longScenario, smallScenario } from './folder.ts'

const folder = createFolder()
const { wavetank, write, path, read } = folder
afterAll(folder.remove)
beforeAll(() => void write('long.yaml', longScenario))

const LOG_GROWN = 2_000_000

/** Starts a run that takes long, and waits until its log has grown. */
const underWay = async (log: string): Promise<ReturnType<typeof folder.start>> => {
  const child = folder.start('run', 'long.yaml', '--log', log)
  for (let waited = 0; waited < 60_000; waited += 20) {
    if (existsSync(path(log)) && statSync(path(log)).size > LOG_GROWN) return child
    await setTimeout(20)
  }
  child.kill('SIGKILL')
  throw new Error('the log does not grow')
}

describe('a run that does not come to its end', () => {
  it('leaves a log that is recovered up to its last whole entry, if it is killed', async () => {
    const child = await underWay('killed.ndjson')
    child.kill('SIGKILL')
    await once(child, 'exit')
    const text = read('killed.ndjson')
    const whole = text.split('\n').length - 2
    const { code, err, out } = await wavetank('replay', '--log', path('killed.ndjson'))
    expect(code).toBe(0)
    expect(err).toMatch(/^killed\.ndjson:\d+ warning WT30[45] /)
    expect(err).toContain(`all ${whole} entries before that are intact`)
    expect(out).toContain(`${whole} entries`)
  })

  it('leaves a whole log, if it is interrupted', async () => {
    const child = await underWay('interrupted.ndjson')
    let out = ''
    child.stdout!.on('data', (chunk) => {
      out += chunk
    })
    child.kill('SIGINT')
    const [code] = await once(child, 'close')
    expect(code).toBe(130)
    expect(out).toContain('stopped')
    const lines = read('interrupted.ndjson').trimEnd().split('\n')
    expect(JSON.parse(lines[lines.length - 1]!)).toMatchObject({ end: 'stopped', entries: lines.length - 2 })
    expect(await wavetank('replay', '--log', path('interrupted.ndjson'))).toMatchObject({ code: 0, err: '' })
  })

  it('ends when its budget is used up, and names the events that were most', async () => {
    write('budget.yaml', `${longScenario}limits: { entries: 3000 }\n`)
    const { code, err } = await wavetank('run', path('budget.yaml'), '--log', path('budget.ndjson'))
    expect(code).toBe(2)
    expect(err).toMatch(/^error: the run was ended after 3000 entries, at \S+\n {4}the last events were \w+(, \w+)+\n/)
    expect(err).toContain('raise limits.entries in the scenario')
    const replayed = await wavetank('replay', '--json', '--log', path('budget.ndjson'))
    expect(JSON.parse(replayed.out).end).toMatchObject({
      reason: 'budget',
      kinds: expect.arrayContaining(['PodSyncDue']),
    })
  })

  it('ends when time does not go on, and names the events that go round', async () => {
    write(
      'loop.yaml',
      smallScenario(
        'latencies: { apiWrite: 0s, watch: 0s, controllerSync: 0s, schedulingCycle: 0s }\nlimits: { causesInOneInstant: 2 }\n',
      ),
    )
    const { code, err } = await wavetank('run', path('loop.yaml'), '--log', path('loop.ndjson'))
    expect(code).toBe(2)
    expect(err).toMatch(/^error: the run goes in circles at \S+ without time going on\n {4}the last events were \w+/)
    expect(err).toContain('limits.causesInOneInstant')
  })
})

describe('a pipe', () => {
  it('that ends early ends the output, quietly', () => {
    expect(folder.child('run', 'long.yaml', '-q', '--until', '10m', '--log', 'piped.ndjson').code).toBe(0)
    const head = folder.shell('wavetank events --entries --log piped.ndjson | head -1')
    expect(head.err).toBe('')
    expect(head.out).toMatch(/^t=0s scenario ClusterConfigured seed=1 \(#0\)\n$/)
  })

  it('takes all of a long output', () => {
    const { code, out } = folder.shell('wavetank events --entries --log piped.ndjson | wc -l')
    expect(code).toBe(0)
    expect(Number(out)).toBe(read('piped.ndjson').trimEnd().split('\n').length - 2)
  })
})
