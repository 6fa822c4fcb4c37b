import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createFolder, smallScenario } from './folder.ts'

const folder = createFolder()
const { wavetank, write, path } = folder
afterAll(folder.remove)

let lines: readonly string[]
beforeAll(async () => {
  await wavetank('run', write('a.yaml', smallScenario()), '-q', '--log', path('a.ndjson'))
  lines = folder.read('a.ndjson').trimEnd().split('\n')
})

const replayed = async (name: string, content: string | Uint8Array): Promise<{ code: number | null; err: string }> => {
  write(name, content)
  const { code, err } = await wavetank('replay', '--log', path(name))
  return { code, err }
}
const joined = (kept: readonly string[]): string => `${kept.join('\n')}\n`

describe('a log that is not whole', () => {
  it('is recovered up to its last whole entry if it ends inside a line', async () => {
    const text = joined(lines)
    const { code, err } = await replayed('torn.ndjson', text.slice(0, text.length - joined(lines.slice(-1)).length - 9))
    expect(code).toBe(0)
    expect(err).toContain(`torn.ndjson:${lines.length - 1} warning WT304 the log ends inside line ${lines.length - 1}`)
    expect(err).toContain(`all ${lines.length - 3} entries before that are intact`)
    expect((await wavetank('get', 'pods', '-o', 'name', '--log', path('torn.ndjson'))).out).toBe('pod/web\n')
  })

  it('is recovered if only its footer is missing', async () => {
    const { code, err } = await replayed('cut.ndjson', joined(lines.slice(0, -1)))
    expect(code).toBe(0)
    expect(err).toContain(`cut.ndjson:${lines.length} warning WT305 the log has no footer`)
  })

  it('names the line that was edited, and shows what stands before it', async () => {
    const edited = lines.map((line, i) => (i === 9 ? line.replace('"at":0', '"at":1') : line))
    expect(edited[9]).not.toBe(lines[9])
    const { code, err } = await replayed('edited.ndjson', joined(edited))
    expect(code).toBe(2)
    expect(err).toContain('edited.ndjson:10 error WT306 line 10 does not match its checksum: it was edited')
    expect((await wavetank('get', 'nodes', '-o', 'name', '--log', path('edited.ndjson'))).out).toBe('node/worker-1\n')
  })

  it('names the line where some are missing, repeated or converted', async () => {
    expect(await replayed('gone.ndjson', joined([...lines.slice(0, 4), ...lines.slice(5)]))).toMatchObject({
      code: 2,
      err: expect.stringContaining('gone.ndjson:5 error WT307'),
    })
    expect(await replayed('twice.ndjson', joined([...lines.slice(0, 4), ...lines.slice(3)]))).toMatchObject({
      code: 2,
      err: expect.stringContaining('twice.ndjson:5 error WT307'),
    })
    expect(await replayed('crlf.ndjson', lines.join('\r\n'))).toMatchObject({
      code: 2,
      err: expect.stringContaining("sed -i 's/\\r$//'"),
    })
    expect(await replayed('more.ndjson', joined([...lines, ...lines]))).toMatchObject({
      code: 2,
      err: expect.stringContaining(`more.ndjson:${lines.length + 1} error WT312`),
    })
  })
})

describe('what is no log', () => {
  it.each([
    ['an empty file', '', 'error WT300 not a wavetank log: the file is empty'],
    ['another file', 'hello\n', 'error WT300'],
    ['a header that was edited', undefined, ':1 error WT302'],
  ])('%s is refused', async (_, content, said) => {
    const text = content ?? joined(lines).replace('"seed":1', '"seed":2')
    const { code, err } = await replayed('other.ndjson', text)
    expect(code).toBe(2)
    expect(err).toContain(`other.ndjson${said.startsWith(':') ? '' : ' '}${said}`)
    expect(err).not.toContain('undefined')
  })

  it('a log of another format is refused, and told from a damaged one', async () => {
    const { code, err } = await replayed('format.ndjson', joined(lines).replace('"format":1', '"format":2'))
    expect(code).toBe(2)
    expect(err).toContain('format.ndjson:1 error WT301 a log from another version: format 2')
  })

  it('a missing log, a folder and a name that no file system takes are refused', async () => {
    for (const [name, said] of [
      ['nowhere.ndjson', 'there is no such file (ENOENT)'],
      ['.', 'it is a folder (EISDIR)'],
      ['a.ndjson/b', 'a part of the path is not a folder (ENOTDIR)'],
    ] as const) {
      const { code, err } = await wavetank('get', 'pods', '--log', path(name))
      expect(code).toBe(2)
      expect(err).toContain(said)
      expect(err).not.toContain('undefined')
    }
  })
})

describe('where a log cannot be written', () => {
  const run = (log: string) => wavetank('run', path('a.yaml'), '-q', '--log', log)

  it.skipIf(!existsSync('/dev/full'))('a full disk ends the run with its reason', async () => {
    const { code, out, err } = await run('/dev/full')
    expect([code, out]).toEqual([2, ''])
    expect(err).toContain('error WT315 the log cannot be written: the disk is full (ENOSPC)')
  })

  it('a folder that cannot be made is named', async () => {
    const { code, err } = await run(path('a.yaml/logs/run.ndjson'))
    expect(code).toBe(2)
    expect(err).toContain('cannot write the log a.yaml/logs/run.ndjson')
    expect((await run(path('.'))).err).toContain('it is a folder (EISDIR)')
  })

  it.skipIf(process.getuid?.() === 0 || process.platform === 'win32')(
    'a folder without permission is named',
    async () => {
      const closed = createFolder()
      closed.shell('mkdir closed && chmod 500 closed')
      const { code, err } = await run(closed.path('closed/run.ndjson'))
      expect(code).toBe(2)
      expect(err).toContain('permission denied')
      closed.remove()
    },
  )

  it.skipIf(!existsSync('/proc/self'))(
    'a folder that the system will never make is named, without waiting',
    async () => {
      const { code, err } = await run('/proc/none/run.ndjson')
      expect(code).toBe(2)
      expect(err).toContain('cannot write the log /proc/none/run.ndjson')
    },
  )

  it('a file that is no log is left alone', async () => {
    const scenario = readFileSync(path('a.yaml'), 'utf8')
    const { code, err } = await run(path('a.yaml'))
    expect(code).toBe(2)
    expect(err).toContain('a.yaml is there, and it is not a log: it would be lost')
    expect(readFileSync(path('a.yaml'), 'utf8')).toBe(scenario)
    writeFileSync(path('void.ndjson'), '')
    expect((await run(path('void.ndjson'))).code).toBe(0)
    expect((await run(path('void.ndjson'))).code).toBe(0)
  })

  it('a folder that cannot remember its last run does not keep a run from its own log', () => {
    const own = createFolder()
    own.write('a.yaml', smallScenario())
    own.write('.wavetank', 'in the way')
    expect(own.child('run', 'a.yaml', '-q', '--log', 'a.ndjson')).toEqual({ code: 0, out: '', err: '' })
    expect(own.child('run', 'a.yaml', '-q').code).toBe(2)
    own.remove()
  })
})
