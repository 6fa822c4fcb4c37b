import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, renameSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { esbuildPlugin } from './browser-bundle.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** Every file that a bundle may depend on: the sources of the packages, and the versions of what they use. */
const inputs = (folder, found = []) => {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.name === 'node_modules') continue
    const path = join(folder, entry.name)
    if (entry.isDirectory()) inputs(path, found)
    else if (/\.(ts|css)$/.test(entry.name) && !entry.name.endsWith('.test.ts')) found.push(path)
  }
  return found
}

/** Changes whenever a source file does; a few milliseconds for some hundred files. */
const fingerprint = (entry) => {
  const hash = createHash('sha256')
  const files = [...inputs(join(root, 'packages')), ...inputs(join(root, 'bench')), join(root, 'pnpm-lock.yaml')]
  for (const file of files.sort()) {
    const { mtimeMs, size } = statSync(file)
    hash.update(`${relative(root, file)} ${mtimeMs} ${size}\n`)
  }
  return hash.update(entry).digest('hex').slice(0, 16)
}

/** What the sources say, the same on every machine: who works together has to be of one build. Asked once a bundle. */
const buildOf = () => {
  const hash = createHash('sha256')
  for (const file of [...inputs(join(root, 'packages')), join(root, 'pnpm-lock.yaml')].sort()) {
    const content = readFileSync(file)
    hash.update(`${relative(root, file)} ${content.length}\n`).update(content)
  }
  return hash.digest('hex').slice(0, 16)
}

/**
 * Native libraries stay where they are installed, and so does what starts threads from files of its own; one that is not
 * there is missed when it is asked for, not here.
 */
const nativeLibraries = {
  name: 'native-libraries',
  setup: ({ onResolve }) =>
    onResolve({ filter: /^(@duckdb\/node-api|piscina|bullmq|ioredis)$/ }, ({ path, importer }) => {
      try {
        return { path: pathToFileURL(createRequire(importer).resolve(path)).href, external: true }
      } catch {
        return { path, external: true }
      }
    }),
}

/**
 * Bundles a TypeScript entry point into one file under dist/, unless that has been done since the last change, and
 * returns its URL. One file starts five times faster than three hundred, and Node 20 cannot read TypeScript.
 */
export const bundle = async (entry) => {
  const name = relative(root, entry)
    .replaceAll(/[^a-z0-9]+/gi, '-')
    .replace(/-ts$/, '')
  const file = join(root, 'dist', `${name}-${fingerprint(entry)}.mjs`)
  if (!existsSync(file)) {
    const esbuild = await import('esbuild')
    const draft = `${file}.${process.pid}.tmp.mjs`
    await esbuild.build({
      absWorkingDir: root,
      entryPoints: [entry],
      outfile: draft,
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node20',
      sourcemap: 'inline',
      sourcesContent: false,
      logLevel: 'error',
      // See packages/cli/src/build.ts.
      define: { WAVETANK_BUILD: JSON.stringify(buildOf()) },
      plugins: [nativeLibraries, esbuildPlugin],
      // Some dependencies are CommonJS and call require.
      banner: {
        js: "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);",
      },
    })
    renameSync(draft, file)
  }
  return pathToFileURL(file).href
}

export const fromRoot = (path) => join(root, path)
