import { z } from 'zod'

export const chartTheme = z
  .enum(['light', 'dark'])
  .default('light')
  .meta({ id: 'ChartTheme', description: 'The picture brings its own ground, so it can be read on either.' })
export type ChartTheme = z.output<typeof chartTheme>

/** Contrast of text and lines on their ground is at least 4.5 : 1 in both. */
const palettes = {
  light: {
    ground: '#ffffff',
    text: '#1f2430',
    muted: '#5b6472',
    grid: '#e3e7ed',
    line: '#1f5fd0',
    band: 'rgba(31, 95, 208, 0.16)',
    green: '#177245',
    amber: '#9a6200',
    red: '#c0322b',
    grey: '#6b7480',
  },
  dark: {
    ground: '#161b22',
    text: '#e6edf3',
    muted: '#a3adba',
    grid: '#2d3540',
    line: '#79b0ff',
    band: 'rgba(121, 176, 255, 0.2)',
    green: '#4cc38a',
    amber: '#e3b341',
    red: '#ff8078',
    grey: '#8b95a1',
  },
} as const

export type Palette = Record<keyof (typeof palettes)['light'], string>
export const paletteOf = (theme: ChartTheme): Palette => palettes[theme]

/** Fonts every machine has: a mail or a chat loads none. */
export const fonts = "system-ui, -apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif"

/** Text from callers, fit for a picture: no control characters, no markup of the drawing library, not too long. */
export const plain = (text: string, most: number): string => {
  const clean = text
    .replaceAll(/[\p{Cc}\p{Cs}\uFFFE\uFFFF]+/gu, ' ')
    .replaceAll('{', '(')
    .replaceAll('}', ')')
    .trim()
  const letters = [...new Intl.Segmenter('en').segment(clean)].map(({ segment }) => segment)
  return letters.length <= most ? clean : `${letters.slice(0, most - 1).join('')}…`
}

/** 1234567 → 1.23M; small numbers with what matters of their decimals. */
export const numberText = (value: number): string =>
  new Intl.NumberFormat('en', {
    notation: Math.abs(value) >= 100_000 ? 'compact' : 'standard',
    maximumSignificantDigits: Math.abs(value) >= 1_000 && Math.abs(value) < 100_000 ? 6 : 4,
  }).format(value)

export const statusColor = (palette: Palette, status: string): string =>
  ({ green: palette.green, amber: palette.amber, red: palette.red })[status] ?? palette.grey
