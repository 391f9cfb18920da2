import { draw, within } from './chart.draw.ts'
import { type ChartTheme, paletteOf, plain } from './chart.theme.ts'

/** A line of the picture: a name, and a bar unless it is a heading. */
export type Bar = {
  name: string
  /** Levels it is moved in; below the first a branch leads to it. */
  depth: number
  /** 0..1; null draws none. */
  value: number | null
  color: string
  /** What stands behind the bar; null for a heading. */
  said: string | null
}

export type BarsPicture = {
  title: string
  subtitle: string
  description: string
  theme: ChartTheme
  bars: readonly Bar[]
  /** Words on the axis by percent. */
  marks: Readonly<Record<number, string>>
}

const width = 760
const row = 30
const names = 330
const indent = 16
const letters = 42

/** Bars below one another, each with its name before and its meaning in words behind it. */
export const barsPicture = ({ title, subtitle, description, theme, bars, marks }: BarsPicture): Promise<string> => {
  const palette = paletteOf(theme)
  // Charts count from below.
  const lines = bars.toReversed()
  const indents = Object.fromEntries(Array.from({ length: 17 }, (_each, depth) => [`in${depth}`, depth * indent]))
  return draw({
    title,
    subtitle,
    description,
    width,
    height: 100 + Math.max(1, bars.length) * row,
    theme,
    option: {
      grid: { ...within, left: names + 24, right: 150, top: 74, bottom: 26, outerBoundsMode: 'none' },
      xAxis: {
        type: 'value',
        min: 0,
        max: 100,
        interval: 100 / 3,
        splitLine: { lineStyle: { color: palette.grid } },
        axisLabel: {
          color: palette.muted,
          fontSize: 12,
          formatter: (value: number) => marks[Math.round(value)] ?? '',
        },
      },
      yAxis: {
        type: 'category',
        data: lines.map((_line, at) => String(at)),
        axisLine: { show: false },
        axisTick: { show: false },
        axisLabel: {
          align: 'left',
          margin: names,
          interval: 0,
          formatter: (_value: string, at: number) => labelOf(lines[at] as Bar),
          rich: {
            ...Object.fromEntries(Object.entries(indents).map(([style, size]) => [style, { width: size }])),
            heading: { color: palette.muted, fontSize: 12, fontWeight: 600 },
            branch: { color: palette.muted, fontSize: 13 },
            name: { color: palette.text, fontSize: 13 },
          },
        },
      },
      series: [
        {
          type: 'bar',
          barWidth: 12,
          data: lines.map(({ value, color, said }) => ({
            value: (value ?? 0) * 100,
            itemStyle: { color, borderRadius: [0, 3, 3, 0] },
            label: {
              show: said !== null,
              position: 'right',
              color: palette.muted,
              fontSize: 12,
              formatter: () => said ?? '',
            },
          })),
        },
      ],
    },
  })
}

const labelOf = ({ name, depth, said }: Bar): string => {
  const branch = depth > 0 && said !== null ? `{in${Math.min(depth - 1, 16)}|}{branch|└ }` : ''
  return `${branch}{${said === null ? 'heading' : 'name'}|${plain(name, letters - 2 * depth)}}`
}
