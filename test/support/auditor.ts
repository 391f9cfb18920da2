import { isDeepStrictEqual } from 'node:util'
import type { Pool } from 'pg'
import {
  type Cadence,
  cascade,
  defaultPolicy,
  hasCycle,
  type ItemRef,
  type KeyResultInput,
  type NodeScore,
  type ObjectiveInput,
} from '../../src/scoring/index.ts'

type Raw = Record<string, any>
export type Audit = {
  nodes: number
  wrong: { id: string; title: string; stored: unknown; expected: unknown }[]
  circular: boolean
}

const frozen = 'frozen_explanations'

/** Raw rows of one tenant, as JSON from one snapshot of the database. */
const load = async (pool: Pool, tenantId: string): Promise<Record<string, Raw[]>> => {
  const client = await pool.connect()
  try {
    await client.query(`begin isolation level repeatable read read only; set local timezone = 'UTC'`)
    const rows: Record<string, Raw[]> = {}
    for (const table of ['organizations', 'cycles', 'objectives', 'key_results', 'alignments', 'check_ins', frozen])
      rows[table] = (
        await client.query(
          `select to_jsonb(t) as row from ${table} t where tenant_id = $1 ${table === frozen ? '' : 'and deleted_at is null'}`,
          [tenantId],
        )
      ).rows.map(({ row }) => row as Raw)
    return rows
  } finally {
    await client.query('rollback')
    client.release()
  }
}

const byTime = (one: Raw, other: Raw): number =>
  [one['effective_at'], one['recorded_at'], one['id']].join() <
  [other['effective_at'], other['recorded_at'], other['id']].join()
    ? -1
    : 1

const dayOf = (checkIn: Raw | undefined): string | null => checkIn?.['effective_at'].slice(0, 10) ?? null

/** All readings, however old: which of them scoring needs is the service's own business, and may not change the result. */
const said = (checkIns: Raw[], lastDay: string) => {
  const live = checkIns.filter((each) => each['superseded_at'] === null && !each['voided']).toSorted(byTime)
  const counting = live.filter((each) => each['value'] !== null && (dayOf(each) as string) <= lastDay)
  const byPerson = live.filter((each) => each['by_person'])
  const newest = byPerson.at(-1)
  return {
    readings: counting.map((each) => ({ day: dayOf(each) as string, value: each['value'] as number, zone: null })),
    firstReadingDay: dayOf(counting[0]),
    lastReadingDay: dayOf(counting.at(-1)),
    reported: newest?.['reported_health'] ? { health: newest['reported_health'], day: dayOf(newest) as string } : null,
    confidence: byPerson.findLast((each) => each['confidence'] !== null)?.['confidence'] ?? null,
  }
}

const cadences: Cadence[] = ['day', 'week', 'month', 'quarter']

