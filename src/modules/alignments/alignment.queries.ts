import type { Context } from '../../api/operation.ts'
import { query } from '../../db/statement.ts'
import type { Touched } from '../goals/goal.lock.ts'

export const objectiveOfKeyResult = async (
  { db, actor }: Context,
  keyResultId: string,
): Promise<string | undefined> => {
  const [row] = await query<{ objectiveId: string }>(
    db,
    'objective_of_key_result',
    'select objective_id as "objectiveId" from key_results where tenant_id = $1 and id = $2 and deleted_at is null',
    [actor.tenantId, keyResultId],
  )
  return row?.objectiveId
}

/** The goals whose graphs a write of alignments must hold: both ends, as they are and as they will be. */
export const touchedBy = async (
  { db, actor }: Context,
  ids: string[],
  inputs: Record<string, unknown>[],
): Promise<Touched> => {
  const rows = await query<{ objectiveIds: (string | null)[]; keyResultId: string | null }>(
    db,
    'alignment_ends',
    `select array[child_objective_id, parent_objective_id] as "objectiveIds", parent_key_result_id as "keyResultId"
     from alignments where tenant_id = $1 and id = any($2)`,
    [actor.tenantId, ids],
  )
  const named = (key: string) => inputs.map((input) => input[key])
  const strings = (values: unknown[]): string[] => values.filter((value) => typeof value === 'string')
  return {
    objectiveIds: strings([
      ...rows.flatMap(({ objectiveIds }) => objectiveIds),
      ...named('childObjectiveId'),
      ...named('parentObjectiveId'),
    ]),
    keyResultIds: strings([...rows.map(({ keyResultId }) => keyResultId), ...named('parentKeyResultId')]),
  }
}
