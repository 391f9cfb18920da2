#!/usr/bin/env node
import { run } from './program.ts'

// Whoever reads the output may stop early, as head does.
process.stdout.on('error', () => process.exit())

await run(process.argv.slice(2))
