import type { Context } from '../../api/operation.ts'
import { uuidArray } from '../../db/binary-arrays.ts'
import { query } from '../../db/statement.ts'
import type { CheckIn } from './check-in.input.ts'

// A batch is the busiest write there is: columns as arrays cost Postgres a third of what rows of JSON do. Missing arrays
// are padded with nulls by `unnest`, so what no check-in says is not sent. `recorded_at` is the instant the lock set.
const insertText = `
  insert into check_ins (tenant_id, created_at, updated_at, voided, id, external_id, key_result_id, value, zone, step_id,
    step_done, confidence, reported_health, note, effective_at, author_id, by_person, supersedes_id, carried)
  select $1, $2, $2, false, v.* from unnest($3::uuid[], $4::text[], $5::uuid[], $6::float8[], $7::text[], $8::uuid[],
    $9::boolean[], $10::float8[], $11::text[], $12::text[], $13::timestamptz[], $14::uuid[], $15::boolean[], $16::uuid[],
    $17::boolean[]) as v`

const columns = [
  'id',
  'externalId',
  'keyResultId',
  'value',
  'zone',
  'stepId',
  'stepDone',
  'confidence',
  'reportedHealth',
  'note',
  'effectiveAt',
  'authorId',
  'byPerson',
  'supersedesId',
  'carried',
] as const satisfies (keyof CheckIn)[]

const ids: ReadonlySet<string> = new Set(['id', 'keyResultId', 'stepId', 'authorId', 'supersedesId'])

/** Inserts new check-ins with one statement, behind the lock of their goal graphs. */
export const insertCheckIns = ({ db, actor, now }: Context, rows: readonly CheckIn[]): Promise<unknown> => {
  const arrays = columns.map((key) => {
    const values = rows.map((row) => row[key])
    if (values.every((value) => value === null)) return null
    return ids.has(key) ? uuidArray(values as (string | null)[]) : values
  })
  return query(db, 'check_ins_insert', insertText, [actor.tenantId, now, ...arrays])
}
