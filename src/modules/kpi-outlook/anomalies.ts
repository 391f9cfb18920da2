import { mean, median } from 'simple-statistics'
import { type History, recentHistory, seasonOf } from './history.ts'

export type AnomalyMethod = 'local_theil_sen_mad' | 'seasonal_local_theil_sen_mad'
export type Anomaly = {
  /** Place in the history given. */
  at: number
  value: number
  /** What its neighbours, and its season, let expect; between the bounds nothing is unusual. */
  expected: number
  lower: number
  upper: number
  /** How many robust standard deviations it is off; negative is below. */
  score: number
}
export type Anomalies = { method: AnomalyMethod; seasonLength: number | null; periods: number; items: Anomaly[] }

export const anomaliesNeed = 12
/** Neighbours a value is compared with. */
const neighbours = 8
/** Makes the median absolute deviation, and the mean one, comparable with a standard deviation (Iglewicz & Hoaglin 1993). */
const medianScale = 1.4826
const meanScale = 1.2533
/** Beyond this many robust deviations a value is unusual, by the same source. */
export const anomalyThreshold = 3.5
const digits = 12

/**
 * Values that do not fit those around them: each is compared with the robust line (Theil–Sen) through its neighbours,
 * after the season, where at least three full turns show one, and measured in median absolute deviations. An outlier
 * neither hides itself nor makes its neighbours look unusual. Throws 422 `not_enough_history`.
 */
export const anomalies = (history: History, grain: string): Anomalies => {
  const recent = recentHistory(history, anomaliesNeed)
  const offset = history.findLastIndex((value) => value !== null) + 1 - recent.length
  const seasonLength = seasonOf(grain, recent.length)
  const seasonal = seasonLength === null ? () => 0 : seasonIn(recent, seasonLength)
  const measured = recent.flatMap((value, at) => (value === null ? [] : [{ at, value, rest: value - seasonal(at) }]))
  const judged = measured.map(({ at, value, rest }, place) => {
    const expected = lineThrough(nearest(measured, place), at)
    return { at, value, expected: expected + seasonal(at), off: rest - expected }
  })
  const scale = scaleOf(
    judged.map(({ off }) => off),
    Math.max(...measured.map(({ value }) => Math.abs(value))),
  )
  const reach = scale * anomalyThreshold
  return {
    method: seasonLength === null ? 'local_theil_sen_mad' : 'seasonal_local_theil_sen_mad',
    seasonLength,
    periods: recent.length,
    items: judged
      .filter(({ off }) => Math.abs(off) > reach)
      .map(({ at, value, expected, off }) => ({
        at: at + offset,
        value,
        expected: rounded(expected),
        lower: rounded(expected - reach),
        upper: rounded(expected + reach),
        score: Number((off / scale).toPrecision(4)),
      })),
  }
}

const rounded = (value: number): number => Number(value.toPrecision(digits))

type Point = { at: number; rest: number }

const nearest = (points: readonly Point[], place: number): Point[] => {
  const start = Math.max(0, Math.min(place - neighbours / 2, points.length - neighbours - 1))
  return points.slice(start, start + neighbours + 1).filter((point) => point !== points[place])
}

/** Theil–Sen: the median of the slopes between all pairs, through the median. A third of the points may be wrong. */
const lineThrough = (points: readonly Point[], at: number): number => {
  const slopes = points.flatMap((one, place) =>
    points.slice(place + 1).map((other) => (other.rest - one.rest) / (other.at - one.at)),
  )
  const slope = median(slopes)
  return median(points.map((point) => point.rest - slope * (point.at - at)))
}

/** The usual deviation. Where most values fit exactly their mean deviation speaks, and never less than rounding does. */
const scaleOf = (offs: readonly number[], largest: number): number => {
  const sizes = offs.map(Math.abs)
  const usual = median(sizes) * medianScale || mean(sizes) * meanScale
  return Math.max(usual, largest * 1e-9, Number.MIN_VALUE)
}

/** What a place in the season adds: the median over the seasons of the distance to the year around it. */
const seasonIn = (history: History, length: number): ((at: number) => number) => {
  const reach = Math.floor(length / 2)
  const distances = history.flatMap((value, at) => {
    if (value === null) return []
    const start = Math.max(0, Math.min(at - reach, history.length - length))
    const around = history.slice(start, start + length).filter((each) => each !== null)
    return [{ phase: at % length, distance: value - median(around) }]
  })
  const byPhase = Map.groupBy(distances, ({ phase }) => phase)
  const usual = new Map([...byPhase].map(([phase, all]) => [phase, median(all.map(({ distance }) => distance))]))
  return (at) => usual.get(at % length) ?? 0
}
