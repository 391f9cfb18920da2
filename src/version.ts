import { readFileSync } from 'node:fs'

/** The package's version, as it is released. */
export const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string
}
