import { describe, expect, test } from 'vitest'
import { createWorld } from '../support/app.ts'
import { createCensus } from '../support/census.ts'
import { goalsOf } from '../support/goals.ts'

const { call, as, key, organizationId } = await createWorld({ at: '2026-06-01T10:00:00.000Z' })
const goals = goalsOf(call)
const census = await createCensus(organizationId)
const { id: cycleId } = await goals.cycle()

/** An objective at 0.456, under a parent with a key result of its own at 1. */
const graph = async () => {
  const parent = await goals.objective(cycleId, 'Parent')
  const own = await goals.keyResult(parent.id)
  const { id } = await goals.objective(cycleId, 'Child')
  await goals.align(id, { parentObjectiveId: parent.id })
  const { id: keyResultId } = await goals.keyResult(id)
  await goals.checkIn(own.id, { value: 100 })
  await goals.checkIn(keyResultId, { value: 45.6 })
  return { parentId: parent.id as string, id: id as string, keyResultId: keyResultId as string }
}

test('closing suggests the rounded progress, takes the key results along, and counts on', async () => {
  const { id, keyResultId, parentId } = await graph()
  const before = (await goals.read(`objectives/${parentId}`)).progress
  const closed = await goals.act(`objectives/${id}/close`, {})
  expect(closed).toMatchObject({ progress: 0.456, suggestedGrade: 0.46, grade: 0.46, verdict: 'missed', reason: null })
  expect(closed.keyResults).toEqual([expect.objectContaining({ keyResultId, progress: 0.456, grade: 0.46 })])
  expect(await goals.read(`objectives/${id}`)).toMatchObject({
    state: 'closed',
    grade: 0.46,
    verdict: 'missed',
    progress: 0.456,
    version: 2,
    health: { effective: 'closed' },
  })
  expect(await goals.read(`key-results/${keyResultId}`)).toMatchObject({ state: 'closed', grade: 0.46 })
  expect((await goals.read(`objectives/${parentId}`)).progress).toBe(before)
})

test('reopening makes it active again, without a grade', async () => {
  const { id, keyResultId } = await graph()
  await goals.act(`objectives/${id}/close`, { grade: 0.9, reason: 'Half of it was not ours to do' })
  expect(await goals.read(`objectives/${id}`)).toMatchObject({
    grade: 0.9,
    gradeReason: 'Half of it was not ours to do',
  })
  const reopened = await goals.act(`objectives/${id}/reopen`)
  expect(reopened).toMatchObject({ state: 'active', grade: null, gradeReason: null, progress: 0.456 })
  await goals.checkIn(keyResultId, { value: 60 })
  expect(await goals.read(`objectives/${id}`)).toMatchObject({ progress: 0.6 })
  expect(await goals.act(`objectives/${id}/close`, {})).toMatchObject({ grade: 0.6 })
})

