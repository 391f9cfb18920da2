import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { createWorld } from '../support/app.ts'
import { scimCaller } from '../support/scim.ts'

const world = await createWorld()
const scim = scimCaller(world, world.apiKey)
const runs = (numRuns: number) => ({ numRuns, seed: 20_261_122, endOnFailure: true })
const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

const attribute = fc.constantFrom(
  ...`userName emails emails.value emails.primary active name.givenName meta.created groups roles addresses id members
  addresses.type externalId members.value displayName __proto__ constructor toString schemas password`.split(/\s+/),
  '',
  `${enterprise}:manager`,
  `${enterprise}:department`,
)
const value = fc.oneof(
  fc.constantFrom('true', 'false', 'null', '1', '-1e9', '"True"', '"2026-01-01T00:00:00Z"', '"\\u0000"', '"\\ud800"'),
  fc.string({ unit: 'binary', maxLength: 20 }).map((text) => JSON.stringify(text)),
)
const word = fc.constantFrom('eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le', 'EQ', 'pr', 'like')
const { filter } = fc.letrec<{ filter: string; clause: string }>((tie) => ({
  clause: fc.tuple(attribute, word, value).map(([of, op, than]) => (op === 'pr' ? `${of} pr` : `${of} ${op} ${than}`)),
  filter: fc.oneof(
    { maxDepth: 4 },
    tie('clause'),
    fc.tuple(tie('filter'), fc.constantFrom('and', 'or'), tie('filter')).map((parts) => parts.join(' ')),
    tie('filter').map((inner) => `not (${inner})`),
    fc.tuple(attribute, tie('filter')).map(([of, inner]) => `${of}[${inner}]`),
    fc.tuple(attribute, tie('filter'), tie('clause')).map(([of, inner, clause]) => `${of}[${inner}].${clause}`),
  ),
}))
const noise = fc.array(
  fc.constantFrom('(', ')', '[', ']', '"', '\\', '\n', ' ', 'not ', 'eq ', 'and ', 'userName ', '.', ':', 'a', '0'),
  { maxLength: 60 },
)
const anyFilter = fc.oneof(
  { weight: 4, arbitrary: filter },
  { weight: 1, arbitrary: noise.map((parts) => parts.join('')) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 80 }) },
)

test('a filter is answered or refused, whatever it is', async () => {
  const seen = new Set<number>()
  await fc.assert(
    fc.asyncProperty(fc.constantFrom('/Users', '/Groups'), anyFilter, async (path, text) => {
      const { status, body } = await scim('GET', `${path}?filter=${encodeURIComponent(text.toWellFormed())}`)
      seen.add(status)
      expect([200, 400], `${text} → ${JSON.stringify(body)}`).toContain(status)
      if (status === 400) expect(['invalidFilter', 'invalidValue']).toContain(body.scimType)
    }),
    runs(150),
  )
  expect(seen).toEqual(new Set([200, 400]))
})

const path = fc.oneof(
  attribute,
  fc.tuple(attribute, anyFilter).map(([of, inner]) => `${of}[${inner}]`),
  fc
    .tuple(attribute, anyFilter, fc.constantFrom('value', 'type', 'primary', '__proto__', 'x'))
    .map(([of, inner, sub]) => `${of}[${inner}].${sub}`),
  fc.constantFrom(
    enterprise,
    'name.familyName',
    'name.__proto__',
    'emails[type eq "work"].value',
    'emails[type eq "work"]',
  ),
)
const members = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.dictionary(attribute, fc.jsonValue({ maxDepth: 2 })),
  fc.constantFrom<unknown>(
    'True',
    'x@example.com',
    [{ value: 'a@example.com', type: 'work' }],
    { givenName: 'G' },
    null,
  ),
)
const operation = fc.record(
  { op: fc.constantFrom('add', 'Replace', 'remove', 'REMOVE', 'x'), path, value: members },
  { requiredKeys: ['op'] },
)

test('a PATCH is carried out or refused, whatever it is, and touches nobody else', async () => {
  const make = async (userName: string) => (await scim('POST', '/Users', { userName, emails: ['e@example.com'] })).body
  const [mine, other] = [await make('mine'), await make('other')]
  const { body: group } = await scim('POST', '/Groups', { displayName: 'G', members: [{ value: mine.id }] })
  const { body: before } = await scim('GET', `/Users/${other.id}`)
  const seen = new Set<number>()
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(`/Users/${mine.id}`, `/Users/${mine.id}`, `/Groups/${group.id}`),
      fc.array(operation, { minLength: 1, maxLength: 3 }),
      async (at, Operations) => {
        const { status, body } = await scim('PATCH', at, { Operations })
        seen.add(status)
        expect([200, 400, 409], `${JSON.stringify(Operations)} → ${JSON.stringify(body)}`).toContain(status)
      },
    ),
    runs(150),
  )
  expect([...seen]).toEqual(expect.arrayContaining([200, 400]))
  expect((await scim('GET', `/Users/${other.id}`)).body).toEqual(before)
  expect(({} as Record<string, unknown>)['value']).toBeUndefined()
})

test('a body is taken or refused, whatever it is', async () => {
  const name = fc.constantFrom(
    'userName',
    'USERNAME',
    'name',
    'emails',
    'active',
    'roles',
    'groups',
    'id',
    enterprise,
    'x',
  )
  await fc.assert(
    fc.asyncProperty(fc.dictionary(name, fc.jsonValue({ maxDepth: 3 })), async (body) => {
      expect([201, 400, 403, 409], JSON.stringify(body)).toContain((await scim('POST', '/Users', body)).status)
    }),
    runs(60),
  )
})
