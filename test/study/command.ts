import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'

/** `wavetank …` as a process of its own. */
export interface Command {
  /** What it has printed so far, on both streams. */
  readonly said: () => string
  /** Waits until it has printed something. */
  readonly says: (text: string | RegExp) => Promise<void>
  readonly signal: (signal: 'SIGINT' | 'SIGTERM' | 'SIGKILL') => void
  /** Its exit code, or the signal that ended it. */
  readonly end: Promise<number | string>
}

const WAVETANK = join(import.meta.dirname, '../../tools/wavetank.mjs')
const PATIENCE_MILLIS = 60_000

export const wavetank = (folder: string, ...args: readonly string[]): Command => {
  const child: ChildProcess = spawn(process.execPath, [WAVETANK, ...args], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, npm_lifecycle_event: '' },
  })
  let text = ''
  const waiting = new Set<() => void>()
  for (const stream of [child.stdout!, child.stderr!])
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
      for (const look of waiting) look()
    })
  const end = new Promise<number | string>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve(code ?? signal ?? 'gone'))
  })
  return {
    said: () => text,
    says: (wanted) =>
      new Promise((resolve, reject) => {
        const clock = setTimeout(() => finish(new Error(`never said ${wanted}, but:\n${text}`)), PATIENCE_MILLIS)
        const finish = (error?: Error): void => {
          clearTimeout(clock)
          waiting.delete(look)
          if (error === undefined) resolve()
          else reject(error)
        }
        const look = (): void => {
          if (typeof wanted === 'string' ? text.includes(wanted) : wanted.test(text)) finish()
        }
        waiting.add(look)
        void end.then((how) => finish(new Error(`ended with ${how} and never said ${wanted}, but:\n${text}`)))
        look()
      }),
    signal: (signal) => void child.kill(signal),
    end,
  }
}

/** Looks again and again until it is so. */
export const eventually = async (isSo: () => boolean, what: string): Promise<void> => {
  const begun = performance.now()
  while (!isSo()) {
    if (performance.now() - begun > PATIENCE_MILLIS) throw new Error(`never came: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
