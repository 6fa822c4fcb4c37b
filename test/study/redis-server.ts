import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A Redis server of one's own, on a free port, with a temporary folder. */
export interface RedisServer {
  readonly url: string
  readonly start: () => Promise<void>
  /** Like a power cut. What it keeps is what it had written. */
  readonly kill: () => Promise<void>
  /** Kills it and takes its folder away. */
  readonly remove: () => Promise<void>
}

export const hasRedis = spawnSync('redis-server', ['--version']).status === 0
if (!hasRedis)
  console.warn('Tests of studies behind a queue are skipped: there is no redis-server (apt-get install redis-server)')

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { readonly port: number }
      server.close(() => resolve(port))
    })
  })

const ended = (child: ChildProcess): Promise<void> =>
  child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve()
    : new Promise((resolve) => child.once('exit', () => resolve()))

/** @param persistent writes every change to its disk before it answers */
export const createRedisServer = async (persistent: boolean): Promise<RedisServer> => {
  const folder = mkdtempSync(join(tmpdir(), 'wavetank-redis-'))
  const port = await freePort()
  const keep = persistent ? ['--appendonly', 'yes', '--appendfsync', 'always'] : ['--appendonly', 'no']
  const options = ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', folder, '--save', '', ...keep]
  let child: ChildProcess | undefined
  const kill = async (): Promise<void> => {
    if (child === undefined) return
    child.kill('SIGKILL')
    await ended(child)
    child = undefined
  }
  return {
    url: `redis://127.0.0.1:${port}`,
    start: () =>
      new Promise((resolve, reject) => {
        child = spawn('redis-server', options, { stdio: ['ignore', 'pipe', 'inherit'] })
        child.once('error', reject)
        child.stdout!.setEncoding('utf8').on('data', (text: string) => {
          if (text.includes('Ready to accept connections')) resolve()
        })
      }),
    kill,
    remove: async () => {
      await kill()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
