import type { Pool } from 'pg'
import { expectedOn, healthOn, kpiScore, kpiStatus, verdictOf } from '../src/scoring/index.ts'
import type { World } from './world.ts'

type Row = Record<string, any>

const columns = `id, external_id, version, created_at, updated_at, deleted_at, title, description, rationale, cycle_id, pillar_id,
  owner_type, owner_id, contributors, commitment, state, progress_source, manual_progress, visibility, watched_kpi_ids, tags, custom, starts_on, due_on,
  carried_from_id, template_id, agreed_at, progress, projected, confidence, coverage, scored_at, scoring_version, grade, grade_reason, score`

const getText = `select ${columns} from objectives where tenant_id = $1 and id = $2 and deleted_at is null`

const listText = `select ${columns} from objectives where tenant_id = $1 and cycle_id = $2 and deleted_at is null order by id limit 51`

const nestedText = `
  select o.id, o.title, o.state, o.progress, k.id as k_id, k.title as k_title, k.kind as k_kind, k.progress as k_progress,
    c.id as c_id, c.value as c_value, c.confidence as c_confidence, c.effective_at as c_at
  from (select id, title, state, progress from objectives where tenant_id = $1 and cycle_id = $2 and deleted_at is null order by id limit 51) o
  left join lateral (
    select * from key_results k where k.tenant_id = $1 and k.objective_id = o.id and k.deleted_at is null order by k.id limit 11
  ) k on true
  left join check_ins c on c.tenant_id = $1 and c.id = k.last_check_in_id and c.deleted_at is null
  order by o.id, k.id`

const seriesText = `
  select m.period, m.period_start as start, m.period_end as "end", m.value, t.target, t.red_line as "redLine"
  from kpi_series s join measurements m on m.tenant_id = $1 and m.series_id = s.id and m.superseded_at is null and m.deleted_at is null
  join kpi_targets t on t.tenant_id = $1 and t.kpi_id = s.kpi_id and t.deleted_at is null
  where s.tenant_id = $1 and s.kpi_id = $2 and m.period_start between $3 and $4 order by m.period_start`

/** One prepared statement in the app's kind of transaction, all in one round trip: row-level security holds for both. */
const read = async (pool: Pool, name: string, text: string, values: string[]): Promise<Row[]> => {
  const client = await pool.connect()
  const begin = `begin isolation level repeatable read read only; set local app.tenant = '${values[0]}'`
  const [, { rows }] = await Promise.all([
    client.query(begin),
    client.query<Row>({ name, text, values }),
    client.query('commit'),
  ])
  client.release()
  return rows
}

const objectiveOf = (row: Row, today: string): Row => ({
  id: row['id'],
  externalId: row['external_id'],
  version: row['version'],
  createdAt: row['created_at'],
  updatedAt: row['updated_at'],
  deletedAt: row['deleted_at'],
  title: row['title'],
  description: row['description'],
  rationale: row['rationale'],
  cycleId: row['cycle_id'],
  pillarId: row['pillar_id'],
  ownerType: row['owner_type'],
  ownerId: row['owner_id'],
  contributors: row['contributors'],
  commitment: row['commitment'],
  state: row['state'],
  progressSource: row['progress_source'],
  manualProgress: row['manual_progress'],
  visibility: row['visibility'],
  watchedKpiIds: row['watched_kpi_ids'],
  tags: row['tags'],
  custom: row['custom'],
  startsOn: row['starts_on'],
  dueOn: row['due_on'],
  carriedFromId: row['carried_from_id'],
  templateId: row['template_id'],
  agreedAt: row['agreed_at'],
  progress: row['progress'],
  expectedProgress: expectedOn(row['score'].pace, today),
  projected: row['projected'],
  confidence: row['confidence'],
  health: healthOn(row['score'].timeline, today),
  scoredAt: row['scored_at'],
  scoredOn: row['score'].scoredOn,
  scoringVersion: row['scoring_version'],
  progressReason: row['score'].reason ?? null,
  coverage: row['coverage'],
  grade: row['grade'],
  gradeReason: row['grade_reason'],
  verdict: verdictOf(row['grade'], row['commitment']),
})

const pointOf = ({ period, start, end, value, target, redLine }: Row): Row => {
  const thresholds = { direction: 'up' as const, target, redLine }
  return {
    period,
    start,
    end,
    value,
    reason: null,
    complete: true,
    target,
    redLine,
    upperTarget: null,
    upperRedLine: null,
    status: kpiStatus(value, thresholds),
    score: kpiScore(value, thresholds),
    compare: null,
    movingAverage: null,
  }
}

const nested = (rows: Row[]): Row[] => {
  const nodes: Row[] = []
  for (const row of rows) {
    let last = nodes.at(-1)
    if (last?.['id'] !== row['id']) {
      const { id, title, state, progress } = row
      nodes.push((last = { id, title, state, progress, keyResults: { nodes: [] } }))
    }
    if (row['k_id'] === null) continue
    last?.['keyResults'].nodes.push({
      id: row['k_id'],
      title: row['k_title'],
      kind: row['k_kind'],
      progress: row['k_progress'],
      lastCheckIn: row['c_id'] && {
        id: row['c_id'],
        value: row['c_value'],
        confidence: row['c_confidence'],
        effectiveAt: row['c_at'],
      },
    })
  }
  return nodes
}

/** The reads by hand, without anything between the socket and the pool. */
export const bareReads = (pool: Pool, { library: { id: tenantId, cycleId, kpiId, from, to } }: World) => ({
  get: async (id: string): Promise<Row> => {
    const [row] = await read(pool, 'get', getText, [tenantId, id])
    return objectiveOf(row as Row, new Date().toISOString().slice(0, 10))
  },
  list: async (): Promise<Row> => {
    const rows = await read(pool, 'list', listText, [tenantId, cycleId])
    const today = new Date().toISOString().slice(0, 10)
    return { items: rows.slice(0, 50).map((row) => objectiveOf(row, today)), nextCursor: null }
  },
  series: async (): Promise<Row> => {
    const rows = await read(pool, 'series', seriesText, [tenantId, kpiId, from, to])
    return { kpiId, grain: 'day', series: [{ dimensions: {}, points: rows.map(pointOf) }] }
  },
  nested: async (): Promise<Row> => ({
    data: { objectives: { nodes: nested(await read(pool, 'nested', nestedText, [tenantId, cycleId])) } },
  }),
})
