import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { headway, headwayProcess } from './run.ts'

test('openapi writes both contracts and notices when one is out of date', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'headway-contracts-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const written = await headwayProcess({}, 'openapi', '--write', folder, '--json')
  expect(written.json(), written.err).toEqual({ written: ['openapi.json', 'schema.graphql'] })
  const document = await readFile(path.join(folder, 'openapi.json'), 'utf8')
  expect(document).toBe(`${JSON.stringify(JSON.parse(document), null, 2)}\n`)
  const schema = await readFile(path.join(folder, 'schema.graphql'), 'utf8')
  expect(schema).toMatch(/^type Query \{\n/m)
  expect(schema.endsWith('}\n')).toBe(true)
  expect((await headway({}, 'openapi', '--check', folder, '--json')).json()).toEqual({ outdated: [] })

  await writeFile(path.join(folder, 'schema.graphql'), schema.replace('type Query', 'type Queries'))
  const checked = await headway({}, 'openapi', '--check', folder, '--json')
  expect(checked).toMatchObject({ code: 1, out: '{"outdated":["schema.graphql"]}\n' })
})
