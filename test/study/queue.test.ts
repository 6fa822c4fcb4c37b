import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Command, eventually, wavetank } from './command.ts'
import { createRedisServer, hasRedis, type RedisServer } from './redis-server.ts'

/** Studies whose runs are made by other processes, which are killed, as Redis and the study itself are. */

const SCENARIO = `apiVersion: wavetank.dev/v1alpha1
kind: Scenario
metadata: {name: shop}
duration: 6h
nodes:
- {name: worker, count: 4, zones: [a, b], capacity: {cpu: '4', memory: 16Gi}}
manifests:
- apiVersion: apps/v1
  kind: Deployment
  metadata: {name: web, namespace: shop}
  spec:
    replicas: 5
    selector: {matchLabels: {app: web}}
    template:
      metadata: {labels: {app: web}}
      spec:
        containers:
        - {name: web, image: nginx, resources: {requests: {cpu: 500m, memory: 128Mi}}}
behaviors:
- crash: {after: {exponential: {mean: 20m}}}
expect:
- {name: runs, eventually: 'pods.all(p, ready(p))'}
`
const STUDY = `apiVersion: wavetank.dev/v1alpha1
kind: Study
metadata: {name: nodes}
scenario: shop.yaml
vary:
- {name: workers, path: 'nodes[name=worker].count', range: {from: 1, to: 3}}
measure: [restarts, evictions]
replications: 30
`
const RUNS = 90

