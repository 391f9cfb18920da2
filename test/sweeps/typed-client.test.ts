import { execFile } from 'node:child_process'
import { mkdir, rm } from 'node:fs/promises'
import { promisify } from 'node:util'
import { afterAll, expect, test } from 'vitest'
import { createWorld } from '../support/app.ts'

const run = promisify(execFile)
const { app, apiKey } = await createWorld()
const generated = 'test/client/generated'

afterAll(() => rm(generated, { recursive: true, force: true }))

test('a client generated from the contract compiles strictly and completes the loop', async () => {
  await mkdir(generated, { recursive: true })
  await run('node_modules/.bin/openapi-typescript', ['openapi/openapi.json', '-o', `${generated}/headway.ts`])
  await run('node_modules/.bin/tsc', ['-p', 'test/client'])

  const address = await app.listen({ host: '127.0.0.1', port: 0 })
  const { stdout } = await run(process.execPath, ['test/client/loop.ts', address, apiKey])
  expect(JSON.parse(stdout)).toEqual({
    checkedIn: 0.6,
    cascaded: 0.6,
    listed: 2,
    health: expect.stringMatching(/on_track|at_risk|off_track/),
    refused: 'invalid_input',
  })
}, 60_000)
