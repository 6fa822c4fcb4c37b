#!/usr/bin/env node
/**
 * Mutation testing of controllers, one at a time: `pnpm mutation job cron-job`, or all of them without a name.
 *
 * Stryker changes the code of a controller in a copy of the checkout, one small thing after the other, and runs the
 * tests that reach the change. What no test notices is a rule that nobody has shown. Reports go to reports/mutation.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { Stryker } from '@stryker-mutator/core'
import { fromRoot } from '../bundle.mjs'

const folders = readdirSync(fromRoot('packages/controllers/src'), { withFileTypes: true })
  .filter((found) => found.isDirectory())
  .map(({ name }) => name)

const tested = Object.keys(JSON.parse(readFileSync(fromRoot('tools/mutation/tests.json'), 'utf8')))
const wanted = process.argv.slice(2)
const unknown = wanted.filter((name) => !folders.includes(name))
if (unknown.length > 0) {
  console.error(`no such controller: ${unknown.join(', ')}\n    known: ${folders.join(', ')}`)
  process.exit(2)
}

process.chdir(fromRoot('.'))
for (const name of wanted.length > 0 ? wanted : tested) {
  process.env.WAVETANK_MUTATED = name
  const stryker = new Stryker({
    mutate: [`packages/controllers/src/${name}/**/*.ts`, '!**/*.test.ts', '!**/test-cluster.ts'],
    testRunner: 'vitest',
    // pnpm keeps plugins where only their own dependents look.
    plugins: ['@stryker-mutator/vitest-runner'],
    vitest: { configFile: 'tools/mutation/vitest.config.ts', related: false },
    coverageAnalysis: 'perTest',
    // Changes of what is evaluated once while modules load, mostly the `doc` of a definition, cannot be switched on later.
    ignoreStatic: true,
    // There is no build step, and nothing to rewrite.
    tsconfigFile: 'none',
    ignorePatterns: ['.wavetank', 'reports', 'bench', 'docs'],
    concurrency: Number(process.env.WAVETANK_MUTATION_WORKERS ?? 2),
    timeoutMS: 20_000,
    reporters: ['clear-text', 'json', 'html'],
    clearTextReporter: { allowColor: false, reportTests: false, reportMutants: true },
    jsonReporter: { fileName: `reports/mutation/${name}.json` },
    htmlReporter: { fileName: `reports/mutation/${name}.html` },
    allowEmpty: true,
  })
  await stryker.runMutationTest()
}
