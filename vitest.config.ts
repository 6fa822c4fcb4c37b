import { defineConfig } from 'vitest/config'
import { vitePlugin } from './tools/browser-bundle.mjs'

export default defineConfig({
  plugins: [vitePlugin],
  test: {
    include: ['packages/*/src/**/*.test.ts', 'test/**/*.test.ts'],
    setupFiles: ['test/fixed-seed.ts'],
    testTimeout: 120_000,
    // A browser starts in a hook, and takes its time where everything else runs as well.
    hookTimeout: 120_000,
    pool: 'threads',
    maxWorkers: 2,
  },
})
