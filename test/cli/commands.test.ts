import { existsSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createFolder, smallScenario } from './folder.ts'

const folder = createFolder()
const { wavetank, write, path } = folder
afterAll(folder.remove)

const good = `expect:
  - name: it runs
    eventually: pods.exists(p, ready(p))
    within: 30s
`
const failing = `expect:
  - name: there are two
    at: 30s
    that: pods.size() == 2
`

beforeAll(() => void write('a.yaml', smallScenario(good)))

describe('run', () => {
  it('prints the seed first and the digest last, and ends with 0', async () => {
    const { code, out, err } = await wavetank('run', path('a.yaml'), '--log', path('a.ndjson'))
    expect([code, err]).toEqual([0, ''])
    const lines = out.trimEnd().split('\n')
    expect(lines[0]).toBe('seed           1')
    expect(lines[lines.length - 1]).toMatch(/^digest {9}sha256:[0-9a-f]{64}$/)
    expect(out).toContain('1 of 1 met')
  })

  it('ends with 1 if an expectation failed, and says which, quiet or not', async () => {
    const file = write('failing.yaml', smallScenario(failing))
    for (const flags of [[], ['--quiet']]) {
      const { code, out } = await wavetank('run', file, '--log', path('failing.ndjson'), ...flags)
      expect(code).toBe(1)
      expect(out).toContain('there are two')
    }
    expect((await wavetank('replay', '--log', path('failing.ndjson'))).out).toContain('there are two')
  })

  it('says nothing with --quiet if all is well', async () => {
    const said = await wavetank('run', write('q.yaml', smallScenario(good)), '-q', '--log', path('q.ndjson'))
    expect(said).toEqual({ code: 0, out: '', err: '' })
  })

  it('prints one line of JSON with --json', async () => {
    const { code, out } = await wavetank('run', path('a.yaml'), '--json', '--log', path('a.ndjson'))
    expect(code).toBe(0)
    expect(out.trimEnd()).not.toContain('\n')
    const summary = JSON.parse(out)
    expect(summary).toMatchObject({ seed: 1, name: 'small', end: { reason: 'horizon' }, expectations: { met: 1 } })
    const replayed = await wavetank('replay', '--json', '--log', path('a.ndjson'))
    expect(JSON.parse(replayed.out)).toEqual(summary)
  })

  it('writes the same bytes for the same scenario and seed, and others for another seed', async () => {
    const log = async (name: string, seed: string): Promise<string> => {
      await wavetank('run', path('a.yaml'), '-q', '--seed', seed, '--log', path(name))
      return folder.read(name)
    }
    const [one, again, other] = [await log('1.ndjson', '5'), await log('2.ndjson', '5'), await log('3.ndjson', '6')]
    expect(again).toBe(one)
    expect(other).not.toBe(one)
  })

  it('ends where --until says, and says if that is after the end', async () => {
    const early = await wavetank('run', path('a.yaml'), '--until', '10s', '--log', path('u.ndjson'))
    expect(early.out).toContain('simulated      10s')
    const late = await wavetank('run', path('a.yaml'), '-q', '--until', '2h', '--log', path('u.ndjson'))
    expect(late).toEqual({ code: 0, out: '', err: 'warning: --until 2h0m0s is after the end of the scenario, 1m0s\n' })
  })

  it('runs every scenario it is given, a line each, and ends with the worst of their codes', () => {
    write('missing-pod.yaml', smallScenario(failing))
    const { code, out, err } = folder.child('run', 'a.yaml', 'missing-pod.yaml', 'nowhere.yaml', 'a.yaml')
    expect(code).toBe(2)
    expect(out.replaceAll(/[0-9a-f]{12}…/g, '…')).toMatchInlineSnapshot(`
      "✓ a.yaml: 1 of 1 met (1m0s, 23 entries, seed 1, sha256:…)
      ✗ missing-pod.yaml: 0 of 1 met (1m0s, 22 entries, seed 1, sha256:…)
        ✗ there are two (failed at 30s): \`pods.size()\` is 1 (default/web), expected 2
      ✓ a.yaml: 1 of 1 met (1m0s, 23 entries, seed 1, sha256:…)
      "
    `)
    expect(err).toContain('nowhere.yaml:1:1 error WT004')
    expect(err).toContain('✗ nowhere.yaml: exit code 2')
  })

  it('of several says only what failed with --quiet', () => {
    write('missing-pod.yaml', smallScenario(failing))
    const { code, out, err } = folder.child('run', 'a.yaml', 'missing-pod.yaml', '-q')
    expect([code, err]).toEqual([1, ''])
    expect(out).toMatch(/^✗ missing-pod\.yaml: 0 of 1 met .*\n {2}✗ there are two .*\n$/)
  })
})

it('refuses one log for several scenarios', async () => {
  const { code, err } = await wavetank('run', path('a.yaml'), path('a.yaml'), '--log', path('one.ndjson'))
  expect([code, err]).toEqual([2, expect.stringContaining('without it each run has a log of its own')])
})

