import { expect } from 'vitest'
import type { Role } from '../../src/auth/actor.ts'
import type { Caller, World } from './app.ts'
import { createPerson, type Issuer, type Person } from './people.ts'

type Members = Record<string, unknown>

export const five = {
  name: 'Five',
  points: ['Unsatisfactory', 'Developing', 'Good', 'Strong', 'Outstanding'].map((label, at) => ({
    value: at + 1,
    label,
  })),
}

/** The people around one subject, and short ways to make and carry out their reviews; failures fail the test. */
export const reviewsOf = async (world: World, issuer: Issuer) => {
  const person = (name: string, managerId: string | null = null, roles: Role[] = ['member']) =>
    createPerson(world, issuer, { displayName: name, managerId, roles })
  const head = await person('Head', null, ['manager'])
  const manager = await person('Manager', head.id, ['manager'])
  const subject = await person('Subject', manager.id)
  const otherManager = await person('Other manager', null, ['manager'])
  const peers: Person[] = []
  for (const name of ['Ann', 'Bob', 'Cem']) peers.push(await person(name))
  const hr = await person('HR', null, ['hr'])
  const administrator = await person('Administrator', null, ['admin'])

  const ok = async (caller: Caller, method: string, path: string, body?: Members): Promise<any> => {
    const answer = await caller(method, `/v1/${path}`, body)
    expect(answer.status, `${method} ${path}: ${JSON.stringify(answer.body)}`).toBeLessThan(300)
    return answer.body
  }
  const template = (given: Members = {}) =>
    ok(hr.call, 'POST', 'review-templates', {
      name: 'Yearly',
      scale: five,
      sections: [
        {
          key: 'work',
          title: 'Work',
          kind: 'competency',
          questions: [
            { key: 'results', text: 'What was achieved?', required: true },
            { key: 'together', text: 'How was it to work together?' },
          ],
        },
        { key: 'words', title: 'In words', kind: 'free_text', questions: [{ key: 'next', text: 'What is next?' }] },
      ],
      ...given,
    })
  const cycle = async (given: Members = {}, ofTemplate: Members = {}) =>
    ok(hr.call, 'POST', 'review-cycles', {
      name: '2026',
      templateId: (await template(ofTemplate)).id,
      startsOn: '2026-01-01',
      endsOn: '2026-06-30',
      participants: { userIds: [subject.id] },
      relationships: ['self', 'manager', 'peer'],
      ...given,
    })
  const launch = async (id: string, reviewers: readonly Person[] = peers) => {
    const given =
      reviewers.length === 0 ? [] : [{ subjectId: subject.id, reviewerIds: reviewers.map((each) => each.id) }]
    await ok(hr.call, 'POST', `review-cycles/${id}/launch`, { peers: given })
    const { items } = await ok(hr.call, 'GET', `reviews?reviewCycleId=${id}&limit=100`)
    return items as any[]
  }
  const idOf = (rows: any[], relationship: string, reviewer: Person): string =>
    rows.find((row) => row.relationship === relationship && row.reviewerId === reviewer.id).id
  /** Answers the rated question and submits. */
  const write = async (by: Person, id: string, rating: number, text: string | null = null) => {
    await ok(by.call, 'PATCH', `reviews/${id}`, { answers: [{ questionKey: 'results', rating, text }] })
    return ok(by.call, 'POST', `reviews/${id}/submit`)
  }
  return { head, manager, subject, otherManager, peers, hr, administrator, ok, template, cycle, launch, idOf, write }
}
