import type {
  Cadence,
  Day,
  InitiativeInput,
  ItemRef,
  KeyResultInput,
  ObjectiveInput,
  Period,
  Policy,
} from '../../src/scoring/index.ts'

// A second reading of docs/scoring.md: slow, day by day, through Date, sharing no line with the core.

export type World = {
  keyResults: KeyResultInput[]
  objectives: ObjectiveInput[]
  initiatives: InitiativeInput[]
}
type Numbers = {
  attainment: number | null
  progress: number | null
  coverage: number | null
  noData: boolean
  read: boolean
  inside: boolean | null
  confidence: number | null
}
type View = { derived: string; effective: string; stale: boolean; reported: string | null; reasons: string[] }

const round = (x: number): number => (Math.sign(x) * Math.floor(Math.abs(x) * 1e6 + 0.500001)) / 1e6 + 0
const clamp = (x: number): number => Math.min(1, Math.max(0, x))
const at = (day: Day): Date => new Date(`${day}T00:00:00Z`)
const text = (date: Date): Day => date.toISOString().slice(0, 10)
export const plusDays = (day: Day, days: number): Day => text(new Date(at(day).getTime() + days * 86_400_000))
const daysBetween = (from: Day, to: Day): number => (at(to).getTime() - at(from).getTime()) / 86_400_000
export const plus = (day: Day, period: Period, count: number): Day => {
  if (period === 'day') return plusDays(day, count)
  if (period === 'week') return plusDays(day, count * 7)
  const date = at(day)
  const dayOfMonth = date.getUTCDate()
  date.setUTCDate(1)
  date.setUTCMonth(date.getUTCMonth() + count * { month: 1, quarter: 3, year: 12 }[period])
  const length = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate()
  date.setUTCDate(Math.min(dayOfMonth, length))
  return text(date)
}
const periodName = (day: Day, period: Period): string => {
  if (period === 'day') return day
  if (period === 'week') return plusDays(day, -((at(day).getUTCDay() + 6) % 7))
  if (period === 'year') return day.slice(0, 4)
  return period === 'month' ? day.slice(0, 7) : `${day.slice(0, 4)} ${Math.ceil(Number(day.slice(5, 7)) / 3)}`
}
const allDays = (from: Day, to: Day): Day[] =>
  from > to ? [] : Array.from({ length: daysBetween(from, to) + 1 }, (_, index) => plusDays(from, index))

const verdict = (number: number, commitment: string): string => {
  const grade = Math.floor(number * 100 + 0.500001) / 100
  const [high, low] = commitment === 'committed' ? [1, 0.7] : [0.7, 0.4]
  return grade >= high ? 'achieved' : grade >= low ? 'partial' : 'missed'
}

const byId = (one: ItemRef, other: ItemRef): number => (one.id < other.id ? -1 : 1)

