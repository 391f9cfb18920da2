import { z } from 'zod'
import { batchOf } from '../../api/batch.ts'
import { id } from '../../api/fields.ts'
import { type Context, operation } from '../../api/operation.ts'
import { Problem } from '../../api/problem.ts'
import { findOne, reads } from '../../api/reads.ts'
import { present } from '../../api/select.ts'
import type { Row } from '../../api/store.ts'
import { tombstone } from '../../api/writes.ts'
import { anyone } from '../../auth/rules.ts'
import { query } from '../../db/statement.ts'
import { heldOn } from '../../scoring/index.ts'
import { nested } from '../goals/goal.nested.ts'
import { lockKpis } from '../kpis/kpi.lock.ts'
import { rescoreKpis } from '../kpis/kpi.rescore.ts'
import { kpi } from '../kpis/kpi.resource.ts'
import { mayMeasure, ownersOfKpi } from '../kpis/kpi.rules.ts'
import { batchMeasurementItem, measurementInput } from './measurement.input.ts'
import { type MeasurementItem, recordMeasurements } from './measurement.record.ts'
import { measurement, measurementSchema } from './measurement.resource.ts'
import type { measurements } from './measurement.table.ts'

type Measurement = typeof measurements.$inferSelect

const record = async (ctx: Context, item: MeasurementItem): Promise<Row> => {
  const [recorded] = await recordMeasurements(ctx, [item])
  const row = await findOne(ctx, measurement, recorded?.id ?? '')
  if (!row) throw new Problem('not_found')
  return present(measurement, row, ctx)
}

/** Takes a measurement back: the period is as if it had not been measured. It stays readable as history. */
const takeBack = async (ctx: Context, { id: own, kpiId, grain, periodStart }: Measurement) => {
  const locked = await lockKpis(ctx, [kpiId])
  const [row] = await query<{ version: number }>(
    ctx.db,
    'measurement_void',
    `update measurements set deleted_at = $4, updated_at = $4, version = version + 1
     where tenant_id = $1 and id = $2 and period_start = $3 and superseded_at is null and deleted_at is null
     returning version`,
    [ctx.actor.tenantId, own, periodStart, locked.recordedAt],
  )
  if (!row) throw new Problem('superseded', 'It was corrected meanwhile; take back the newer one')
  // Only now nobody can say another note of it.
  if (ctx.ifMatch !== undefined && ctx.ifMatch !== row.version - 1)
    throw new Problem('precondition_failed', `The version is ${row.version - 1}, not ${ctx.ifMatch}`)
  ctx.emit({ type: 'measurement.voided', subject: { type: 'measurement', id: own } })
  const cause = { type: 'measurement', id: own }
  await rescoreKpis(ctx, locked, [kpiId], () => cause, new Map([[kpiId, heldOn({ grain, start: periodStart })]]))
  return { id: own, deletedAt: locked.recordedAt, version: row.version }
}

export const measurementOperations = nested(
  [
    ...reads(measurement),
    operation({
      name: 'createMeasurement',
      summary: 'Record the value of a period, or correct it',
      rest: 'POST /measurements',
      scope: 'kpi:write',
      input: z.strictObject({ input: z.strictObject({ kpiId: id, ...measurementInput.shape }) }),
      output: measurementSchema,
      returns: 'Measurement',
      // Every point asks for itself, in a batch too.
      allow: anyone,
      run: async (ctx, { input }) => (await record(ctx, input)) as never,
    }),
    operation({
      name: 'deleteMeasurement',
      tag: 'Measurement',
      summary: 'Take a measurement back',
      rest: 'DELETE /measurements/:id',
      status: 204,
      scope: 'kpi:write',
      input: z.strictObject({ id }),
      output: tombstone,
      find: async (ctx, { id: wanted }) => (await findOne(ctx, measurement, wanted)) as Measurement | undefined,
      allow: async (ctx, { kpiId }) => mayMeasure(ctx, await ownersOfKpi(ctx, kpiId)),
      run: (ctx, _input, row) => takeBack(ctx, row),
    }),
    batchOf({
      name: 'batchMeasurement',
      tag: 'Measurement',
      path: 'measurements',
      scope: 'kpi:write',
      item: batchMeasurementItem,
      apply: async (ctx, items) =>
        (await recordMeasurements(ctx, items as MeasurementItem[])).map((recorded) => ({
          ...recorded,
          version: null,
          changed: [],
        })),
    }),
  ],
  { resource: measurement, parent: kpi, key: 'kpiId', path: 'measurements', list: 'measurementsOfKpi' },
)
