import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { defineConfig } from 'vitest/config'
import tests from './tests.json' with { type: 'json' }

/**
 * Runs in the copy that is mutated. Links in node_modules lead out of it, to the packages as they are; so packages are
 * found by their own list of entry points instead.
 */
const root = resolve(import.meta.dirname, '../..')
const mutated = process.env.WAVETANK_MUTATED ?? ''

/** Its tests are those beside its code, and its conformance tables. */
const conformance = (tests[mutated as keyof typeof tests] ?? []).map((name) => `test/conformance/${name}.test.ts`)

const alias = readdirSync(join(root, 'packages')).flatMap((folder) => {
  const { name, exports } = JSON.parse(readFileSync(join(root, 'packages', folder, 'package.json'), 'utf8')) as {
    readonly name: string
    readonly exports: string | Readonly<Record<string, string>>
  }
  return Object.entries(typeof exports === 'string' ? { '.': exports } : exports).map(([entry, path]) => ({
    find: new RegExp(`^${name}${entry.slice(1)}$`),
    replacement: join(root, 'packages', folder, path),
  }))
})

export default defineConfig({
  root,
  resolve: { alias },
  test: {
    setupFiles: ['test/fixed-seed.ts'],
    include: [`packages/controllers/src/${mutated}/**/*.test.ts`, ...conformance],
    testTimeout: 20_000,
  },
})
