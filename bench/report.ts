import type { Case } from './cases.ts'
import { type Measured, median, type Round } from './measure.ts'

const whole = (number: number): string => Math.round(number).toLocaleString('en')

const speed = (rounds: Round[]): string => {
  const all = rounds.map(({ perSecond }) => perSecond)
  const times = (['p50', 'p99'] as const).map((key) => median(rounds.map((one) => one[key])).toFixed(0))
  return `${whole(median(all))}/s (${whole(Math.min(...all))}–${whole(Math.max(...all))}), ${times.join('/')} ms`
}

/** One line of the table, and whether the target was met. Ratios are taken pair by pair. */
export const lineOf = ({ name, says, target }: Case, { app, bare }: Measured): { text: string; met: boolean } => {
  const ratios = bare.map(({ perSecond }, at) => (app[at] as Round).perSecond / perSecond)
  const [ratio, low, high] = [median(ratios), Math.min(...ratios), Math.max(...ratios)].map((one) => one.toFixed(2))
  const met =
    'ratio' in target
      ? median(ratios) >= target.ratio
      : median(app.map(({ perSecond }) => perSecond)) >= target.perSecond
  const cells = [
    `${name}: ${says}`,
    bare.length > 0 ? `${ratio} (${low}–${high})` : '–',
    'ratio' in target ? `≥ ${target.ratio}` : `≥ ${whole(target.perSecond)}/s`,
    met ? 'yes' : 'no',
    speed(app),
    bare.length > 0 ? speed(bare) : '–',
  ]
  return { text: `| ${cells.join(' | ')} |`, met }
}

export const head = [
  '| case | app ÷ bare (spread) | target | met | app: median (spread), p50/p99 | bare |',
  '| --- | --- | --- | --- | --- | --- |',
].join('\n')