describe.skipIf(!hasRedis)('a study behind a queue', () => {
  let folder = ''
  let redis: RedisServer
  const commands: Command[] = []

  const start = (...args: readonly string[]): Command => {
    const command = wavetank(folder, ...args)
    commands.push(command)
    return command
  }
  const startWorker = async (url = redis.url): Promise<Command> => {
    const worker = start('worker', '--redis', url, '--workers', '1', '--lease', '2s')
    await worker.says('waiting at')
    return worker
  }
  const startStudy = (output: string): Command =>
    start('study', 'study.yaml', '--redis', redis.url, '--output', output, '--json')
  const server = async (persistent: boolean): Promise<void> => {
    redis = await createRedisServer(persistent)
    await redis.start()
  }

  const journalOf = (output: string): readonly string[] => {
    const path = join(folder, output, 'journal.ndjson')
    return existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(1, -1) : []
  }
  const hasBegun = (output: string): Promise<void> =>
    eventually(() => journalOf(output).length >= RUNS / 10, 'a tenth of the runs')
  /** The same bytes as in this process, and every run once. */
  const expectUndisturbed = async (study: Command, output: string): Promise<void> => {
    expect([await study.end, study.said()]).toEqual([0, expect.stringContaining('"digest"')])
    for (const file of ['results.json', 'responses.parquet'])
      expect(readFileSync(join(folder, output, file)).equals(readFileSync(join(folder, 'local', file)))).toBe(true)
    const runs = journalOf(output).map((line) => line.replace(/,"seed".*/, ''))
    expect(runs.length).toBe(RUNS)
    expect(new Set(runs).size).toBe(RUNS)
  }

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'wavetank-queue-'))
    writeFileSync(join(folder, 'shop.yaml'), SCENARIO)
    writeFileSync(join(folder, 'study.yaml'), STUDY)
    const local = start('study', 'study.yaml', '--workers', '1', '--output', 'local', '--json')
    expect([await local.end, local.said()]).toEqual([0, expect.stringContaining('"digest"')])
  }, 60_000)
  afterEach(async () => {
    for (const command of commands.splice(0)) {
      command.signal('SIGKILL')
      await command.end
    }
    await redis?.remove()
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('has the results of this process, and takes over the runs of a worker that is killed', async () => {
    await server(false)
    const [killed, other] = await Promise.all([startWorker(), startWorker()])
    const study = startStudy('worker-killed')
    await hasBegun('worker-killed')
    killed.signal('SIGKILL')
    await expectUndisturbed(study, 'worker-killed')
    other.signal('SIGTERM')
    await other.end
    expect(other.said()).toMatch(/finishing what is under way[\s\S]*\d+ runs made/)
  })

  it.each([
    ['with all that it had', true],
    ['empty', false],
  ])('waits for a Redis that is gone, and goes on with it when it is back %s', async (name, persistent) => {
    await server(persistent)
    const worker = await startWorker()
    const study = startStudy(name)
    await hasBegun(name)
    await redis.kill()
    await study.says(`Redis at ${redis.url} is gone: waiting for it`)
    await worker.says(`Redis at ${redis.url} is gone: waiting for it`)
    await redis.start()
    await study.says(`Redis at ${redis.url} is back`)
    await expectUndisturbed(study, name)
  })

  it('goes on after it was killed itself, with what the journal has and what workers have made meanwhile', async () => {
    await server(false)
    await startWorker()
    const killed = startStudy('study-killed')
    await hasBegun('study-killed')
    killed.signal('SIGKILL')
    await killed.end
    expect(journalOf('study-killed').length).toBeLessThan(RUNS)
    await expectUndisturbed(startStudy('study-killed'), 'study-killed')
  })

  it('ends when it is told to, also while Redis is gone', async () => {
    await server(false)
    await startWorker()
    const study = startStudy('interrupted')
    await hasBegun('interrupted')
    await redis.kill()
    await study.says('is gone')
    study.signal('SIGINT')
    expect(await study.end).toBe(130)
    expect(study.said()).toMatch(/interrupted: \d+ of 90 runs are in/)
  })

  it.each([
    ['capacity', ['--probability', '0.5']],
    ['survive', ['--failures', '1', '--replications', '2', '--max-runs', '10']],
  ])('%s has its runs made there as well', async (name, options) => {
    await server(false)
    await startWorker()
    const asked = [name, 'shop.yaml', ...options, '--json', '--quiet']
    const local = start(...asked, '--workers', '1')
    const remote = start(...asked, '--redis', redis.url)
    expect(await remote.end).toBe(await local.end)
    expect(remote.said()).toBe(local.said())
    expect(remote.said()).toMatch(/^{/)
  })

  it('says that nobody is there, and begins when somebody comes', async () => {
    await server(false)
    const study = startStudy('lonely')
    await study.says(`no worker is at ${redis.url}: start some with wavetank worker --redis ${redis.url}`)
    await startWorker()
    await expectUndisturbed(study, 'lonely')
  })

  it('gives nothing to workers of another build, and both say so', async () => {
    await server(false)
    const { createQueueWorker } = await import('@wavetank/study')
    const notices: string[] = []
    const openEngine = (): Promise<never> => Promise.reject(new Error('it was asked for a run'))
    const other = await createQueueWorker({
      ...{ url: redis.url, build: 'another', threads: 1, lease: 2_000, openEngine },
      onNotice: (text) => notices.push(text),
    })
    const study = startStudy('builds')
    await study.says(/the one worker at .* is of another build of wavetank and gets nothing: start workers of this one/)
    await eventually(() => notices.length > 0, 'a word of the worker')
    expect(notices).toEqual([
      expect.stringMatching(/a study at .* is of another build of wavetank \(\w+\): this worker/),
    ])
    expect(journalOf('builds')).toEqual([])
    await startWorker()
    await expectUndisturbed(study, 'builds')
    await other.drop()
  })

  it.each([
    [
      'where there is none',
      'redis://127.0.0.1:1',
      /error: Redis at redis:\/\/127.0.0.1:1 does not answer: .*ECONNREFUSED/,
    ],
    ['whose address is none', 'shop.yaml', /error: Redis at shop.yaml does not answer: that is no address of a Redis/],
  ])('does not begin with a Redis %s', async (_, url, message) => {
    for (const args of [
      ['study', 'study.yaml', '--redis', url, '--output', 'none'],
      ['worker', '--redis', url],
    ]) {
      const command = start(...args)
      expect(await command.end).toBe(2)
      expect(command.said()).toMatch(message)
    }
  })

  it('does not show the password of a Redis', async () => {
    const command = start('worker', '--redis', 'redis://:secret@127.0.0.1:1')
    expect(await command.end).toBe(2)
    expect(command.said()).not.toContain('secret@')
  })
})
