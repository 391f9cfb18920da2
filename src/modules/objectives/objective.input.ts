import { z } from 'zod'
import { canonicalInstant } from '../../api/fields.ts'
import type { Context } from '../../api/operation.ts'
import { inputProblem } from '../../api/problem.ts'
import type { Row } from '../../api/store.ts'
import { query } from '../../db/statement.ts'
import { scoringVersion } from '../../scoring/index.ts'
import { ownerOf } from '../goals/goal.owner.ts'
import type { CustomField } from '../organization/organization.table.ts'
import type { objectives } from './objective.table.ts'

type Objective = typeof objectives.$inferSelect

/** What is stored for an input: owner columns, canonical instants, and defaults that organization or cycle decide. */
export const objectiveRow = async (input: Row, before: Objective | null, ctx: Context): Promise<Row> => {
  const row: Row = ownerOf(before ? input : { ownerType: 'organization', ...input }, before, ctx.actor.tenantId)
  if (input['agreedAt']) row['agreedAt'] = canonicalInstant(input['agreedAt'] as string)
  if (before && !('cycleId' in input)) return row
  if (before) return row
  const [defaults] = await query<{ visibility: string; progressSource: string }>(
    ctx.db,
    'objective_defaults',
    `select g.default_visibility as visibility, coalesce(c.policy ->> 'progressSource', 'both') as "progressSource"
     from organizations g left join cycles c on c.tenant_id = $1 and c.id = $2 where g.tenant_id = $1`,
    [ctx.actor.tenantId, input['cycleId']],
  )
  return {
    scoringVersion,
    ...row,
    visibility: input['visibility'] ?? defaults?.visibility,
    progressSource: input['progressSource'] ?? defaults?.progressSource,
  }
}

const fits: Record<CustomField['type'], (value: unknown) => boolean> = {
  text: (value) => typeof value === 'string' && value.length <= 10_000,
  number: (value) => typeof value === 'number' && Number.isFinite(value),
  boolean: (value) => typeof value === 'boolean',
  date: (value) => z.iso.date().safeParse(value).success,
}

/** Custom values must be named and typed by the organization. */
export const judgeCustom = async ({ db, actor }: Context, values: Record<string, unknown>): Promise<void> => {
  if (Object.keys(values).length === 0) return
  const [row] = await query<{ fields: CustomField[] }>(
    db,
    'custom_fields',
    'select custom_fields as fields from organizations where tenant_id = $1',
    [actor.tenantId],
  )
  const types = new Map(row?.fields.map(({ name, type }) => [name, type]))
  for (const [name, value] of Object.entries(values)) {
    const type = types.get(name)
    if (!type) throw inputProblem('invalid_input', `/custom/${name}`, 'the organization has no such custom field')
    if (!fits[type](value)) throw inputProblem('invalid_input', `/custom/${name}`, `not a ${type}`)
  }
}
