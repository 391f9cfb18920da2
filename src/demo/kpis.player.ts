import { type Period, periodAfter, periodOf } from '../scoring/index.ts'
import type { Directory } from './directory.player.ts'
import { type DemoKpi, kpis, scorecard } from './kpis.ts'
import { idIn, type Player, type Row } from './player.ts'
import type { Span } from './quarter.ts'

export type Kpis = {
  ids: ReadonlyMap<string, string>
  /** Records the periods that ended since the last time. */
  measure: (until: Date) => Promise<void>
}

/** Two years, the quarter of the story included, which has so many periods. */
const lengths: Record<string, { all: number; inQuarter: number }> = {
  week: { all: 104, inQuarter: 13 },
  month: { all: 24, inQuarter: 3 },
  quarter: { all: 8, inQuarter: 1 },
}

const unrests = [0, 1, -1, 0.5, -0.5, 1, 0, -1]

const rounded = (value: number, digits: number): number => Math.round(value * 10 ** digits) / 10 ** digits

type Point = { end: string; row: Row }

/** The value of a period as the API takes it: a quotient, or one for each member, or as it is. */
const rowsOf = ({ code, shares, percentOf }: DemoKpi, period: string, value: number, digits: number): Row[] => {
  const row = { kpiCode: code, period }
  if (percentOf) return [{ ...row, numerator: value, denominator: percentOf }]
  if (!shares) return [{ ...row, value }]
  return Object.entries(shares).map(([region, share]) => ({
    ...row,
    value: rounded(value * share, digits),
    dimensions: { region },
  }))
}

const pointsOf = (kpi: DemoKpi, quarter: Span): Point[] => {
  const { course, definition } = kpi
  const frequency = definition['frequency'] as Period
  const length = lengths[frequency]
  if (!course || !length) return []
  const first = periodAfter(periodOf(quarter.startsOn, frequency), length.inQuarter - length.all)
  return Array.from({ length: length.all }, (_, at) => {
    const { label, end } = periodAfter(first, at)
    const even = course.from + ((course.to - course.from) * at) / (length.all - 1)
    const value = rounded(even + course.unrest * (unrests[at % unrests.length] ?? 0), course.digits)
    return rowsOf(kpi, label, value, course.digits).map((row) => ({ end, row }))
  }).flat()
}

const ownerOf = ({ owner: [ownerType, key] }: DemoKpi, { departments, teams }: Directory): Row =>
  key === undefined ? { ownerType } : { ownerType, ownerId: idIn(ownerType === 'team' ? teams : departments, key) }

/** KPIs with their targets and history up to the quarter of the story, and a scorecard of them. */
export const playKpis = async (player: Player, directory: Directory, quarter: Span): Promise<Kpis> => {
  const ids = new Map<string, string>()
  const make = async (some: readonly DemoKpi[]): Promise<void> => {
    const rows = some.map((kpi) => ({
      key: kpi.code,
      row: {
        externalId: kpi.code,
        code: kpi.code,
        name: kpi.name,
        ...kpi.definition,
        ...ownerOf(kpi, directory),
        ...(kpi.parent ? { parentId: idIn(ids, kpi.parent) } : {}),
      },
    }))
    for (const [code, id] of await player.batch('kpis', rows)) ids.set(code, id)
  }
  // What others name comes first; drivers are named when all are there.
  await make(kpis.filter(({ parent }) => !parent))
  await make(kpis.filter(({ parent }) => parent))
  const effectiveFrom = `${Number(quarter.startsOn.slice(0, 4)) - 2}-01-01`
  const targets = kpis.flatMap(({ code, target }) =>
    target ? [{ key: code, row: { kpiId: idIn(ids, code), effectiveFrom, ...target } }] : [],
  )
  await player.batch('kpi-targets', targets)
  await player.batch(
    'kpis',
    kpis.flatMap(({ code, drivers }) =>
      drivers
        ? [{ key: code, row: { id: idIn(ids, code), driverIds: drivers.map((driver) => idIn(ids, driver)) } }]
        : [],
    ),
  )
  const items = scorecard.items.map(([perspective, code, weight]) => ({ kpiId: idIn(ids, code), perspective, weight }))
  await player.batch('scorecards', [
    { key: 'scorecard', row: { externalId: 'scorecard', name: scorecard.name, items } },
  ])

  let waiting = kpis.flatMap((kpi) => pointsOf(kpi, quarter))
  const measure = async (until: Date): Promise<void> => {
    const today = until.toISOString().slice(0, 10)
    const due = waiting.filter(({ end }) => end < today)
    waiting = waiting.filter(({ end }) => end >= today)
    if (due.length > 0)
      await player.batch(
        'measurements',
        due.map(({ row }, at) => ({ key: String(at), row })),
      )
  }
  return { ids, measure }
}
