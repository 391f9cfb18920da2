import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { Command } from 'commander'
import { print } from './output.ts'

type Options = { write?: string; check?: string; json?: boolean }

// Loaded when asked for, because the other commands start in half the time without it.
const contracts = async () => (await import('./contracts.ts')).contracts()

const write = async (folder: string): Promise<string[]> => {
  const files = await contracts()
  await mkdir(folder, { recursive: true })
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, name), text)
  return Object.keys(files)
}

const outdated = async (folder: string): Promise<string[]> => {
  const stale: string[] = []
  for (const [name, text] of Object.entries(await contracts())) {
    const stored = await readFile(path.join(folder, name), 'utf8').catch(() => undefined)
    if (stored !== text) stale.push(name)
  }
  return stale
}

/** `headway openapi`: the contracts that are derived from the operations. */
export const openapiCommand = new Command('openapi')
  .description('print the OpenAPI document, or write or check the committed contracts')
  .option('--write <folder>', 'write openapi.json and schema.graphql there')
  .option('--check <folder>', 'fail when the files there are not what would be written')
  .option('--json', 'print { "written" } or { "outdated" }')
  .action(async ({ write: target, check, json }: Options) => {
    if (check !== undefined) {
      const stale = await outdated(check)
      const advice = `Out of date in ${check}: ${stale.join(', ')}. Run npm run generate and commit the result.`
      print(json, { outdated: stale }, stale.length > 0 ? advice : `${check} is up to date.`)
      if (stale.length > 0) process.exitCode = 1
      return
    }
    if (target !== undefined) {
      const written = await write(target)
      print(json, { written }, `Wrote ${written.join(' and ')} to ${target}.`)
      return
    }
    process.stdout.write((await contracts())['openapi.json'])
  })
