import { fileURLToPath } from 'node:url'
import { beforeAll, expect, test } from 'vitest'
import { buildApp } from '../../src/app.ts'
import { connectPool } from '../../src/db/pool.ts'
import { callerOf } from '../support/app.ts'
import { emptyDatabase, headway } from './run.ts'

const { ownerUrl, appUrl } = await emptyDatabase()
const serving = { DATABASE_URL: appUrl }
const file = fileURLToPath(new URL('../fixtures/smoking.csv', import.meta.url))
const columns = ['--period', 'Year', '--value', 'Value', '--unit', 'Units', '--note', 'Comment']
const smoking = ['import', file, '--kpi', 'SMOKING', ...columns, '--dimensions', 'Sex,Age,Country']

beforeAll(async () => {
  await headway({ DATABASE_OWNER_URL: ownerUrl }, 'migrate')
  const { json } = await headway(serving, 'org', 'create', '--name', 'Acme', '--json')
  const pool = connectPool({ url: appUrl })
  const app = await buildApp({ pool })
  const yearly = { frequency: 'year', unit: '%', aggregation: 'average', rollup: 'average' }
  const call = callerOf(app, json().apiKey)
  expect((await call('POST', '/v1/kpis', { code: 'SMOKING', name: 'Smoking', ...yearly })).status).toBe(201)
  await app.close()
  await pool.end()
})

test('one command imports a file of any columns and tells what was refused', async () => {
  const dry = await headway(serving, ...smoking, '--dry-run', '--json')
  expect(dry.json(), dry.err).toMatchObject({ rows: 197, created: 178, unchanged: 1, refused: 18 })
  const first = await headway(serving, ...smoking)
  expect(first.code, first.err).toBe(0)
  expect(first.out).toMatch(
    /^Rows +197\nCreated +178\nCorrected +0\nNoted +0\nUnchanged +1\nRefused +18\n {2}line 11, Value: Not a number\n/,
  )
  const again = await headway(serving, ...smoking, '--json')
  expect(again.json()).toMatchObject({ created: 0, corrected: 0, unchanged: 179, refused: 18 })
})

test('what cannot be imported is told on stderr, with the exit code 1', async () => {
  const atomic = await headway(serving, ...smoking, '--atomic')
  expect(atomic.code).toBe(1)
  expect(atomic.err).toMatch(
    /^headway: 18 of 197 rows are refused, so none was written\n {2}\/lines\/11\/Value: Not a number/,
  )
  const unknown = await headway(serving, 'import', file, '--kpi', 'NOBODYS', ...columns)
  expect([unknown.code, unknown.err]).toEqual([1, expect.stringContaining('No KPI has the code NOBODYS')])
  const missing = await headway(serving, 'import', '/nowhere.csv', '--kpi', 'SMOKING')
  expect([missing.code, missing.err]).toEqual([1, expect.stringContaining('ENOENT')])
})
