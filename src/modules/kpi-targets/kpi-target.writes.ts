import type { Context } from '../../api/operation.ts'
import { Problem } from '../../api/problem.ts'
import type { Row } from '../../api/store.ts'
import type { Change, Creatable } from '../../api/writes.ts'
import { query } from '../../db/statement.ts'
import { heldKpis, lockKpis } from '../kpis/kpi.lock.ts'
import { rescoreKpis } from '../kpis/kpi.rescore.ts'
import { mayChangeKpi, ownersOfKpi } from '../kpis/kpi.rules.ts'
import { judgeLines } from './kpi-target.judge.ts'
import { kpiTarget, kpiTargetInputs } from './kpi-target.resource.ts'
import type { kpiTargets } from './kpi-target.table.ts'

type KpiTarget = typeof kpiTargets.$inferSelect

const mayChange = async (ctx: Context, { kpiId }: KpiTarget) => mayChangeKpi(ctx, await ownersOfKpi(ctx, kpiId))

const lock = async (ctx: Context, { ids, inputs }: { ids: string[]; inputs: Row[] }): Promise<void> => {
  const rows = await query<{ id: string }>(
    ctx.db,
    'kpis_of_targets',
    'select kpi_id as id from kpi_targets where tenant_id = $1 and id = any($2)',
    [ctx.actor.tenantId, ids],
  )
  const named = inputs.flatMap(({ kpiId }) => (typeof kpiId === 'string' ? [kpiId] : []))
  await lockKpis(ctx, [...rows.map(({ id }) => id), ...named])
}

const judge = async (ctx: Context, { after }: Change<KpiTarget>): Promise<void> => {
  const [row] = await query<{ direction: 'up' | 'down' | 'range'; isTaken: boolean }>(
    ctx.db,
    'kpi_target_beside',
    `select i.direction, exists (select from kpi_targets t where t.tenant_id = $1 and t.kpi_id = i.id
       and t.effective_from = $3 and t.id <> $4 and t.deleted_at is null) as "isTaken"
     from kpis i where i.tenant_id = $1 and i.id = $2`,
    [ctx.actor.tenantId, after.kpiId, after.effectiveFrom, after.id],
  )
  if (after.deletedAt !== null || !row) return
  judgeLines(row.direction, after)
  if (row.isTaken) throw new Problem('conflict', `Another target is in force from ${after.effectiveFrom} on`)
}

const settle = async (ctx: Context, changes: Change<KpiTarget>[]): Promise<void> => {
  const causes = new Map(changes.map(({ after }) => [after.kpiId, after.id]))
  const first = changes[0]?.after.id ?? ''
  await rescoreKpis(ctx, heldKpis(ctx), [...causes.keys()], (id) => ({
    type: 'kpi_target',
    id: causes.get(id) ?? first,
  }))
}

/** How targets are written, here and by whatever makes them from something else. */
export const kpiTargetWrites: Creatable<KpiTarget> = {
  resource: kpiTarget,
  create: { input: kpiTargetInputs.create, allow: mayChange },
  update: { input: kpiTargetInputs.update, allow: mayChange },
  delete: { allow: mayChange },
  lock,
  toRow: (input, before, ctx) => (before ? {} : { effectiveFrom: input['effectiveFrom'] ?? ctx.today }),
  judge,
  settle,
}