export const naive = (world: World, today: Day) => {
  const node = (id: string) =>
    world.keyResults.find((each) => each.id === id) ??
    world.objectives.find((each) => each.id === id) ??
    world.initiatives.find((each) => each.id === id)!
  const isObjective = (input: object): input is ObjectiveInput => 'progressSource' in input
  const isKeyResult = (input: object): input is KeyResultInput => 'kind' in input

  const inside = (input: KeyResultInput, value: number): boolean => {
    if (input.min != null && (input.exclusive ? value <= input.min : value < input.min)) return false
    return !(input.max != null && (input.exclusive ? value >= input.max : value > input.max))
  }
  const excluded = (item: ItemRef, source: string): string | null => {
    if (['draft', 'cancelled', 'deferred'].includes(item.state)) return item.state
    if (item.deleted) return 'deleted'
    if (item.role === 'guardrail') return 'guardrail'
    if (item.relation === 'supports') return 'supports'
    if (source === 'manual') return 'source'
    if (source === 'key_results' && item.type === 'objective') return 'source'
    if (source === 'aligned' && item.type !== 'objective') return 'source'
    if (source === 'initiatives' && item.type !== 'initiative') return 'source'
    if (item.countedBelow) return 'counted_below'
    if (item.weight === 0) return 'zero_weight'
    const numbers = numbersOf(item.id)
    if (numbers.progress !== null) return null
    return item.type !== 'objective' && numbers.noData ? 'no_data' : 'no_progress'
  }
  const counted = (items: readonly ItemRef[], source: string): ItemRef[] =>
    items.toSorted(byId).filter((item) => excluded(item, source) === null)
  const mean = (items: ItemRef[], number: (id: string) => number | null): number | null => {
    const having = items.filter((item) => number(item.id) !== null)
    if (having.length === 0) return null
    const weight = having.reduce((sum, item) => sum + item.weight, 0)
    return round(having.reduce((sum, item) => sum + item.weight * number(item.id)!, 0) / weight)
  }
  const poolNumbers = (items: readonly ItemRef[], source: string): Numbers => {
    const inside = counted(items, source)
    const left = items.filter((item) => excluded(item, source) === 'no_data')
    const progress = mean(inside, (id) => numbersOf(id).progress)
    const all = [...inside, ...left].reduce((sum, item) => sum + item.weight, 0)
    const known = inside.reduce((sum, item) => sum + item.weight * numbersOf(item.id).coverage!, 0)
    const coverage = progress === null ? null : round(known / all)
    return {
      attainment: null,
      progress,
      coverage,
      noData: coverage === null || coverage === 0,
      read: inside.some((item) => numbersOf(item.id).read),
      inside: null,
      confidence: mean(inside, (id) => numbersOf(id).confidence),
    }
  }
  const keyResultNumbers = (input: KeyResultInput): Numbers => {
    const base = { confidence: input.confidence, coverage: 1, noData: false, read: true, inside: null }
    const finish = (attainment: number | null, noData: boolean, more: Partial<Numbers> = {}): Numbers => {
      const left = noData && input.policy.missing === 'exclude'
      const progress = left ? null : clamp(attainment ?? 0)
      return { ...base, attainment, progress, noData, coverage: noData ? 0 : 1, read: !noData, ...more }
    }
    if (input.source === 'aligned' || input.source === 'initiatives') {
      const pool = poolNumbers(input.items ?? [], input.source)
      return finish(pool.noData ? null : pool.progress, pool.noData, { read: pool.read })
    }
    if (input.kind === 'milestone') {
      const steps = input.steps ?? []
      const done = steps.filter((step) => step.done)
      const weight = (some: typeof done) => some.reduce((sum, step) => sum + step.weight, 0)
      return finish(round(weight(done) / weight([...steps])), false, {
        read: input.lastReadingDay !== null || done.length > 0,
      })
    }
    const last = input.readings.at(-1)
    if (last === undefined) return finish(input.kind === 'threshold' || input.kind === 'baseline' ? 0 : null, true)
    if (input.kind === 'ordinal') {
      const zones = input.zones ?? [
        { name: 'fail', value: 0 },
        { name: 'commit', value: 0.3 },
        { name: 'target', value: 0.7 },
        { name: 'stretch', value: 1 },
      ]
      return finish(zones.find((zone) => zone.name === last.zone)!.value, false)
    }
    const value = last.value!
    if (input.kind === 'baseline') return finish(1, false)
    if (input.kind === 'metric')
      return finish(round((value - input.baseline!) / (input.target! - input.baseline!)), false)
    const isInside = inside(input, value)
    if (input.mode === 'latest') return finish(isInside ? 1 : 0, false, { inside: isInside })
    const period = input.period ?? input.cadence
    const periods = [...new Set(allDays(input.firstDay, input.lastDay).map((day) => periodName(day, period)))]
    let hits = 0
    let counting = 0
    let seen = false
    for (const name of periods) {
      const days = allDays(input.firstDay, input.lastDay).filter((day) => periodName(day, period) === name)
      const elapsed = days.at(-1)! < today
      const running = days.includes(today)
      if (!elapsed && !running) continue
      const read = input.readings.filter((reading) => days.includes(reading.day)).at(-1)
      if (read !== undefined) seen = true
      if (elapsed || read !== undefined) counting++
      if (read !== undefined && inside(input, read.value!)) hits++
    }
    const all = input.mode === 'accrual' ? periods.length : counting
    return finish(all === 0 ? 0 : round(hits / all), !seen, { inside: isInside, read: true })
  }
  const memory = new Map<string, Numbers>()
  const numbersOf = (id: string): Numbers => {
    const before = memory.get(id)
    if (before !== undefined) return before
    const input = node(id)
    let numbers: Numbers
    if (isKeyResult(input)) numbers = keyResultNumbers(input)
    else if (isObjective(input)) {
      numbers = poolNumbers(input.items, input.progressSource)
      if (input.progressSource === 'manual' && input.manualProgress !== null) {
        numbers = { ...numbers, progress: input.manualProgress, coverage: 1, noData: false, read: true }
      }
    } else {
      const { tasks } = input
      const found =
        input.state === 'done' ? 1 : tasks !== null && tasks.all > 0 ? tasks.done / tasks.all : input.progress
      const noData = found === null
      const progress = noData ? (input.policy.missing === 'exclude' ? null : 0) : round(found)
      numbers = {
        attainment: found,
        progress,
        coverage: noData ? 0 : 1,
        noData,
        read: !noData,
        inside: null,
        confidence: null,
      }
    }
    memory.set(id, numbers)
    return numbers
  }

  const linear = (from: Day, to: Day, day: Day): number =>
    day >= to ? 1 : day <= from ? 0 : daysBetween(from, day) / daysBetween(from, to)
  const expected = (id: string, day: Day): number | null => {
    const input = node(id)
    if (isObjective(input)) return mean(counted(input.items, input.progressSource), (child) => expected(child, day))
    if (!isKeyResult(input)) {
      return input.firstDay === null || input.lastDay === null
        ? null
        : round(linear(input.firstDay, input.lastDay, day))
    }
    const { firstDay, lastDay } = input
    if (input.source === 'aligned' || input.source === 'initiatives') return round(linear(firstDay, lastDay, day))
    if (input.kind === 'milestone') {
      const steps = input.steps ?? []
      if (steps.every((step) => step.dueOn === null)) return null
      const due = steps.filter((step) => step.dueOn !== null && step.dueOn <= day)
      return round(due.reduce((sum, step) => sum + step.weight, 0) / steps.reduce((sum, step) => sum + step.weight, 0))
    }
    if (input.kind === 'threshold' && input.mode === 'accrual') {
      const period = input.period ?? input.cadence
      const names = [...new Set(allDays(firstDay, lastDay).map((each) => periodName(each, period)))]
      const open = new Set(allDays(day > firstDay ? day : firstDay, lastDay).map((each) => periodName(each, period)))
      return round((names.length - open.size) / names.length)
    }
    if (input.kind !== 'metric') return null
    const points = [
      { date: firstDay, value: input.baseline! },
      ...(input.waypoints ?? []),
      { date: lastDay, value: input.target! },
    ]
    for (let index = 1; index < points.length; index++) {
      const from = points[index - 1]!
      const to = points[index]!
      if (day > to.date) continue
      const value = from.value + (to.value - from.value) * linear(from.date, to.date, day)
      return round(clamp((value - input.baseline!) / (input.target! - input.baseline!)))
    }
    return 1
  }
  const factorOf = (input: { commitment: string; policy: Policy }): number =>
    input.commitment === 'committed' ? 1 : input.policy.aspirationalPace
  const gap = (id: string, day: Day): number | null => {
    const input = node(id)
    if (!isObjective(input)) {
      const factor = isKeyResult(input) ? factorOf(input) : 1
      const pace = expected(id, day)
      return pace === null ? null : round(factor * pace - numbersOf(id).progress!)
    }
    const paced = counted(input.items, input.progressSource).filter((item) => expected(item.id, day) !== null)
    if (paced.length === 0) return null
    const weight = paced.reduce((sum, item) => sum + item.weight, 0)
    const each = (item: ItemRef) => factorOf(input) * expected(item.id, day)! - numbersOf(item.id).progress!
    return round(paced.reduce((sum, item) => sum + item.weight * each(item), 0) / weight)
  }

  const derived = (id: string, day: Day): [string, string | null] => {
    const input = node(id)
    const numbers = numbersOf(id)
    const passed = 'cadence' in input ? plus(input.firstDay, input.cadence, 1) : input.firstDay
    if (input.state === 'closed') return ['closed', null]
    if (!numbers.read && passed !== null && day < passed) return ['not_started', null]
    if (numbers.noData || numbers.progress === null) return ['no_data', 'no_data']
    if (isObjective(input) && input.policy.objectiveHealth === 'worst') {
      const found = counted(input.items, input.progressSource).map((item) => derived(item.id, day)[0])
      for (const health of ['off_track', 'at_risk', 'no_data', 'on_track', 'not_started', 'achieved']) {
        if (!found.includes(health)) continue
        return [health, ['off_track', 'at_risk', 'no_data'].includes(health) ? 'worst_item' : null]
      }
    }
    const commitment = 'commitment' in input ? input.commitment : 'committed'
    if (input.lastDay !== null && day > input.lastDay) {
      const found = verdict(numbers.progress, commitment)
      return [found === 'achieved' ? 'achieved' : found === 'partial' ? 'at_risk' : 'off_track', 'overdue']
    }
    if (isKeyResult(input) && input.kind === 'threshold' && input.mode === 'latest') {
      return numbers.inside ? ['on_track', null] : ['off_track', 'threshold']
    }
    if (numbers.progress === 1) return ['achieved', null]
    const behind = gap(id, day)
    if (behind === null) {
      const always = !isObjective(input) && (!isKeyResult(input) || ['milestone', 'baseline'].includes(input.kind))
      return [always || numbers.progress >= 0.7 ? 'on_track' : 'at_risk', null]
    }
    const { bands } = input.policy
    if (behind <= bands.onTrack) return ['on_track', null]
    return [behind <= bands.atRisk ? 'at_risk' : 'off_track', 'pace']
  }
  const stale = (id: string, day: Day): boolean => {
    const input = node(id)
    if (isObjective(input)) {
      const items = counted(input.items, input.progressSource)
      return input.state !== 'closed' && items.length > 0 && items.every((item) => stale(item.id, day))
    }
    if (!isKeyResult(input) || !['checkins', 'kpi'].includes(input.source)) return false
    if (['achieved', 'closed'].includes(input.state) || derived(id, day)[0] === 'achieved') return false
    return day > plus(input.lastReadingDay ?? input.firstDay, input.staleAfter ?? input.cadence, 2)
  }
  const health = (id: string, day: Day): View => {
    const input = node(id)
    const [judged, reason] = derived(id, day)
    const person = 'reported' in input ? input.reported : null
    const inForce = person !== null && day < plus(person.day, (input as { cadence: Cadence }).cadence, 1)
    const reported = inForce ? person.health : null
    const isStale = stale(id, day)
    const view = {
      derived: judged,
      effective: judged,
      stale: isStale,
      reported,
      reasons: reason === null ? [] : [reason],
    }
    if (['closed', 'not_started', 'no_data'].includes(judged)) return view
    const reasons = new Set(view.reasons)
    if (reported !== null) reasons.add('reported')
    let effective = reported ?? judged
    if (isStale) reasons.add('stale')
    if (isStale && ['on_track', 'at_risk'].includes(effective)) effective = 'stale'
    if (isObjective(input)) {
      const guards = input.items.filter((item) => excluded(item, input.progressSource) === 'guardrail')
      const add = (when: boolean, why: string) => {
        if (!when) return
        reasons.add(why)
        if (effective === 'on_track' || effective === 'achieved') effective = 'at_risk'
      }
      const read = guards.filter((item) => numbersOf(item.id).inside !== null)
      add(
        guards.some((item) => numbersOf(item.id).inside === false),
        'guardrail_breached',
      )
      add(read.length < guards.length, 'guardrail_unread')
      add(
        read.some((item) => stale(item.id, day)),
        'stale',
      )
    }
    const order = 'pace threshold overdue guardrail_breached guardrail_unread stale reported no_data worst_item'.split(
      ' ',
    )
    return { ...view, effective, reasons: order.filter((each) => reasons.has(each)) }
  }
  return { numbersOf, expected, gap, health, excluded }
}
