import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { formatIssues } from '@wavetank/scenario'
import { nodeFiles } from '@wavetank/scenario/node'
import { loadStudy } from '@wavetank/study'
import { isLeft } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { scenarioOptions } from 'wavetank'
import { commandsOf, withOutputs } from './pages/console.ts'
import { pictureOf } from './pages/study-picture.ts'

const root = join(import.meta.dirname, '../..')
/** Where Alibaba's trace is, if it is anywhere. */
const openb = join(process.env.WAVETANK_DATA ?? join(root, '../shared/data'), 'openb')
if (!existsSync(openb))
  console.warn(`no trace of Alibaba at ${openb}: docs/studies/openb.md is not checked; WAVETANK_DATA names its folder`)

const studies = readdirSync(join(root, 'scenarios/studies'))
  .filter((name) => name.endsWith('.study.yaml'))
  .map((name) => name.replace('.study.yaml', ''))

/** The chart of each page that says most. */
const PICTURES: Readonly<Record<string, string>> = {
  'zone-down': 'pods without a node by nodes and spread',
  profiles: 'wait of large Jobs against cost',
  probes: 'false restarts by failureThreshold and startup probe',
  drain: 'time of the drain by budget and startup',
  openb: 'pods without a machine by machines and profile',
}

describe('docs/studies', () => {
  it('has a page and a picture for every study that is shipped', () => {
    const index = readFileSync(join(root, 'docs/studies/README.md'), 'utf8')
    expect(Object.keys(PICTURES).sort()).toEqual([...studies].sort())
    for (const name of studies) {
      expect(index).toContain(`(${name}.md)`)
      expect(readFileSync(join(root, `docs/studies/${name}.md`), 'utf8')).toContain(`(${name}.svg)`)
    }
  })

  it('leads nowhere but to files', () => {
    const pages = readdirSync(join(root, 'docs/studies')).filter((name) => name.endsWith('.md'))
    const dead = pages.flatMap((page) =>
      [...readFileSync(join(root, 'docs/studies', page), 'utf8').matchAll(/\]\(([^)#:]+)(#[^)]*)?\)/g)]
        .map(([, target]) => join(root, 'docs/studies', target!))
        .filter((target) => !existsSync(target)),
    )
    expect(dead).toEqual([])
  })
})

// `npx vitest run test/docs --update` writes outputs and pictures anew.
describe.each(studies)('the study %s', (name) => {
  const isThere = name !== 'openb' || existsSync(openb)

  it.skipIf(name === 'openb')('loads without a word', async () => {
    const loaded = await loadStudy(join(root, `scenarios/studies/${name}.study.yaml`), {
      files: nodeFiles,
      ...scenarioOptions,
    })
    expect(formatIssues(isLeft(loaded) ? loaded.left : loaded.right.warnings)).toContain('0 errors, 0 warnings')
  })

  it.skipIf(!isThere)('prints and shows what its page does', async () => {
    const file = join(root, `docs/studies/${name}.md`)
    const page = readFileSync(file, 'utf8')
    const folder = mkdtempSync(join(tmpdir(), 'wavetank-study-'))
    try {
      cpSync(join(root, 'scenarios/studies'), join(folder, 'scenarios/studies'), {
        recursive: true,
        filter: (path) => !path.endsWith('studies/openb'),
      })
      if (name === 'openb') for (const table of readdirSync(openb)) cpSync(join(openb, table), join(folder, table))
      const outputs = commandsOf(page).map((command) => {
        const [pnpm, wavetank, ...args] = command.split(' ')
        expect(`${pnpm} ${wavetank}`).toBe('pnpm wavetank')
        const { stdout, stderr, status } = spawnSync(process.execPath, [join(root, 'tools/wavetank.mjs'), ...args], {
          cwd: folder,
          encoding: 'utf8',
          env: { ...process.env, npm_lifecycle_event: '' },
        })
        expect({ status, stderr }, command).toEqual({ status: 0, stderr: '' })
        return stdout
      })
      await expect(withOutputs(page, outputs)).toMatchFileSnapshot(file)
      const html = readFileSync(join(folder, `${name}.html`), 'utf8')
      await expect(pictureOf(html, PICTURES[name]!)).toMatchFileSnapshot(join(root, `docs/studies/${name}.svg`))
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
