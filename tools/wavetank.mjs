#!/usr/bin/env node
import { bundle, fromRoot } from './bundle.mjs'

// pnpm runs scripts in the folder of package.json; paths are meant from where the user is.
if (process.env.npm_lifecycle_event === 'wavetank' && process.env.INIT_CWD !== undefined)
  process.chdir(process.env.INIT_CWD)

const { main } = await import(await bundle(fromRoot('packages/cli/src/main.ts')))
process.exitCode = await main(process.argv.slice(2))