/** Scores everything anew from raw rows, by none of the service's own loading, and compares it with what is stored. */
export const audit = async (pool: Pool, tenantId: string, today: string): Promise<Audit> => {
  const rows = await load(pool, tenantId)
  const of = (table: string): Raw[] => rows[table] ?? []
  const organization = of('organizations')[0] as Raw
  const cycles = new Map(of('cycles').map((row) => [row['id'], row]))
  const objectives = new Map(of('objectives').map((row) => [row['id'], row]))
  const keyResults = of('key_results').filter((row) => objectives.has(row['objective_id']))
  const alignments = of('alignments').filter((row) => objectives.has(row['child_objective_id']))
  const aligned = (key: string, id: string) => alignments.filter((row) => row[key] === id)
  const policyOf = (objective: Raw) => {
    const { progressSource: _own, ...policy } = {
      ...organization['policy'],
      ...cycles.get(objective['cycle_id'])?.['policy'],
    }
    return { ...defaultPolicy, ...policy }
  }
  const item = (row: Raw, countedBelow: boolean): ItemRef => ({
    type: 'objective',
    id: row['child_objective_id'],
    weight: row['weight'],
    relation: row['relation'],
    state: objectives.get(row['child_objective_id'])?.['state'],
    countedBelow,
  })
  const days = (...from: (Raw | undefined)[]) => ({
    firstDay: from.map((row) => row?.['starts_on']).find((day) => day) as string,
    lastDay: from.map((row) => row?.['due_on'] ?? row?.['ends_on']).find((day) => day) as string,
  })

  const keyResultInputs = keyResults.map((row) => {
    const objective = objectives.get(row['objective_id']) as Raw
    const span = days(row, objective, cycles.get(objective['cycle_id']))
    return {
      ...row,
      ...span,
      ...said(
        of('check_ins').filter((each) => each['key_result_id'] === row['id']),
        span.lastDay,
      ),
      commitment: objective['commitment'],
      policy: policyOf(objective),
      calendar: {
        weekStart: organization['week_start'],
        fiscalYearStartMonth: organization['fiscal_year_start_month'],
      },
      items: aligned('parent_key_result_id', row['id']).map((each) => item(each, false)),
    } as unknown as KeyResultInput
  })
  const objectiveInputs = [...objectives.values()].map((row): ObjectiveInput => {
    const own = keyResults.filter((each) => each['objective_id'] === row['id'])
    const below = new Set(
      own.flatMap((each) =>
        each['source'] === 'aligned'
          ? aligned('parent_key_result_id', each['id']).map((a) => a['child_objective_id'])
          : [],
      ),
    )
    return {
      id: row['id'],
      state: row['state'],
      commitment: row['commitment'],
      policy: policyOf(row),
      cadence: cadences.find((cadence) => own.some((each) => each['cadence'] === cadence)) ?? 'week',
      progressSource: row['progress_source'],
      manualProgress: row['manual_progress'],
      ...days(row, cycles.get(row['cycle_id'])),
      reported: null,
      items: [
        ...own.map(
          (each): ItemRef => ({
            type: 'key_result',
            id: each['id'],
            weight: each['weight'],
            state: each['state'],
            role: each['role'],
          }),
        ),
        ...aligned('parent_objective_id', row['id']).map((each) => item(each, below.has(each['child_objective_id']))),
      ],
    }
  })
  const parentOf = (row: Raw) =>
    row['parent_objective_id'] ?? keyResults.find(({ id }) => id === row['parent_key_result_id'])?.['objective_id']
  const edges = alignments.flatMap((row) =>
    parentOf(row) ? [{ child: row['child_objective_id'], parent: parentOf(row) }] : [],
  )
  if (hasCycle(edges as never)) return { nodes: 0, wrong: [], circular: true }

  // A closed goal counts at its last value: nothing is scored anew, and that value is the one that was frozen.
  const stored = [...objectives.values(), ...keyResults]
  const closed = new Map(stored.filter(({ state }) => state === 'closed').map((row) => [row['id'], row]))
  const isOpen = ({ id }: { id: string }): boolean => !closed.has(id)
  const expected = new Map(
    cascade(
      {
        keyResults: keyResultInputs.filter(isOpen),
        objectives: objectiveInputs.filter(isOpen),
        initiatives: [],
        known: new Map([...closed].map(([id, row]) => [id, row['score'] as NodeScore])),
      },
      today,
    ),
  )
  const explained = new Map(of(frozen).map((row) => [row['sha256'], JSON.parse(row['body']) as Raw]))
  for (const [id, { score, explanation_sha256: hash }] of closed)
    expected.set(id, { ...score, progress: explained.get(hash)?.['progress'] })
  const plain = (score: NodeScore | undefined) => JSON.parse(JSON.stringify({ ...score, scoredOn: '' }))
  const wrong = stored
    .filter((row) => !isDeepStrictEqual(plain(row['score']), plain(expected.get(row['id']))))
    .map((row) => ({ id: row['id'], title: row['title'], stored: row['score'], expected: expected.get(row['id']) }))
  return { nodes: stored.length, wrong, circular: false }
}
