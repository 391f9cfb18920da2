import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { AutoETS, initSync as startEts } from '@bsull/augurs/ets'
import { MSTL, initSync as startMstl } from '@bsull/augurs/mstl'
import { variance } from 'simple-statistics'
import { type History, recentHistory, seasonOf, withoutGaps } from './history.ts'

export type ForecastMethod = 'auto_ets' | 'mstl_auto_ets'
export type Forecast = {
  method: ForecastMethod
  /** Periods of a season; null when none was found. */
  seasonLength: number | null
  /** Periods of the history it was made from. */
  periods: number
  points: { value: number; lower: number; upper: number }[]
}

/** The smoothing needs 8 for any trend; below 10 its interval says nothing. */
export const forecastNeeds = 10
/** Additive errors, for values may be zero or negative; the trend is chosen; seasons are taken away before. */
const model = 'AZN'
/** From here on a season explains enough of what the trend does not (Wang, Smith & Hyndman 2006). */
const strongSeason = 0.64
const digits = 12

// The packages load themselves from an address only a browser can fetch.
const require = createRequire(import.meta.url)
const bytes = (name: string) => ({
  module: readFileSync(require.resolve(`@bsull/augurs/${name}`).replace(/\.js$/, '_bg.wasm')),
})
let isStarted = false
const start = (): void => {
  if (isStarted) return
  startEts(bytes('ets'))
  startMstl(bytes('mstl'))
  isStarted = true
}

/**
 * The next `horizon` periods with the interval that holds the value with probability `level`, by exponential smoothing
 * whose form is chosen by its fit (AutoETS); a season that shows in at least three full turns is taken apart first (MSTL).
 * The same history gives the same answer. Takes at most some 20 ms: only the newest periods are looked at.
 * Throws 422 `not_enough_history`.
 */
export const forecast = (history: History, grain: string, horizon: number, level: number): Forecast => {
  const values = withoutGaps(recentHistory(history, forecastNeeds))
  const season = seasonOf(grain, values.length)
  const seasonLength = season !== null && seasonStrength(values, season) >= strongSeason ? season : null
  start()
  const fitted = seasonLength === null ? new AutoETS(1, model) : MSTL.ets([seasonLength])
  try {
    fitted.fit(values)
    const { point, intervals } = fitted.predict(horizon, level)
    return {
      method: seasonLength === null ? 'auto_ets' : 'mstl_auto_ets',
      seasonLength,
      periods: values.length,
      points: point.map((value, at) => ({
        value: rounded(value),
        lower: rounded(intervals?.lower[at] ?? value),
        upper: rounded(intervals?.upper[at] ?? value),
      })),
    }
  } finally {
    fitted.free()
  }
}

/** Binary noise, such as 1e-100 for a series of zeros, is not shown. */
const rounded = (value: number): number => (Math.abs(value) < 1e-9 ? 0 : Number(value.toPrecision(digits)))

/** 0..1: how much of what a moving mean leaves over repeats itself season after season. */
const seasonStrength = (values: readonly number[], length: number): number => {
  const reach = Math.floor(length / 2)
  const rest = values.flatMap((value, at) => {
    const around = values.slice(at - reach, at - reach + length)
    if (at < reach || around.length < length) return []
    return [{ phase: at % length, value: value - around.reduce((sum, each) => sum + each, 0) / length }]
  })
  const byPhase = Map.groupBy(rest, ({ phase }) => phase)
  const remainder = rest.map(({ phase, value }) => {
    const same = byPhase.get(phase) ?? []
    return value - same.reduce((sum, each) => sum + each.value, 0) / same.length
  })
  const all = variance(rest.map(({ value }) => value))
  return all === 0 ? 0 : 1 - variance(remainder) / all
}
