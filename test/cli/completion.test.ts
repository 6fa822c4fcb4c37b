import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { ARGUMENT_VALUES, OPTION_VALUES } from '../../packages/cli/src/commands/complete.ts'
import { main, program } from '../../packages/cli/src/main.ts'
import { createFolder } from './folder.ts'

const folder = createFolder()
const { wavetank, path, write } = folder
afterAll(folder.remove)
beforeAll(async () => {
  await wavetank('run', 'scenarios/node-failure.yaml', '--log', path('run.ndjson'), '-q')
  write('stories/a.yaml', '')
  write('stories/b.txt', '')
}, 120_000)

type Command = ReturnType<typeof program>

const log = () => ['--log', path('run.ndjson')]
const words = async (...typed: readonly string[]): Promise<readonly string[]> => {
  const { code, out, err } = await wavetank('complete', '--', ...typed)
  expect({ code, err }).toEqual({ code: 0, err: '' })
  return out.split('\n').flatMap((line) => (line === '' ? [] : [line.split('\t')[0]!]))
}

const silent = program({ out: () => {}, err: () => {}, isInteractive: false }, () => {})
const commands = (of: Command, path: readonly string[] = []): readonly (readonly [path: string, command: Command])[] =>
  of.commands.flatMap((one) => [
    [[...path, one.name()].join(' '), one] as const,
    ...commands(one, [...path, one.name()]),
  ])

describe('completion', () => {
  it.each<[readonly string[], readonly string[]]>([
    [['ge'], ['get']],
    [
      ['export', 'p'],
      ['parquet', 'perfetto'],
    ],
    [['get', 'deploy'], ['deployments']],
    [['get', 'pods', '--al'], ['--all-namespaces']],
    [['get', '-o', 'w'], ['wide']],
    [['get', 'pods', '--output', 'y'], ['yaml']],
    [
      ['query', '--format', ''],
      ['table', 'csv', 'json'],
    ],
    [['export', 'ndjson', '--kind', 'PodBound,PodAcc'], ['PodBound,PodAccepted']],
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish'],
    ],
    [['run', 'scenarios/node-failure.y'], ['scenarios/node-failure.yaml']],
    [['run', '--seed', ''], []],
    [['nothing', ''], []],
  ])('of %j is %j', async (typed, expected) => {
    expect(await words(...typed)).toEqual(expected)
  })

  it('knows the names of the log that is named, or of the last one', async () => {
    const hostnames = ['hostname-4kbzc', 'hostname-mh7f5', 'hostname-xg4sf', 'hostname-xqww8']
    expect(await words('get', ...log(), 'pods', 'h')).toEqual(hostnames)
    expect(await words('get', ...log(), 'po/host')).toEqual(hostnames.map((name) => `po/${name}`))
    expect(await words('get', ...log(), 'nodes', '')).toEqual(['worker-1', 'worker-2', 'worker-3'])
    expect(await words('why', ...log(), 'node/worker-3')).toEqual(['node/worker-3'])
    expect(await words('get', ...log(), 'pods', '-n', 'kube-s')).toEqual(['kube-system'])
    expect(await words('get', ...log(), '-n', 'kube-system', 'pods', '')).toEqual([])
    expect(await words('events', ...log(), '--for', 'pod/ba')).toEqual(['pod/bare'])
    expect(await words('get', '--log', path('missing.ndjson'), 'pods', '')).toEqual([])
    const last = folder.shell(
      'wavetank run stories/x.yaml 2>/dev/null; mkdir -p .wavetank; echo run.ndjson > .wavetank/last; wavetank complete -- get pods b',
    )
    expect(last.out).toBe('bare\n')
  })

  it('lists files of the right kind, and folders to go on from', async () => {
    expect(await words('validate', `${path('stories')}/`)).toEqual(['stories/a.yaml'])
    expect(await words('validate', path('stor'))).toEqual(['stories/'])
    expect(await words('replay', '--log', path('ru'))).toEqual(['run.ndjson'])
  })

  it('speaks of commands and options that there are', () => {
    const all = new Map(commands(silent))
    expect(Object.keys(ARGUMENT_VALUES).filter((name) => !all.has(name))).toEqual([])
    const missing = Object.keys(OPTION_VALUES).filter((key) => {
      const [option = '', ...path] = key.split(' ').reverse()
      const where = path.length === 0 ? [...all.values()] : [all.get(path.reverse().join(' '))]
      return !where.some((command) => command?.options.some(({ long }) => long === option))
    })
    expect(missing).toEqual([])
  })

  it('refuses shells that it does not know', async () => {
    const { code, err } = await wavetank('completion', 'tcsh')
    expect({ code, err }).toEqual({
      code: 2,
      err: 'error: there is no completion for "tcsh"\n    one of bash, zsh, fish\n',
    })
  })
})

