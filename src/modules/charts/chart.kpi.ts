import type { LineSeriesOption } from 'echarts'
import type { ForecastPoint } from '../kpi-outlook/forecast.judged.ts'
import type { SeriesPoint } from '../series/series.schema.ts'
import { draw, within } from './chart.draw.ts'
import { type ChartTheme, numberText, type Palette, paletteOf, plain, statusColor } from './chart.theme.ts'

export type KpiPicture = {
  name: string
  unit: string | null
  status: string
  points: readonly SeriesPoint[]
  /** Behind the points; may be empty. */
  ahead: readonly ForecastPoint[]
  theme: ChartTheme
}

const thresholds = [
  ['target', 'Target', 'green'],
  ['upperTarget', 'Upper target', 'green'],
  ['redLine', 'Red line', 'red'],
  ['upperRedLine', 'Upper red line', 'red'],
] as const

type Values = (number | null)[]

const line = (name: string, data: Values | object[], color: string, more: LineSeriesOption = {}): LineSeriesOption => ({
  name,
  type: 'line',
  data: data as Values,
  symbol: 'none',
  color,
  lineStyle: { color, width: 2 },
  ...more,
})

/** Targets hold from a day on, so they are steps; the last one goes on through the forecast. */
const thresholdLines = (points: readonly SeriesPoint[], ahead: number, palette: Palette): LineSeriesOption[] =>
  thresholds.flatMap(([member, name, color]) => {
    const known: Values = points.map((point) => point[member])
    const last = known.at(-1) ?? null
    if (known.every((value) => value === null)) return []
    const data = [...known, ...Array.from({ length: ahead }, () => last)]
    const type = color === 'green' ? 'dashed' : 'dotted'
    return [
      line(name, data, palette[color], { step: 'middle', lineStyle: { color: palette[color], width: 1.5, type } }),
    ]
  })

/** The interval as an area between two stacked lines; the upper one is drawn as its distance from the lower. */
const forecastLines = (points: readonly SeriesPoint[], ahead: readonly ForecastPoint[], palette: Palette) => {
  if (ahead.length === 0) return []
  const last = points.findLastIndex(({ value }) => value !== null)
  const start = points[last]?.value ?? null
  const place = (values: Values): Values => [...points.map((_point, at) => (at === last ? start : null)), ...values]
  const hidden = { lineStyle: { opacity: 0 }, silent: true, stack: 'interval', stackStrategy: 'all' } as const
  const lower = place(ahead.map((point) => point.lower))
  const upper = place(ahead.map((point) => point.upper))
  const width = upper.map((value, at) => (value === null ? null : value - (lower[at] as number)))
  return [
    line('', lower, palette.band, hidden),
    line('Interval', width, palette.band, { ...hidden, areaStyle: { color: palette.band, opacity: 1 } }),
    line('Forecast', place(ahead.map(({ value }) => value)), palette.line, {
      lineStyle: { color: palette.line, width: 2, type: [5, 4] },
    }),
  ]
}

/** A KPI over time: its values, coloured by status, its lines, and where it goes. */
export const kpiPicture = ({ name, unit, status, points, ahead, theme }: KpiPicture): Promise<string> => {
  const palette = paletteOf(theme)
  const values = points.map(({ value, status: each }) => ({
    value,
    itemStyle: { color: statusColor(palette, each) },
  }))
  const many = points.length > 40
  const series = [
    ...thresholdLines(points, ahead.length, palette),
    ...forecastLines(points, ahead, palette),
    line('Value', values, palette.line, {
      symbol: 'circle',
      symbolSize: many ? 0 : 7,
      showSymbol: !many,
      lineStyle: { color: palette.line, width: 2.5 },
    }),
  ]
  const last = points.findLast(({ value }) => value !== null)
  const told = summary({ unit, status, last, ahead })
  return draw({
    title: name,
    subtitle: told,
    description: `${told}. ${points.length} periods from ${points[0]?.period ?? 'none'} to ${points.at(-1)?.period ?? 'none'}.`,
    width: 760,
    height: 380,
    theme,
    option: {
      grid: { ...within, left: 20, right: 24, top: 84, bottom: 48 },
      legend: {
        bottom: 10,
        left: 20,
        itemWidth: 26,
        itemHeight: 10,
        itemGap: 18,
        textStyle: { color: palette.muted, fontSize: 12 },
        data: legend(series),
      },
      xAxis: {
        type: 'category',
        boundaryGap: false,
        data: [...points, ...ahead].map(({ period }) => period),
        axisLine: { lineStyle: { color: palette.grid } },
        axisTick: { show: false },
        axisLabel: { color: palette.muted, fontSize: 12, hideOverlap: true, margin: 12 },
      },
      yAxis: {
        type: 'value',
        scale: true,
        splitNumber: 4,
        splitLine: { lineStyle: { color: palette.grid } },
        axisLabel: { color: palette.muted, fontSize: 12, formatter: (value: number) => numberText(value) },
      },
      series,
    },
  })
}

/** The value first; lines as they are drawn, without the dot the library would put on them. */
const legend = (series: readonly LineSeriesOption[]) => {
  const names = series.flatMap(({ name }) => (name ? [String(name)] : []))
  return names
    .toSorted((one, other) => Number(other === 'Value') - Number(one === 'Value'))
    .map((name) => {
      if (name === 'Interval') return { name, icon: 'rect' }
      return name === 'Value' ? { name } : { name, itemStyle: { opacity: 0 } }
    })
}

const summary = ({
  unit,
  status,
  last,
  ahead,
}: Pick<KpiPicture, 'unit' | 'status' | 'ahead'> & { last: SeriesPoint | undefined }): string => {
  const measured = (value: number): string => `${numberText(value)}${unit ? ` ${plain(unit, 20)}` : ''}`
  const parts = [
    last?.value == null ? 'No value yet' : `${measured(last.value)} in ${last.period}`,
    status.replace('_', ' '),
    ...(last?.target == null ? [] : [`target ${measured(last.target)}`]),
    ...(ahead.length === 0
      ? []
      : [`forecast ${measured(Number(ahead.at(-1)!.value.toPrecision(3)))} in ${ahead.at(-1)!.period}`]),
  ]
  return parts.join(' · ')
}