describe('what reads a log', () => {
  beforeAll(async () => {
    await wavetank('run', path('a.yaml'), '-q', '--log', path('r.ndjson'))
  })
  const log = ['--log', path('r.ndjson')]

  it('shows objects at an instant as kubectl does', async () => {
    expect((await wavetank('get', 'pods', '--at', '0s', ...log)).out).toMatchInlineSnapshot(`
      "NAME   READY   STATUS    RESTARTS   AGE
      web    0/1     Pending   0          0s
      "
    `)
    expect((await wavetank('get', 'pods', ...log)).out).toMatchInlineSnapshot(`
      "NAME   READY   STATUS    RESTARTS   AGE
      web    1/1     Running   0          60s
      "
    `)
    expect((await wavetank('get', 'pods', '-o', 'name', ...log)).out).toBe('pod/web\n')
    const json = await wavetank('get', 'pod', 'web', '-o', 'json', ...log)
    expect(JSON.parse(json.out)).toMatchObject({ kind: 'Pod', status: { phase: 'Running' } })
  })

  it('says what kubectl says of what is not there', async () => {
    expect(await wavetank('get', 'pods', 'gone', ...log)).toEqual({
      code: 1,
      out: '',
      err: 'Error from server (NotFound): pods "gone" not found\n',
    })
    expect((await wavetank('get', 'frobs', ...log)).err).toBe(
      'error: the server doesn\'t have a resource type "frobs"\n',
    )
    expect((await wavetank('get', 'rs', ...log)).err).toBe('No resources found in default namespace.\n')
  })

  it("prints Kubernetes' events, all or about one object", async () => {
    const all = await wavetank('events', ...log)
    expect(all.out).toContain('Successfully assigned default/web to worker-1')
    expect((await wavetank('events', '--for', 'po/web', ...log)).out).toBe(all.out)
    expect((await wavetank('events', '--for', 'web', ...log)).code).toBe(2)
  })

  it('prints entries with their causes', async () => {
    const { out } = await wavetank('events', '--entries', '--from', '1ms', '--at', '1s', ...log)
    const lines = out.trimEnd().split('\n')
    expect(lines.length).toBeGreaterThan(3)
    for (const line of lines) expect(line).toMatch(/^t=\d+ms \S+ \S+.* \(#\d+ ← #\d+\)$/)
  })

  it('refuses an instant after the end of the run', async () => {
    for (const command of [['get', 'pods'], ['events'], ['replay']]) {
      const { code, err } = await wavetank(...command, '--at', '2m', ...log)
      expect([code, err]).toEqual([2, 'error: the run ended at 1m0s, before 2m0s\n'])
    }
  })

  it('reads the last run of the folder if no log is named', () => {
    const own = createFolder()
    own.write('a.yaml', smallScenario())
    const none = own.child('get', 'pods')
    expect([none.code, none.out]).toEqual([2, ''])
    expect(none.err).toContain('there is no run in this folder yet')
    expect(own.child('run', 'a.yaml', '-q', '--seed', '3').code).toBe(0)
    expect(existsSync(own.path('.wavetank/small-3.ndjson'))).toBe(true)
    expect(own.child('get', 'pods', '-o', 'name').out).toBe('pod/web\n')
    own.remove()
  })
})

describe('validate, explain, schema, help', () => {
  it('checks without running', async () => {
    const { code, out } = await wavetank('validate', write('v.yaml', smallScenario(good)))
    expect([code, out]).toEqual([0, 'v.yaml: valid (1 node, 1 object, 0 timeline entries, 1 expectation)\n'])
  })

  it('explains every code by its number, in either case', async () => {
    expect((await wavetank('explain', 'WT012')).out).toContain('A value of the wrong type')
    expect((await wavetank('explain', 'wt306')).out).toContain('a line was edited')
    expect((await wavetank('explain', 'WT999')).code).toBe(2)
  })

  it('prints the schema as JSON', async () => {
    const { code, out } = await wavetank('schema')
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({ type: 'object', required: expect.arrayContaining(['duration']) })
  })

  it('prints its help and its version, and ends with 0', async () => {
    const { code, out } = await wavetank('--help')
    expect(code).toBe(0)
    for (const command of ['run', 'validate', 'get', 'events', 'replay', 'explain', 'schema'])
      expect(out).toContain(`\n  ${command}`)
    expect(await wavetank('--version')).toMatchObject({ code: 0, err: '' })
  })
})

describe('a wrong flag', () => {
  it.each([
    [[], 'Usage: wavetank'],
    [['frob'], "unknown command 'frob'"],
    [['run'], "missing required argument 'file'"],
    [['run', 'a.yaml', '--jsn'], '(Did you mean --json?)'],
    [['run', 'a.yaml', '--seed', 'x'], 'expected a whole number'],
    [['run', 'a.yaml', '--seed', '1.5'], 'expected a whole number'],
    [['run', 'a.yaml', '--seed', '-1'], 'expected a whole number'],
    [['run', 'a.yaml', '--seed', '9007199254740993'], 'expected a whole number'],
    [['run', 'a.yaml', 'b.yaml', '--log', 'x'], '--log goes with one scenario'],
    [['get', 'pods', '--at', '5'], 'a duration needs a unit: did you mean `5s`?'],
    [['get', 'pods', '--at', '-5s'], 'a duration cannot be negative'],
    [['get', 'pods', '-o', 'frob'], 'one of wide, name, yaml, json'],
  ])('%j ends with 2', async (args, said) => {
    const { code, err } = await wavetank(...args)
    expect(code).toBe(2)
    expect(err).toContain(said)
  })
})
