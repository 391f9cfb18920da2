import { pointerOf } from '../../api/located.ts'
import type { Context } from '../../api/operation.ts'
import type { Row } from '../../api/store.ts'
import type { Change, Creatable } from '../../api/writes.ts'
import { query } from '../../db/statement.ts'
import { requireTree } from '../directory/directory.queries.ts'
import { requireOwner } from '../goals/goal.owner.ts'
import { judgeTargets } from '../kpi-targets/kpi-target.judge.ts'
import { judgeCustom } from '../objectives/objective.input.ts'
import { isMoreVisible, requireUnexposed, requireUnfollowed } from './kpi.exposure.ts'
import { judgeFormula, namedInFormulas, requireUnread, saveInputs } from './kpi.formula.ts'
import { judgeAggregation, judgeDrivers, kpiRow } from './kpi.input.ts'
import { heldKpis, lockDefinitions, lockKpis } from './kpi.lock.ts'
import { rescoreKpis } from './kpi.rescore.ts'
import { kpi, kpiInputs } from './kpi.resource.ts'
import { mayChangeKpi } from './kpi.rules.ts'
import type { kpis } from './kpi.table.ts'

type Kpi = typeof kpis.$inferSelect

/** Takes the KPIs written, and those that their formulas read or would read. */
const lock = async (ctx: Context, { ids, inputs }: { ids: string[]; inputs: Row[] }): Promise<void> => {
  const { actor, db } = ctx
  await lockDefinitions(ctx)
  const read = await query<{ id: string }>(
    db,
    'kpi_inputs_of',
    'select input_id as id from kpi_inputs where tenant_id = $1 and kpi_id = any($2)',
    [actor.tenantId, ids],
  )
  const named = await namedInFormulas(
    ctx,
    inputs.map(({ formula }) => formula),
  )
  await lockKpis(ctx, [...ids, ...read.map(({ id }) => id), ...named])
}

const judge = async (ctx: Context, { before, after }: Change<Kpi>): Promise<void> => {
  const comesBack = before !== null && before.deletedAt !== null
  if (before?.custom !== after.custom) await judgeCustom(ctx, after.custom)
  await requireOwner(ctx, before, after)
  judgeAggregation(after)
  await judgeDrivers(ctx, before, after)
  if (before && before.code !== after.code) await requireUnread(ctx, before)
  if (before && before.direction !== after.direction) await judgeTargets(ctx, after)
  const moved = before?.formula !== after.formula || before?.frequency !== after.frequency || comesBack
  if (after.deletedAt === null && moved) await judgeFormula(ctx, after)
}

/** Formulas are kept as ways between KPIs; what is measured, worked out or judged otherwise now is judged anew. */
const settle = async (ctx: Context, changes: Change<Kpi>[], count: number): Promise<void> => {
  const rows = changes.map(({ after }) => after)
  const ids = rows.map(({ id }) => id)
  await requireTree(ctx, 'kpis', 'parent_id', ids)
  const rewritten = changes.filter(
    ({ before, after }) => before?.formula !== after.formula || before?.deletedAt !== after.deletedAt,
  )
  await saveInputs(
    ctx,
    rewritten
      .filter(({ before, after }) => before?.formula != null || after.formula !== null)
      .map(({ after }) => after),
  )
  const idsWhere = (is: (change: Change<Kpi>) => boolean) => changes.filter(is).map(({ after }) => after.id)
  await requireUnexposed(ctx, idsWhere(isReadOtherwise))
  await requireUnfollowed(ctx, idsWhere(isForOthers), pointerOf(changes, count, '/visibility'))
  const rejudged = changes.filter(isJudgedOtherwise).map(({ after }) => after)
  if (rejudged.length === 0) return
  const held = heldKpis(ctx)
  // What this write has made nobody else sees yet.
  const locked = { ...held, ids: new Set([...held.ids, ...ids]) }
  const scores = await rescoreKpis(
    ctx,
    locked,
    rejudged.map(({ id }) => id),
    (id) => ({ type: 'kpi', id }),
  )
  for (const row of rows) {
    const score = scores.get(row.id)
    if (score) Object.assign(row, { judged: score, value: score.latest?.value ?? null, scoredAt: locked.recordedAt })
  }
}

const readers = ['ownerUserId', 'ownerTeamId', 'ownerDepartmentId', 'deletedAt'] as const
const isReadOtherwise = ({ before, after }: Change<Kpi>): boolean =>
  after.deletedAt === null &&
  (before === null
    ? after.formula !== null
    : ([...readers, 'visibility', 'formula'] as const).some((key) => before[key] !== after[key]))

/** Some who saw it may not see it now; nothing follows a new one. */
const isForOthers = ({ before, after }: Change<Kpi>): boolean =>
  before !== null &&
  after.deletedAt === null &&
  (isMoreVisible(before.visibility, after.visibility) || readers.some((key) => before[key] !== after[key]))

const decisive = ['direction', 'frequency', 'aggregation', 'rollup', 'formula', 'deletedAt'] as const
const isJudgedOtherwise = ({ before, after }: Change<Kpi>): boolean =>
  after.deletedAt === null && (before === null || decisive.some((key) => before[key] !== after[key]))

/** What still reads, follows or watches a KPI. */
const dependents = async ({ actor, db }: Context, ids: string[]): Promise<string[]> => {
  const rows = await query<{ name: string }>(
    db,
    'kpi_dependents',
    `select 'kpis.parent_id' as name where exists (
       select from kpis where tenant_id = $1 and parent_id = any($2) and deleted_at is null and not id = any($2))
     union all
     select 'kpis.formula' where exists (
       select from kpi_inputs where tenant_id = $1 and input_id = any($2) and not kpi_id = any($2))
     union all
     select 'kpis.driver_ids' where exists (
       select from kpis where tenant_id = $1 and driver_ids && $2::uuid[] and deleted_at is null and not id = any($2))
     union all
     select 'key_results.kpi_id' where exists (
       select from key_results where tenant_id = $1 and kpi_id = any($2) and deleted_at is null)
     union all
     select 'objectives.watched_kpi_ids' where exists (
       select from objectives where tenant_id = $1 and watched_kpi_ids && $2::uuid[] and deleted_at is null)
     union all
     select 'initiatives.kpi_ids' where exists (
       select from initiatives where tenant_id = $1 and kpi_ids && $2::uuid[] and deleted_at is null)
     union all
     select 'scorecards.items' where exists (
       select from scorecards where tenant_id = $1 and kpi_ids && $2::uuid[] and deleted_at is null)`,
    [actor.tenantId, ids],
  )
  return rows.map(({ name }) => name)
}

/** How KPIs are written, here and by whatever makes them from something else. */
export const kpiWrites: Creatable<Kpi> = {
  resource: kpi,
  create: { input: kpiInputs.create, allow: mayChangeKpi },
  update: { input: kpiInputs.update, allow: mayChangeKpi },
  delete: { allow: mayChangeKpi, dependents },
  lock,
  toRow: kpiRow,
  judge,
  settle,
}
