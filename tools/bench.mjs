#!/usr/bin/env node
import { bundle, fromRoot } from './bundle.mjs'

const { main } = await import(await bundle(fromRoot('bench/main.ts')))
process.exitCode = await main(process.argv.slice(2))
