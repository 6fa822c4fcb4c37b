import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createFolder } from './folder.ts'

const folder = createFolder()
const { wavetank, write, path } = folder
afterAll(folder.remove)

const STORY = fileURLToPath(new URL('../../scenarios/liveness-probe.yaml', import.meta.url))

beforeAll(() => wavetank('run', STORY, '-q', '--log', path('run.ndjson')))

const ask = (...args: readonly string[]) => wavetank(...args, '--log', path('run.ndjson'))

describe('get --watch', () => {
  it('prints the instant, and then a line for each change of an object, in the widths of the table', async () => {
    const { code, out, err } = await ask('get', 'pods', '--at', '1m', '--watch', '--until', '3m')
    expect([code, err]).toEqual([0, ''])
    expect(out).toMatchInlineSnapshot(`
      "NAME       READY   STATUS    RESTARTS   AGE
      liveness   1/1     Running   0          60s
      liveness   0/1     Error     0          110s
      liveness   1/1     Running   1 (1s ago)   111s
      "
    `)
  })

  it('says with --output-watch-events what happened', async () => {
    const { out } = await ask('get', 'pods', '-w', '--until', '3s', '--output-watch-events')
    expect(out.split('\n').map((line) => line.split(/ +/)[0])).toEqual([
      'EVENT',
      'ADDED',
      'MODIFIED',
      'MODIFIED',
      'MODIFIED',
      'MODIFIED',
      '',
    ])
  })

  it('prints names, columns and templates line by line as well', async () => {
    const names = await ask('get', 'pods', '-o', 'name', '-w', '--at', '1m', '--until', '2m')
    expect(names.out).toBe('pod/liveness\npod/liveness\npod/liveness\n')
    const columns = await ask(
      'get',
      'pods',
      '-o',
      'custom-columns=P:.status.phase',
      '-w',
      '--at',
      '1m',
      '--until',
      '2m',
    )
    expect(columns.out).toBe('P\nRunning\nRunning\nRunning\n')
  })

  it('refuses what it cannot do', async () => {
    expect(await ask('get', 'events', '--watch')).toMatchObject({ code: 2, out: '' })
    expect((await ask('get', 'pods', '--until', '3m')).err).toBe('error: --until goes with --watch\n')
    expect((await ask('get', 'pods', '--watch', '--at', '9h')).code).toBe(2)
    expect(await ask('get', 'widgets', '--watch')).toEqual({
      code: 1,
      out: '',
      err: 'error: the server doesn\'t have a resource type "widgets"\n',
    })
  })
})

describe('get -o', () => {
  it('jsonpath prints what a template makes of the objects', async () => {
    const { out } = await ask('get', 'pods', '-o', 'jsonpath={range .items[*]}{.metadata.name}={.spec.nodeName};{end}')
    expect(out).toBe('liveness=worker-1;')
    const one = await ask('get', 'pod/liveness', '-o', 'jsonpath={.spec.nodeName}')
    expect(one.out).toBe('worker-1')
  })

  it('jsonpath-file and custom-columns-file read a file, and say if they cannot', async () => {
    const template = write('template.txt', '{.items[0].metadata.name}\n')
    expect((await ask('get', 'pods', '-o', `jsonpath-file=${template}`)).out).toBe('liveness\n')
    const missing = await ask('get', 'pods', '-o', `jsonpath-file=${path('none.txt')}`)
    expect(missing).toMatchObject({ code: 2, out: '' })
    expect(missing.err).toContain('cannot read the template none.txt')
  })
})

describe('logs', () => {
  it('says when each container ran and how it ended', async () => {
    const { code, out, err } = await ask('logs', 'liveness', '--at', '3m')
    expect(code).toBe(0)
    expect(err).toBe('Nothing is printed by simulated containers; this is when they ran, and how they ended.\n')
    expect(out).toMatchInlineSnapshot(`
      "liveness unhealthy
        run 1: started at 2.183s, ended at 1m50.628s with exit code 137 (Error)
        run 2: started at 1m51.15s, and runs
      "
    `)
  })

  it('says with --previous how the run before the present one ended', async () => {
    const { code, out } = await ask('logs', 'pod/liveness', '--previous', '--at', '3m', '-c', 'unhealthy')
    expect(code).toBe(0)
    expect(out).toContain('run 1: started')
    expect(out).not.toContain('run 2')
  })

  it('says of a container whose node lost power that it does not run any more', async () => {
    const story = fileURLToPath(new URL('../../scenarios/node-failure.yaml', import.meta.url))
    const log = path('failure.ndjson')
    await wavetank('run', story, '-q', '--log', log)
    const pods = await wavetank('get', 'pods', '-o', 'name', '--at', '5m', '--log', log)
    const lost = pods.out.split('\n').filter((line) => line !== '')
    const told = await Promise.all(lost.map((pod) => wavetank('logs', pod, '--at', '5m10s', '--log', log)))
    const ends = told.map(({ out }) => out.slice(out.indexOf('run 1')).replace(/.*started at \S+, /, ''))
    expect(ends.filter((end) => end === 'ended at 5m0s when its node lost power\n')).toHaveLength(2)
    expect(ends.filter((end) => end === 'and runs\n')).toHaveLength(2)
  })

  it('refuses what is not there', async () => {
    const early = await ask('logs', 'liveness', '--previous', '--at', '1m', '-c', 'unhealthy')
    expect(early.err).toContain('error: previous terminated container "unhealthy" in pod "liveness" not found')
    expect(early.code).toBe(1)
    expect((await ask('logs', 'web')).code).toBe(1)
    expect((await ask('logs', 'liveness', '-c', 'sidecar')).err).toContain('it has unhealthy')
  })
})
