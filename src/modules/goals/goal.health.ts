import { type SQL, sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import type { Computed } from '../../api/resource.ts'
import { healthOn, type NodeScore } from '../../scoring/index.ts'
import { health } from './goal.fields.ts'

/** Most urgent first: what the sort by health runs through. */
const byUrgency = ['off_track', 'stale', 'at_risk', 'no_data', 'not_started', 'on_track', 'achieved', 'closed'] as const

type Stored = { healthFrom: PgColumn; healthIs: PgColumn }

/** Effective health today, as SQL that only compares the stored days with today (decision 12). */
const effective = ({ healthFrom, healthIs }: Stored): SQL =>
  sql`coalesce(${healthIs}[width_bucket(${sql.placeholder('today')}::text collate "C", ${healthFrom})], 'no_data')`

/** Lets lists of goals be filtered by their effective health and sorted by its urgency. */
export const computedHealth = (stored: Stored): Computed => ({
  filter: health.shape.effective,
  value: effective(stored),
  rank: sql`array_position(array[${sql.raw(byUrgency.map((each) => `'${each}'`).join(', '))}], ${effective(stored)})`,
  needs: ['score'],
  rankOf: (row, today) => {
    const timeline = (row['score'] as NodeScore | null)?.timeline
    return byUrgency.indexOf(timeline?.length ? healthOn(timeline, today).effective : 'no_data') + 1
  },
})