describe('refused, each with its own code, and nothing stored', () => {
  const refuse = async (method: string, path: string, body: unknown, status: number, code: string) => {
    const before = await census()
    expect(await call(method, `/v1/${path}`, body)).toMatchObject({ status, body: { code } })
    expect(await census()).toEqual(before)
  }

  test('another grade without a reason', async () => {
    const { id, keyResultId } = await graph()
    await refuse('POST', `objectives/${id}/close`, { grade: 1 }, 422, 'reason_required')
    await refuse(
      'POST',
      `objectives/${id}/close`,
      { keyResults: [{ id: keyResultId, grade: 1 }] },
      422,
      'reason_required',
    )
    await refuse('POST', `objectives/${id}/close`, { grade: 1.5, reason: 'x' }, 422, 'invalid_input')
  })

  test('a grade for a key result of another objective', async () => {
    const [one, other] = [await graph(), await graph()]
    const keyResults = [{ id: other.keyResultId, grade: 1, reason: 'x' }]
    await refuse('POST', `objectives/${one.id}/close`, { keyResults }, 422, 'reference_not_found')
  })

  test('closing what is closed, draft or cancelled; reopening what is open', async () => {
    const { id } = await graph()
    await refuse('POST', `objectives/${id}/reopen`, undefined, 409, 'invalid_transition')
    await goals.act(`objectives/${id}/close`, {})
    await refuse('POST', `objectives/${id}/close`, {}, 409, 'already_closed')
    await refuse('PATCH', `objectives/${id}`, { state: 'active' }, 409, 'invalid_transition')
    const draft = await goals.objective(cycleId, 'Draft', { state: 'draft' })
    await refuse('POST', `objectives/${draft.id}/close`, {}, 409, 'invalid_transition')
  })

  test('a check-in on a closed key result, and on a cancelled one', async () => {
    const { id, keyResultId } = await graph()
    await goals.act(`objectives/${id}/close`, {})
    await refuse('POST', `key-results/${keyResultId}/check-ins`, { value: 1 }, 409, 'not_taking_check_ins')
    await refuse('PATCH', `key-results/${keyResultId}`, { target: 50, reason: 'x' }, 409, 'invalid_transition')
    const other = await graph()
    await call('PATCH', `/v1/key-results/${other.keyResultId}`, { state: 'cancelled', reason: 'x' })
    await refuse('POST', `key-results/${other.keyResultId}/check-ins`, { value: 1 }, 409, 'not_taking_check_ins')
  })

  test('a cycle closed by PATCH', async () => {
    await refuse('PATCH', `cycles/${cycleId}`, { state: 'closed' }, 409, 'invalid_transition')
  })
})

test('who may not change it may not close it', async () => {
  const { id } = await graph()
  const member = as(await key('viewer'))
  for (const action of ['close', 'carry-over'])
    expect((await member('POST', `/v1/objectives/${id}/${action}`, action === 'close' ? {} : { cycleId })).status).toBe(
      403,
    )
  expect((await member('POST', `/v1/objectives/${id}/reopen`)).status).toBe(403)
  expect((await member('POST', `/v1/cycles/${cycleId}/close`)).status).toBe(403)
})

test('closing with validateOnly tells the grades and stores nothing', async () => {
  const { id } = await graph()
  const before = await census()
  expect(await goals.act(`objectives/${id}/close?validateOnly=true`, {})).toMatchObject({ grade: 0.46 })
  expect(await census()).toEqual(before)
})

test('closing a cycle closes all its objectives and reports each once', async () => {
  const quarter = await goals.cycle({ name: 'Q2', kind: 'quarter', startsOn: '2026-04-01', endsOn: '2026-06-30' })
  const top = await goals.objective(quarter.id, 'Top')
  const low = await goals.objective(quarter.id, 'Low', { commitment: 'aspirational' })
  const draft = await goals.objective(quarter.id, 'Draft', { state: 'draft' })
  await goals.align(low.id, { parentObjectiveId: top.id })
  const keyResult = await goals.keyResult(low.id)
  await goals.checkIn(keyResult.id, { value: 70 })
  const report = await goals.act(`cycles/${quarter.id}/close`)
  expect(report.closed.map(({ objectiveId, grade, verdict }: any) => [objectiveId, grade, verdict])).toEqual([
    [top.id, 0.7, 'partial'],
    [low.id, 0.7, 'achieved'],
  ])
  expect(report.left).toEqual([{ objectiveId: draft.id, title: 'Draft', state: 'draft' }])
  expect(report.hidden).toBe(0)
  const [topClosing, lowClosing] = report.closed
  const explained = await goals.read(`objectives/${top.id}/explanation`)
  expect(explained.sha256).toBe(topClosing.explanationSha256)
  expect(explained.items[0].sha256).toBe(lowClosing.explanationSha256)
  expect((await goals.read(`cycles/${quarter.id}`)).state).toBe('closed')
  expect(await call('POST', `/v1/cycles/${quarter.id}/close`)).toMatchObject({ status: 409 })
  expect(await call('POST', `/v1/objectives/${low.id}/reopen`)).toMatchObject({
    status: 409,
    body: { code: 'cycle_closed' },
  })
})
