import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { main } from '@wavetank/cli'

/** The command line in a folder of its own, as a user meets it. */

const TOOL = fileURLToPath(new URL('../../tools/wavetank.mjs', import.meta.url))

export interface Said {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

export interface Folder {
  readonly path: (name: string) => string
  readonly write: (name: string, content: string | Uint8Array) => string
  readonly read: (name: string) => string
  /** In this process; relative paths are from the checkout, so paths are given whole. */
  readonly wavetank: (...args: readonly string[]) => Promise<Said>
  /** In a process of its own, whose working directory is the folder. */
  readonly child: (...args: readonly string[]) => Said
  readonly start: (...args: readonly string[]) => ReturnType<typeof spawn>
  /** A shell line in which `wavetank` is the command. */
  readonly shell: (line: string) => Said
  readonly remove: () => void
}

export const createFolder = (): Folder => {
  const root = mkdtempSync(join(tmpdir(), 'wavetank-cli-'))
  const path = (name: string): string => join(root, name)
  const told = (command: string, args: readonly string[]): Said => {
    const { status, stdout, stderr } = spawnSync(command, args, { cwd: root, encoding: 'utf8', timeout: 60_000 })
    return { code: status, out: stdout, err: stderr }
  }
  return {
    path,
    write: (name, content) => {
      mkdirSync(dirname(path(name)), { recursive: true })
      writeFileSync(path(name), content)
      return path(name)
    },
    read: (name) => readFileSync(path(name), 'utf8'),
    wavetank: async (...args) => {
      let out = ''
      let err = ''
      const code = await main(args, {
        out: (text) => {
          out += text
        },
        err: (text) => {
          err += text
        },
        isInteractive: false,
      })
      // Problems name files by the path they were given; here only the name matters.
      return { code, out: out.replaceAll(`${root}/`, ''), err: err.replaceAll(`${root}/`, '') }
    },
    child: (...args) => told(process.execPath, [TOOL, ...args]),
    start: (...args) => spawn(process.execPath, [TOOL, ...args], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] }),
    shell: (line) =>
      told('bash', ['-c', `set -o pipefail; wavetank() { '${process.execPath}' '${TOOL}' "$@"; }; ${line}`]),
    remove: () => rmSync(root, { recursive: true, force: true }),
  }
}

/** One node, one pod, a minute. */
export const smallScenario = (more = ''): string => `apiVersion: wavetank.dev/v1alpha1
kind: Scenario
metadata: { name: small }
duration: 1m
nodes: [{ name: worker, count: 1, capacity: { cpu: "4", memory: 8Gi } }]
manifests:
  - apiVersion: v1
    kind: Pod
    metadata: { name: web }
    spec: { containers: [{ name: web, image: example/web:1 }] }
${more}`

/** Two hundred pods that end every second for a month: it takes far longer than any test waits. */
export const longScenario = `apiVersion: wavetank.dev/v1alpha1
kind: Scenario
metadata: { name: long }
duration: 8760h
nodes: [{ name: worker, count: 4, capacity: { cpu: "64", memory: 64Gi } }]
manifests:
  - apiVersion: apps/v1
    kind: ReplicaSet
    metadata: { name: web }
    spec:
      replicas: 200
      selector: { matchLabels: { app: web } }
      template:
        metadata: { labels: { app: web } }
        spec: { containers: [{ name: web, image: example/web:1 }] }
behaviors:
  - run: { for: 1s, exitCode: 1 }
`
