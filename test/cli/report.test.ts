import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createFolder, longScenario, smallScenario } from './folder.ts'

const folder = createFolder()
const { wavetank, write, path, read } = folder
afterAll(folder.remove)
beforeAll(async () => {
  write('small.yaml', smallScenario('expect: [{ name: "a <b> & \'c\'", always: "pods.size() == 2" }]\n'))
  expect(await wavetank('run', path('small.yaml'), '-q', '--log', path('small.ndjson'))).toMatchObject({ code: 1 })
})

describe('report', () => {
  it('writes one file, the same for the same log', async () => {
    const first = await wavetank('report', '--log', path('small.ndjson'), '-o', path('a.html'))
    expect(first).toEqual({ code: 0, out: '', err: '' })
    const again = await wavetank('report', '--log', path('small.ndjson'), '-q', '-o', path('b.html'))
    expect(again).toEqual({ code: 0, out: '', err: '' })
    expect(read('b.html')).toBe(read('a.html'))
    const printed = await wavetank('report', '--log', path('small.ndjson'), '-o', '-')
    expect(printed).toEqual({ code: 0, out: read('a.html'), err: '' })
    expect(read('a.html')).toMatch(/^<!doctype html>\n/)
    expect(readdirSync(path('.')).filter((name) => name.endsWith('.tmp'))).toEqual([])
  })

  it('replaces an earlier report', async () => {
    write('old.html', 'old')
    expect((await wavetank('report', '--log', path('small.ndjson'), '-o', path('old.html'))).code).toBe(0)
    expect(read('old.html')).toBe(read('a.html'))
  })

  it('says in its text what failed, with the names as they are, and names no place of this machine', () => {
    const text = read('a.html')
    expect(text).toContain('✗ 1 expectation failed.')
    expect(text).toContain('a &lt;b&gt; &amp; &#39;c&#39;')
    expect(text).not.toContain('a <b>')
    expect(text).not.toContain(path('.').replace(/\/\.?$/, ''))
  })

  it('loads nothing: no address is in it but those of licences and namespaces', () => {
    const addresses = [...read('a.html').matchAll(/(?:src|href)\s*=\s*["']([^"'#][^"']*)/g)].map(
      ([, address]) => address,
    )
    expect(addresses).toEqual([])
    expect(read('a.html')).toContain(`content="default-src &#39;none&#39;; script-src &#39;sha256-`)
  })

  it('needs a file to write to, a folder for it, and does not write over a log', async () => {
    mkdirSync(path('folder'))
    const log = ['report', '--log', path('small.ndjson')]
    expect(await wavetank(...log)).toMatchObject({ code: 2, err: expect.stringContaining('-o, --output <path>') })
    const nowhere = await wavetank(...log, '-o', path('none/report.html'))
    expect(nowhere).toMatchObject({
      code: 2,
      err: expect.stringContaining('the folder does not exist (ENOENT)\n    create the folder first'),
    })
    const onFolder = await wavetank(...log, '-o', path('folder'))
    expect(onFolder).toMatchObject({ code: 2, err: expect.stringContaining('name a file inside it') })
    const onLog = await wavetank(...log, '-o', path('small.ndjson'))
    expect(onLog).toMatchObject({ code: 2, err: expect.stringContaining('it is a log, which would be lost') })
    expect((await wavetank('replay', '--log', path('small.ndjson'))).code).toBe(0)
  })

  it('says when the disk is full, and leaves the earlier report', async () => {
    if (!existsSync('/dev/full')) return
    const { code, err } = await wavetank('report', '--log', path('small.ndjson'), '-o', '/dev/full')
    expect(code).toBe(2)
    expect(err).toMatch(/^error: \/dev\/full cannot be written: the disk is full \(ENOSPC\)\n {4}make room/)
  })

  it('of a log that is torn says so, and shows what is whole', async () => {
    const lines = read('small.ndjson').split('\n')
    write('torn.ndjson', `${lines.slice(0, -5).join('\n')}\n{"seq":`)
    const { code, err } = await wavetank('report', '--log', path('torn.ndjson'), '-o', path('torn.html'))
    expect(code).toBe(0)
    expect(err).toMatch(/^torn\.ndjson:\d+ warning WT30\d /)
    expect(read('torn.html')).toContain('no digest: the log has no end')
  })

  it('that is interrupted leaves nothing', async () => {
    write('long.yaml', longScenario)
    const log = path('long.ndjson')
    expect((await wavetank('run', path('long.yaml'), '-q', '--until', '20m', '--log', log)).code).toBe(0)
    const child = folder.start('report', '--log', 'long.ndjson', '-o', 'long.html')
    const drafts = () => readdirSync(path('.')).filter((name) => name.startsWith('long.html'))
    for (let waited = 0; drafts().length === 0 && waited < 60_000; waited += 5) await setTimeout(5)
    expect(drafts()).toEqual([expect.stringMatching(/^long\.html\.\d+\.tmp$/)])
    child.kill('SIGINT')
    expect(await once(child, 'close')).toEqual([130, null])
    expect(drafts()).toEqual([])
  })

  it('whose reader goes away ends quietly', () => {
    const { out, err } = folder.shell('wavetank report --log small.ndjson -o - | head -1')
    expect(out).toBe('<!doctype html>\n')
    expect(err).toBe('')
  })
})
