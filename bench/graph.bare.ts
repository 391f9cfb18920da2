export const objectives = 250_000
export const keyResultsEach = 4
/** The children of objective n are 6n + 1 to 6n + 6: a tree of 8 levels. */
export const childrenEach = 6
export const rowsEach = keyResultsEach + 1
const nodes = objectives * rowsEach

export const valueOf = (row: number): number => (row * 7) % 101
export const weightOf = (row: number): number => 1 + (row % 3)
const parentOf = (objective: number): number => Math.floor((objective - 1) / childrenEach)

/** Row n · 5 is objective n, the four behind it are its key results: ascending, as their ids would be. */
export const columnsOf = () => {
  const isObjective = new Uint8Array(nodes)
  const value = new Float64Array(nodes)
  const child = new Int32Array(nodes - 1)
  const parent = new Int32Array(nodes - 1)
  const weight = new Float64Array(nodes - 1)
  for (let row = 0; row < nodes; row++) {
    isObjective[row] = row % rowsEach === 0 ? 1 : 0
    value[row] = valueOf(row)
    if (row === 0) continue
    const own = row - (row % rowsEach)
    child[row - 1] = row
    parent[row - 1] = own === row ? parentOf(row / rowsEach) * rowsEach : own
    weight[row - 1] = weightOf(row)
  }
  const baseline = new Float64Array(nodes)
  const target = new Float64Array(nodes).fill(100)
  return { isObjective, baseline, target, value, edges: { child, parent, weight }, missing: 'zero' as const }
}

const round6 = (x: number): number => (Math.sign(x) * Math.floor(Math.abs(x) * 1e6 + 0.500001)) / 1e6 + 0

/** The same sums and roundings for this very tree, where what is below is known without looking for it. */
export const bareLoop = ({
  baseline,
  target,
  value,
  edges: { weight },
}: ReturnType<typeof columnsOf>): Float64Array => {
  const progress = new Float64Array(nodes)
  const coverage = new Float64Array(nodes)
  for (let objective = objectives - 1; objective >= 0; objective--) {
    const own = objective * rowsEach
    let sum = 0
    let counted = 0
    let known = 0
    for (let row = own + 1; row < own + rowsEach; row++) {
      const from = baseline[row] as number
      const attainment = round6(((value[row] as number) - from) / ((target[row] as number) - from))
      progress[row] = Math.min(1, Math.max(0, attainment))
      coverage[row] = 1
      const share = weight[row - 1] as number
      sum += share * (progress[row] as number)
      counted += share
      known += share
    }
    const first = objective * childrenEach + 1
    for (let below = first; below < first + childrenEach && below < objectives; below++) {
      const row = below * rowsEach
      const share = weight[row - 1] as number
      sum += share * (progress[row] as number)
      counted += share
      known += share * (coverage[row] as number)
    }
    progress[own] = round6(sum / counted)
    coverage[own] = round6(known / counted)
  }
  return progress
}

// As day numbers: the year of the goals, the day they are scored on, and the gaps of the default policy.
const [firstDay, lastDay, today] = [20_454, 20_818, 20_605]
const bands = [0.1, 0.25]

const gapOn = (day: number, progress: number): number =>
  round6(round6(Math.min(1, Math.max(0, (day - firstDay) / (lastDay - firstDay)))) - progress)

/** The first day whose rounded gap exceeds the band: where the straight line crosses it, moved by what rounding makes of it. */
const turningDay = (progress: number, band: number): number => {
  if (gapOn(lastDay, progress) <= band) return 0
  if (gapOn(today, progress) > band) return today
  let day = Math.min(lastDay, Math.max(today + 1, Math.ceil(firstDay + (band + progress) * (lastDay - firstDay))))
  while (gapOn(day - 1, progress) > band) day--
  while (gapOn(day, progress) <= band) day++
  return day
}

/** Also the days on which each goal will be behind, which are the sums health is told by: what the objects are scored by. */
export const bareLoopWithPace = (columns: ReturnType<typeof columnsOf>): Float64Array => {
  const progress = bareLoop(columns)
  const turns = bands.map(() => new Int32Array(nodes))
  for (const [at, band] of bands.entries()) {
    const days = turns[at] as Int32Array
    for (let row = 0; row < nodes; row++) days[row] = turningDay(progress[row] as number, band)
  }
  return progress
}
