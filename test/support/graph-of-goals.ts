import type { Answer, Caller } from './app.ts'
import { goalsOf } from './goals.ts'

export type Doing = { name: string; share: number; run: (caller: Caller) => Promise<Answer> }

export const pick = <T>(all: readonly T[]): T => all[Math.floor(Math.random() * all.length)] as T

const some = (most: number): number => Math.floor(Math.random() * most)
const dayInMay = (): string => `2026-05-${String(1 + some(28)).padStart(2, '0')}T08:00:00Z`

/**
 * An organization whose goals count in one another over three levels and two cycles, and everything that people do to
 * them at once, most often what happens most: check-ins. An answer of 4xx is part of it: others were quicker.
 */
export const createGraphOfGoals = async (call: Caller): Promise<Doing[]> => {
  const goals = goalsOf(call)
  const { id: cycle } = await goals.cycle()
  const { id: quarter } = await goals.cycle({
    kind: 'quarter',
    startsOn: '2026-04-01',
    endsOn: '2026-06-30',
    parentId: cycle,
  })
  const { id: root } = await goals.objective(cycle, 'root')
  const { id: alignedTo } = await goals.keyResult(root, { source: 'aligned', baseline: undefined, target: undefined })
  const objectives: string[] = []
  const keyResults: string[] = []
  const alignments: string[] = []
  const checkIns: string[] = []
  for (let at = 0; at < 12; at++) {
    const { id } = await goals.objective(at % 2 ? quarter : cycle, `o${at}`)
    const metric = await goals.keyResult(id, { target: 10 })
    const threshold = await goals.keyResult(id, { kind: 'threshold', baseline: undefined, target: undefined, min: 5 })
    keyResults.push(metric.id, threshold.id)
    const above = at < 4 ? root : (objectives[((at - 4) % 3) + 1] as string)
    const parent = at === 0 ? { parentKeyResultId: alignedTo } : { parentObjectiveId: above }
    alignments.push((await goals.align(id, parent)).id)
    objectives.push(id)
  }
  checkIns.push((await goals.checkIn(keyResults[0] as string, { value: 4, confidence: 0.5 })).id)

  const noted = (answer: Answer): Answer => {
    if (answer.status === 201) checkIns.push(answer.body.id)
    return answer
  }
  const value = () => Math.round(Math.random() * 120) / 10
  const states = ['cancelled', 'active', 'achieved', 'deferred']
  const doing = (name: string, share: number, run: Doing['run']): Doing => ({ name, share, run })
  const change = (path: string, all: readonly string[], body: () => object) => (caller: Caller) =>
    caller('PATCH', `/v1/${path}/${pick(all)}`, body())
  const act = (method: string, path: string, all: readonly string[], action = '') =>
    doing(`${method} ${path}${action}`, 3, (caller) =>
      caller(method, `/v1/${path}/${pick(all)}${action}`, action === '/close' ? {} : undefined),
    )

  return [
    doing('check-in', 30, async (caller) =>
      noted(
        await caller('POST', `/v1/key-results/${pick(keyResults)}/check-ins`, {
          value: value(),
          confidence: Math.random(),
          effectiveAt: dayInMay(),
        }),
      ),
    ),
    doing('check-ins of several', 3, (caller) =>
      caller('POST', '/v1/check-ins/batch', {
        // Few, since one that was deleted meanwhile refuses them all.
        items: Array.from({ length: 2 }, () => ({ keyResultId: pick(keyResults), value: value() })),
      }),
    ),
    doing(
      'correction',
      8,
      change('check-ins', checkIns, () => ({ value: value() })),
    ),
    act('DELETE', 'check-ins', checkIns),
    doing(
      'weight',
      8,
      change('key-results', keyResults, () => ({ weight: some(4), reason: 'Learnt' })),
    ),
    doing(
      'state of a key result',
      4,
      change('key-results', keyResults, () => ({ state: pick(states), reason: 'Learnt' })),
    ),
    doing(
      'due day',
      4,
      change('key-results', keyResults, () => ({ dueOn: pick([null, '2026-06-15', '2026-05-20']) })),
    ),
    doing(
      'weight of an edge',
      6,
      change('alignments', alignments, () => ({ weight: some(4), relation: pick(['contributes', 'supports']) })),
    ),
    doing(
      'move',
      8,
      change('alignments', alignments, () => ({ parentObjectiveId: pick(objectives), parentKeyResultId: null })),
    ),
    doing(
      'move below a key result',
      4,
      change('alignments', alignments, () => ({ parentObjectiveId: null, parentKeyResultId: alignedTo })),
    ),
    doing('alignment', 3, (caller) =>
      caller('POST', '/v1/alignments', {
        childObjectiveId: pick(objectives),
        parentObjectiveId: pick([root, ...objectives]),
      }),
    ),
    act('DELETE', 'alignments', alignments),
    act('POST', 'alignments', alignments, '/restore'),
    doing(
      'state of an objective',
      4,
      change('objectives', objectives, () => ({ state: pick(states) })),
    ),
    doing(
      'commitment',
      3,
      change('objectives', objectives, () => ({ commitment: pick(['committed', 'aspirational', 'learning']) })),
    ),
    doing(
      'source of progress',
      3,
      change('objectives', objectives, () => ({
        dueOn: pick([null, '2026-06-20']),
        progressSource: pick(['both', 'key_results', 'aligned']),
      })),
    ),
    doing(
      'cycle',
      2,
      change('objectives', objectives, () => ({ cycleId: pick([cycle, quarter]) })),
    ),
    act('POST', 'objectives', objectives, '/close'),
    { ...act('POST', 'objectives', objectives, '/reopen'), share: 6 },
    act('DELETE', 'objectives', objectives),
    { ...act('POST', 'objectives', objectives, '/restore'), share: 12 },
    act('DELETE', 'key-results', keyResults),
    { ...act('POST', 'key-results', keyResults, '/restore'), share: 12 },
    doing('policy', 1, (caller) =>
      caller('PATCH', `/v1/cycles/${quarter}`, { policy: { missing: pick(['zero', 'exclude']) } }),
    ),
  ]
}
