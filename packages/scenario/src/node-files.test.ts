import { chmod, mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isLeft } from 'fp-ts/lib/Either.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadScenario } from './load-scenario.ts'
import { nodeFiles } from './node-files.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wavetank-'))
  await mkdir(join(folder, 'inner'))
  await writeFile(join(folder, 'inner', 'a.yaml'), 'a: 1\n')
  await writeFile(join(folder, 'big.yaml'), '')
  await truncate(join(folder, 'big.yaml'), 100_000_000)
})
afterAll(() => rm(folder, { recursive: true }))

describe('files on disk', () => {
  it('have a status, bytes and neighbours', async () => {
    expect(await nodeFiles.status(join(folder, 'inner'))).toEqual({ kind: 'folder' })
    expect(await nodeFiles.status(join(folder, 'inner/a.yaml'))).toEqual({ kind: 'file', bytes: 5 })
    expect(await nodeFiles.status(join(folder, 'nothing'))).toEqual({ kind: 'missing' })
    expect(await nodeFiles.status(join(folder, 'inner/a.yaml/b'))).toEqual({ kind: 'missing' })
    expect(await nodeFiles.list(join(folder, 'inner'))).toEqual(['a.yaml'])
    expect(await nodeFiles.list(join(folder, 'nothing'))).toEqual([])
    expect(await nodeFiles.read(join(folder, 'inner'))).toHaveProperty('reason')
    expect(await nodeFiles.read(join(folder, 'inner/a.yaml'))).toEqual(Buffer.from('a: 1\n'))
  })

  it('of 100 MB are refused at once', async () => {
    const loaded = await loadScenario(join(folder, 'big.yaml'), { files: nodeFiles, flags: {} })
    expect(isLeft(loaded) && loaded.left).toMatchObject([{ code: 'WT006', hint: expect.stringContaining('split') }])
  })

  it.skipIf(process.getuid?.() === 0)('that may not be read say so', async () => {
    await writeFile(join(folder, 'secret.yaml'), 'a: 1\n')
    await chmod(join(folder, 'secret.yaml'), 0)
    const loaded = await loadScenario(join(folder, 'secret.yaml'), { files: nodeFiles, flags: {} })
    expect(isLeft(loaded) && loaded.left).toMatchObject([
      { code: 'WT005', message: expect.stringContaining('permission') },
    ])
  })
})
