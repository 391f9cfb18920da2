import { barsPicture } from './chart.bars.ts'
import { type ChartTheme, paletteOf, statusColor } from './chart.theme.ts'

export type ScorecardRow = { name: string; perspective: string | null; score: number | null; status: string }
export type ScorecardPicture = {
  name: string
  score: number | null
  coverage: number | null
  rows: readonly ScorecardRow[]
  theme: ChartTheme
}

const points = (score: number | null): string => (score === null ? 'no score' : `${Math.round(score * 100)}`)
const said = ({ score, status }: ScorecardRow): string => `${points(score)} · ${status.replaceAll('_', ' ')}`

/** The KPIs of a scorecard by perspective: a bar for each score, coloured by status, which is also said in words. */
export const scorecardPicture = ({ name, score, coverage, rows, theme }: ScorecardPicture): Promise<string> => {
  const palette = paletteOf(theme)
  const byPerspective = [...Map.groupBy(rows, ({ perspective }) => perspective ?? '')]
  const subtitle = `Score ${points(score)} of 100${coverage === null ? '' : ` · ${Math.round(coverage * 100)} % of the weight has one`}`
  return barsPicture({
    title: name,
    subtitle,
    description: `${subtitle}. ${rows.map((row) => `${row.name}: ${said(row)}`).join('. ')}`,
    theme,
    bars: byPerspective.flatMap(([perspective, members]) => [
      ...(perspective ? [{ name: perspective, depth: 0, value: null, color: '', said: null }] : []),
      ...members.map((row) => ({
        name: row.name,
        depth: 0,
        value: row.score,
        color: statusColor(palette, row.status),
        said: said(row),
      })),
    ]),
    // A third is on the red line, two thirds on the target (docs/scoring.md, section 7).
    marks: { 33: 'red line', 67: 'target' },
  })
}
