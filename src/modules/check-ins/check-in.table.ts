import { sql } from 'drizzle-orm'
import { boolean, check, doublePrecision, index, text, uuid } from 'drizzle-orm/pg-core'
import { instant, oneOf, reference, resourceTable } from '../../db/columns.ts'
import { keyResults } from '../key-results/key-result.table.ts'

/** What a person may report; scoring derives the rest. */
export const reportedHealths = ['on_track', 'at_risk', 'off_track'] as const

export const checkIns = resourceTable(
  'check_ins',
  {
    keyResultId: uuid('key_result_id').notNull(),
    value: doublePrecision('value'),
    zone: text('zone'),
    stepId: uuid('step_id'),
    stepDone: boolean('step_done'),
    confidence: doublePrecision('confidence'),
    reportedHealth: text('reported_health', { enum: reportedHealths }),
    note: text('note'),
    /** When it was true, and when we learnt it; neither is ever changed. */
    effectiveAt: instant('effective_at').notNull(),
    recordedAt: instant('recorded_at').notNull().default(sql`current_setting('app.recorded_at')::timestamptz`),
    /** The person or API key that recorded it; only a person's reported health counts. */
    authorId: uuid('author_id').notNull(),
    byPerson: boolean('by_person').notNull(),
    supersedesId: uuid('supersedes_id'),
    supersededAt: instant('superseded_at'),
    voided: boolean('voided').notNull(),
    /** The opening reading of a key result carried over from an earlier cycle. */
    carried: boolean('carried').notNull().default(false),
  },
  (t) => [
    reference(t.tenantId, t.keyResultId, () => keyResults, 'check_ins_key_result'),
    reference(t.tenantId, t.supersedesId, () => t, 'check_ins_supersedes'),
    check('check_ins_reported_health', oneOf(t.reportedHealth, reportedHealths)),
    check('check_ins_confidence', sql`${t.confidence} between 0 and 1`),
    check('check_ins_one_reading', sql`num_nonnulls(${t.value}, ${t.zone}, ${t.stepId}) <= 1`),
    index('check_ins_live')
      .on(t.tenantId, t.keyResultId, t.effectiveAt.desc(), t.recordedAt.desc(), t.id.desc())
      .where(sql`${t.supersededAt} is null and not ${t.voided}`),
    // What people said last, beside machines that may report by the minute.
    index('check_ins_said')
      .on(t.tenantId, t.keyResultId, t.effectiveAt.desc(), t.recordedAt.desc(), t.id.desc())
      .where(sql`${t.supersededAt} is null and not ${t.voided} and ${t.byPerson}`),
    index('check_ins_key_result_id').on(t.tenantId, t.keyResultId, t.id),
  ],
)
