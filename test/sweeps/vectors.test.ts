import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { createWorld } from '../support/app.ts'

type Given = Record<string, any>
type Case = { name: string; section: string; subject: string; input: Given; expect: Given }

const cases: Case[] = JSON.parse(
  readFileSync(new URL('../../docs/scoring-vectors.json', import.meta.url), 'utf8'),
).cases

const world = await createWorld({ at: '2026-01-01T12:00:00.000Z' })
const { call, clock } = world
// What a machine reads says nothing of health: that is a person's, and people report it apart.
const machine = world.as(await world.key('integration'))
const noon = (day: string) => `${day}T12:00:00.000Z`
const at = (day: string) => (clock.now = new Date(noon(day)))

const post = async (path: string, body: object, caller = call): Promise<Given> => {
  const answer = await caller('POST', `/v1/${path}`, body)
  expect(answer.status, JSON.stringify(answer.body)).toBe(201)
  return answer.body
}
const given = (input: Given, ...names: string[]) =>
  Object.fromEntries(
    names.flatMap((name) => (input[name] === undefined || input[name] === null ? [] : [[name, input[name]]])),
  )

/** A goal of its own cycle, so that every case has its own policy. */
const goal = async (input: Given): Promise<string> => {
  at(input['today'])
  const days = { startsOn: input['firstDay'] ?? '2026-01-01', endsOn: input['lastDay'] ?? '2026-03-31' }
  const cycle = await post('cycles', { name: 'C', kind: 'custom', policy: input['policy'] ?? {}, ...days })
  const members = given(input, 'commitment', 'progressSource', 'manualProgress')
  return (await post('objectives', { title: 'O', cycleId: cycle['id'], ...members }))['id']
}

const measure = async (objectiveId: string, input: Given): Promise<string> => {
  const members = given(
    input,
    'kind',
    'baseline',
    'target',
    'min',
    'max',
    'exclusive',
    'mode',
    'period',
    'zones',
    'waypoints',
    'cadence',
    'role',
  )
  const steps = (input['steps'] as Given[] | undefined)?.map(({ weight, dueOn }, nth) => ({
    title: `S${nth}`,
    weight,
    dueOn,
  }))
  const row = await post('key-results', { objectiveId, title: 'K', ...members, ...(steps ? { steps } : {}) })
  const checkIns = `key-results/${row['id']}/check-ins`
  for (const [nth, step] of (row['steps'] ?? []).entries())
    if (input['steps'][nth].done) await post(checkIns, { step: { id: step.id, done: true } }, machine)
  for (const [day, reading] of input['readings'] ?? []) {
    const value = typeof reading === 'string' ? { zone: reading } : { value: reading }
    await post(checkIns, { ...value, effectiveAt: noon(day) }, machine)
  }
  const { reported } = input
  if (reported) await post(checkIns, { reportedHealth: reported.health, effectiveAt: noon(reported.day) })
  return row['id']
}

/** What holds on later days is read by moving the clock, with nothing written in between. */
const judge = async (url: string, { today }: Given, expected: Given, names: string[]): Promise<void> => {
  const read = async (day: string) => (at(day), (await call('GET', url)).body)
  expect(await read(today)).toMatchObject(given(expected, ...names))
  for (const name of names) if (expected[name] === null) expect((await read(today))[name]).toBeNull()
  for (const [day, value] of Object.entries(expected['expected'] ?? {}))
    if (day >= today) expect([day, (await read(day)).expectedProgress]).toEqual([day, value])
  for (const [day, view] of Object.entries(expected['health'] ?? {}))
    if (day >= today) expect({ day, ...(await read(day)).health }).toMatchObject({ day, ...(view as object) })
}

/** Cases whose input can be said through the API as it is: check-ins as the source, of an active key result, up to today. */
const reachable = ({ subject, input }: Case): boolean =>
  subject === 'keyResult' &&
  (input['source'] ?? 'checkins') === 'checkins' &&
  !(input['kind'] === 'metric' && input['target'] == null) &&
  ['calendar', 'state', 'settledOn', 'staleAfter', 'started'].every((name) => input[name] === undefined) &&
  [...(input['readings'] ?? []).map(([day]: [string]) => day), input['reported']?.day ?? ''].every(
    (day) => day <= input['today'],
  )

describe('key results', () => {
  const chosen = cases.filter(reachable)
  test('are most of those published', () => expect(chosen.length).toBeGreaterThan(70))

  test.each(chosen)('$section $name', async ({ input, expect: expected }) => {
    const id = await measure(await goal(input), input)
    // A step is read when it is checked in on; the case only knows that it is done.
    const { health, ...numbers } = expected
    await judge(`/v1/key-results/${id}`, input, input['kind'] === 'milestone' ? numbers : { ...numbers, health }, [
      'value',
      'attainment',
      'progress',
      'projected',
      ...(input['kind'] === 'milestone' ? [] : ['dataState']),
    ])
  })
})

describe('objectives', () => {
  const plain = ({ score, state, type, role, deleted }: Given) =>
    type === 'key_result' &&
    role === undefined &&
    deleted === undefined &&
    state === 'active' &&
    Object.keys(score ?? {}).join() === 'progress' &&
    score.progress !== null
  const chosen = cases.filter(
    ({ subject, input }) =>
      subject === 'objective' &&
      input['items'].length > 0 &&
      input['items'].every(plain) &&
      input['started'] === undefined &&
      !input['state'],
  )
  test('are some of those published', () => expect(chosen.length).toBeGreaterThan(5))

  test.each(chosen)('$section $name', async ({ input, expect: expected }) => {
    const id = await goal(input)
    for (const { weight, score } of input['items']) {
      const row = await post('key-results', {
        objectiveId: id,
        title: 'K',
        kind: 'metric',
        baseline: 0,
        target: 1,
        weight,
      })
      await post(`key-results/${row['id']}/check-ins`, { value: score.progress }, machine)
    }
    const { reason, ...numbers } = expected
    await judge(`/v1/objectives/${id}`, input, { progressReason: reason, ...given(numbers, 'progress', 'coverage') }, [
      'progress',
      'coverage',
      'progressReason',
    ])
  })
})
