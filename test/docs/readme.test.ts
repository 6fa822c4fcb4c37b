import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { commandsOf, filesOf, withOutputs } from './pages/console.ts'

const root = join(import.meta.dirname, '../..')
const readme = readFileSync(join(root, 'README.md'), 'utf8')

interface Ran {
  readonly output: string
  readonly code: number
}

/** Runs a command line of the README: `pnpm wavetank …`, whose words have no quotes, or `echo $?`. */
const perform = (command: string, folder: string, codeBefore: number): Ran => {
  if (command === 'echo $?') return { output: `${codeBefore}\n`, code: 0 }
  const [pnpm, wavetank, ...args] = command.split(' ')
  expect(`${pnpm} ${wavetank}`).toBe('pnpm wavetank')
  const { stdout, stderr, status } = spawnSync(process.execPath, [join(root, 'tools/wavetank.mjs'), ...args], {
    cwd: folder,
    encoding: 'utf8',
    // As in a shell of a user: not from within pnpm, which would move it to another folder.
    env: { ...process.env, npm_lifecycle_event: '' },
  })
  expect(stderr, command).not.toMatch(/^ +at .+:\d+:\d+/m)
  return { output: stdout + stderr, code: status ?? -1 }
}

// `npx vitest run test/docs --update` writes the outputs anew.
it.each(['README.md', 'docs/why-and-what-if.md', 'docs/capacity.md'])(
  'every command of %s prints what the page shows',
  async (path) => {
    const page = readFileSync(join(root, path), 'utf8')
    const folder = mkdtempSync(join(tmpdir(), 'wavetank-page-'))
    try {
      cpSync(join(root, 'scenarios'), join(folder, 'scenarios'), { recursive: true })
      for (const [name, text] of filesOf(page)) writeFileSync(join(folder, name), text)
      let code = 0
      const outputs = commandsOf(page).map((command) => {
        const ran = perform(command, folder, code)
        code = ran.code
        return ran.output
      })
      await expect(withOutputs(page, outputs)).toMatchFileSnapshot(`../../${path}`)
    } finally {
      rmSync(folder, { recursive: true })
    }
  },
)

it('the two commands at its top run scripts that exist, with the pnpm that package.json names', () => {
  const { scripts, packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const commands = [...readme.matchAll(/^npx --yes (\S+) (\S+)/gm)]
  expect(commands.map(([, , script]) => script)).toEqual(['wavetank', 'check'])
  for (const [, pnpm, script] of commands) {
    expect(pnpm).toBe(packageManager)
    expect(Object.keys(scripts)).toContain(script)
  }
})

it('every link of the README and of docs/ leads to a file', () => {
  const pages = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'bench/README.md']
  pages.push(
    ...['architecture', 'fidelity', 'scenario-format', 'expectations', 'report', 'why-and-what-if'].map(
      (name) => `docs/${name}.md`,
    ),
  )
  const dead = pages.flatMap((page) =>
    [...readFileSync(join(root, page), 'utf8').matchAll(/\]\(([^)#:]+)(#[^)]*)?\)/g)]
      .map(([, target]) => join(root, page, '..', target!))
      .filter((target) => !existsSync(target))
      .map((target) => `${page}: ${target}`),
  )
  expect(dead).toEqual([])
})