const TOOL = fileURLToPath(new URL('../../tools/wavetank.mjs', import.meta.url))
const isThere = (shell: string): boolean => spawnSync(shell, ['-c', 'true']).status === 0

describe('the script', () => {
  it.skipIf(!isThere('bash'))('for bash completes as bash does it', () => {
    const complete = (...typed: readonly string[]) =>
      folder.shell(
        `source <(wavetank completion bash)
         COMP_WORDS=(wavetank ${typed.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${typed.length}
         _wavetank; printf '%s\\n' "\${COMPREPLY[@]}"; complete -p wavetank`,
      )
    expect(complete('get', '--log', 'run.ndjson', 'pods', 'b')).toEqual({
      code: 0,
      out: 'bare\ncomplete -F _wavetank wavetank\n',
      err: '',
    })
    expect(complete('export', 'p').out).toBe('parquet\nperfetto\ncomplete -F _wavetank wavetank\n')
  })

  it.skipIf(!isThere('fish'))('for fish completes as fish does it', () => {
    const script = `function wavetank; '${process.execPath}' '${TOOL}' $argv; end; wavetank completion fish | source; complete -C 'wavetank export p'`
    const { stdout } = spawnSync('fish', ['--no-config', '-c', script], { encoding: 'utf8', cwd: path('.') })
    expect(stdout.split('\n').map((line) => line.split('\t')[0])).toEqual(['parquet', 'perfetto', ''])
  })

  it.skipIf(!isThere('zsh'))('for zsh is a script that zsh takes', async () => {
    const { out } = await wavetank('completion', 'zsh')
    write('_wavetank', out)
    const { status, stderr } = spawnSync('zsh', ['-n', path('_wavetank')], { encoding: 'utf8' })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  })
})

describe('every command', () => {
  const all = commands(silent).filter(([name]) => name !== 'complete')
  it.each(all)('wavetank %s has help with an example', async (name) => {
    const { code, out } = await wavetank(...name.split(' '), '--help')
    expect(code).toBe(0)
    expect(out).toMatch(new RegExp(`\\nExamples?:\\n(.*\\n)* .*wavetank ${name}`))
  })

  it.each(all)('wavetank %s says --log, --quiet and --json as the others do', (_, command) => {
    const texts: Readonly<Record<string, RegExp>> = {
      '--log': /^log of a run; by default that of the last run of this folder$|^where the log goes/,
      '--quiet': /^print no/,
      '--json': /JSON/,
    }
    for (const { long, short, description } of command.options) {
      const text = texts[long!]
      if (text !== undefined) expect(description).toMatch(text)
      if (long === '--quiet') expect(short).toBe('-q')
    }
  })

  it.each([['replay'], ['export', 'ndjson', '-o', '/dev/null'], ['export', 'perfetto', '-o', '/dev/null']])(
    'wavetank %s shows progress on a terminal, and nothing of it in a pipe or if it is quiet',
    async (...args) => {
      const told = async (isInteractive: boolean, ...more: readonly string[]): Promise<string> => {
        const err: string[] = []
        const terminal = { out: () => {}, err: (text: string) => void err.push(text), isInteractive }
        expect(await main([...args, ...log(), ...more], terminal)).toBe(0)
        return err.join('').replaceAll('\r\u001b[K', '<again>')
      }
      // The line is written once a while; what is short is over before.
      const clock = vi.spyOn(performance, 'now')
      let now = 0
      clock.mockImplementation(() => {
        now += 1_000
        return now
      })
      try {
        expect(await told(true)).toMatch(/^<again>\d+% {2}t=\S+ {2}\d+ entries(, \S+ left)?.*<again>$/)
        expect(await told(false)).toBe('')
        expect(await told(true, '-q')).toBe('')
      } finally {
        clock.mockRestore()
      }
    },
  )

  it('writes no colour, whatever NO_COLOR and the terminal say', async () => {
    for (const args of [['replay'], ['get', 'pods'], ['events'], ['query', 'select 1'], ['export', 'junit']]) {
      const { out, err } = await wavetank(...args, ...log())
      expect(out + err).not.toContain('\u001b')
    }
  })
})
