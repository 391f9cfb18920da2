import { describe, expect, test } from 'vitest'
import { createWorld } from '../support/app.ts'
import { createCensus } from '../support/census.ts'
import { scimCaller } from '../support/scim.ts'

const world = await createWorld({ at: '2026-06-01T10:00:00.000Z' })
const { call: rest } = world
const scim = scimCaller(world, await world.key('integration', ['directory:read', 'directory:write']))
const census = await createCensus(world.organizationId)
const core = 'urn:ietf:params:scim:schemas:core:2.0'
const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
const patch = (...Operations: object[]) => ({ schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations })

let counter = 0
const add = async (members: object = {}) => {
  const given = { schemas: [`${core}:User`], userName: `person${++counter}`, ...members }
  const { status, body } = await scim('POST', '/Users', given)
  expect(status, JSON.stringify(body)).toBe(201)
  return body
}
const group = async (members: string[] = []) => {
  const given = { displayName: `Group ${++counter}`, members: members.map((value) => ({ value })) }
  const { status, body } = await scim('POST', '/Groups', given)
  expect(status, JSON.stringify(body)).toBe(201)
  return body
}

/** Refused with this status and type. */
const isRefused = async (status: number, scimType: string | undefined, ...request: Parameters<typeof scim>) => {
  const answer = await scim(...request)
  expect([answer.status, answer.body.scimType], `${JSON.stringify(request)} ${JSON.stringify(answer.body)}`).toEqual([
    status,
    scimType,
  ])
  expect(answer.body.detail).not.toMatch(/select |insert |\bat \/|node_modules/)
}

/** The same, and nothing stored. */
const refused = async (...given: Parameters<typeof isRefused>) => {
  const before = await census()
  await isRefused(...given)
  expect(await census()).toEqual(before)
}

describe('a filter', async () => {
  const boss = await add({ userName: 'Ada.Boss', displayName: 'Ada "the boss"', title: 'CEO', nickName: 'Ada' })
  const ada = await add({
    userName: 'Grace@Example.com',
    externalId: 'E-1',
    displayName: 'Grace',
    active: false,
    name: { familyName: 'Hopper', givenName: 'Grace' },
    emails: [
      { value: 'grace@example.com', type: 'work', primary: true },
      { value: 'g@home.example', type: 'home' },
    ],
    phoneNumbers: [{ value: '+1', type: 'mobile' }],
    [enterprise]: { department: 'Navy', employeeNumber: '42', costCenter: 'C1', manager: { value: boss.id } },
  })
  const team = await group([ada.id])
  const mine = '(userName eq "ada.boss" or externalId eq "E-1")'
  const found = async (filter: string) => {
    const { status, body } = await scim('GET', `/Users?filter=${encodeURIComponent(`${mine} and (${filter})`)}`)
    expect(status, JSON.stringify(body)).toBe(200)
    return (body.Resources as { id: string }[]).map(({ id }) => (id === ada.id ? 'grace' : 'boss')).toSorted()
  }

  test.each([
    ['userName eq "GRACE@example.COM"', ['grace']],
    ['USERNAME EQ "grace@example.com"', ['grace']],
    [`${core}:User:userName sw "gra"`, ['grace']],
    ['externalId eq "e-1"', []],
    ['externalId pr', ['grace']],
    ['not (externalId pr)', ['boss']],
    ['externalId ne "E-1"', ['boss']],
    ['externalId eq null', ['boss']],
    ['displayName co "\\"the boss\\""', ['boss']],
    ['displayName co "%"', []],
    ['displayName ew "CE"', ['grace']],
    ['active eq true', ['boss']],
    ['active eq "False"', ['grace']],
    ['title gt "CEN" and title le "CEO"', ['boss']],
    ['nickName eq "ada"', ['boss']],
    ['name.familyName eq "hopper"', ['grace']],
    ['not (name.familyName eq "hopper")', ['boss']],
    ['emails eq "GRACE@example.com"', ['grace']],
    ['emails.value ew "home.example"', ['grace']],
    ['emails pr', ['grace']],
    ['emails[type eq "home" and value sw "g@"]', ['grace']],
    ['emails[type eq "home" and value sw "grace"]', []],
    ['emails[type eq "home"].value sw "grace"', []],
    ['emails[primary eq true].value co "grace"', ['grace']],
    ['phoneNumbers[type eq "mobile"]', ['grace']],
    ['phoneNumbers.type eq "fax"', []],
    [`${enterprise}:department eq "navy"`, ['grace']],
    [`${enterprise}:employeeNumber eq 42`, ['grace']],
    [`${enterprise}:costCenter eq "c1"`, ['grace']],
    [`${enterprise}:manager eq "${boss.id}"`, ['grace']],
    [`${enterprise}:manager.displayName co "boss"`, ['grace']],
    [`groups eq "${team.id}"`, ['grace']],
    [`groups.display sw "group"`, ['grace']],
    ['roles eq "member"', ['boss', 'grace']],
    [`id eq "${boss.id}"`, ['boss']],
    ['meta.created ge "2026-06-01T12:00:00+02:00"', ['boss', 'grace']],
    ['meta.lastModified lt "2026-06-01T10:00:00Z"', []],
    ['userName eq "x" or not (active eq true) and emails pr', ['grace']],
    ['userName eq "a\\\\b"', []],
  ] as [string, string[]][])('%s', async (filter, names) => expect(await found(filter)).toEqual(names))

  const none = [
    'userName',
    'userName eq',
    'userName eq x',
    'eq "x"',
    '(userName eq "x"',
    'userName eq "x" and',
    'userName like "x"',
    'password eq "x"',
    'tenantId eq "x"',
    'user_name eq "x"',
    'constructor eq "x"',
    '__proto__.x eq "y"',
    'emails[secret eq "x"]',
    'emails[value[x eq "y"]]',
    'userName[type eq "x"]',
    'active gt true',
    'active eq "perhaps"',
    'title gt null',
    'meta.created eq "yesterday"',
    'meta.created co "2026-01-01T00:00:00Z"',
    `userName eq "${'\n'.repeat(60)}`,
    `userName eq "\\`,
    `userName eq "${'x'.repeat(2_000)}"`,
    Array.from({ length: 60 }, () => 'active eq true').join(' or '),
    '('.repeat(1_900),
    `userName eq "x'; drop table users; --" x`,
  ]
  test('that is none is refused', async () => {
    const before = await census()
    for (const filter of none)
      await isRefused(400, 'invalidFilter', 'GET', `/Users?filter=${encodeURIComponent(filter)}`)
    expect(await census()).toEqual(before)
  })

  test('values are values, whatever they hold', async () => {
    for (const text of ["'; drop table users; --", '%', '\\', '\u0001', 'a]b[c].d eq "x', '\n'.repeat(100)])
      expect(
        await scim('POST', '/Users/.search', { filter: `userName eq ${JSON.stringify(text)}` }),
        text,
      ).toMatchObject({
        status: 200,
        body: { totalResults: 0 },
      })
  })

  test('finds groups by name and by who is in them', async () => {
    const where = async (filter: string) =>
      ((await scim('GET', `/Groups?filter=${encodeURIComponent(filter)}`)).body.Resources as { id: string }[]).map(
        ({ id }) => id,
      )
    expect(await where(`displayName eq "${team.displayName.toUpperCase()}"`)).toEqual([team.id])
    expect(await where(`members.value eq "${ada.id}"`)).toEqual([team.id])
    expect(await where(`members[value eq "${ada.id}" and display eq "grace"]`)).toEqual([team.id])
    expect(await where(`members eq "${boss.id}"`)).toEqual([])
  })
})

test('lists are paged, sorted and cut to what is asked', async () => {
  for (const name of ['page c', 'Page A', 'page B']) await add({ userName: name, title: 'Paged', displayName: name })
  const list = async (query: string) =>
    (await scim('GET', `/Users?filter=${encodeURIComponent('title eq "paged"')}&${query}`)).body
  const names = ({ Resources }: any) => Resources.map(({ userName }: { userName: string }) => userName)
  expect(names(await list('sortBy=userName'))).toEqual(['Page A', 'page B', 'page c'])
  expect(names(await list('sortBy=displayName&sortOrder=descending&startIndex=2&count=1'))).toEqual(['page B'])
  expect(await list('startIndex=3&count=5')).toMatchObject({ totalResults: 3, startIndex: 3, itemsPerPage: 1 })
  expect(await list('count=0')).toMatchObject({ totalResults: 3, itemsPerPage: 0, Resources: [] })
  expect(await list('startIndex=-4&count=-1')).toMatchObject({ totalResults: 3, startIndex: 1, Resources: [] })
  expect((await list('attributes=userName,meta.version&count=1')).Resources[0]).toEqual({
    schemas: [`${core}:User`],
    id: expect.any(String),
    userName: 'page c',
    meta: { version: 'W/"1"' },
  })
  const without = (await list('excludedAttributes=roles,meta.location,id&count=1')).Resources[0]
  expect([without.roles, without.meta.location, typeof without.id]).toEqual([undefined, undefined, 'string'])
  const search = { filter: 'title eq "paged"', startIndex: 2, count: 1, sortBy: 'userName', attributes: ['userName'] }
  expect((await scim('POST', '/Users/.search', search)).body.Resources).toMatchObject([{ userName: 'page B' }])
  await refused(400, 'invalidPath', 'GET', '/Users?sortBy=emails.value')
  await refused(400, 'invalidValue', 'GET', '/Users?startIndex=first')
  await refused(400, 'invalidValue', 'GET', '/Users?sortOrder=sideways')
})

test('what an identity provider sent is what it reads, and what the service shares with it is one', async () => {
  const given = {
    userName: 'whole',
    name: { formatted: 'Ms W. Hole', familyName: 'Hole', givenName: 'W' },
    nickName: 'W',
    profileUrl: 'https://example.com/w',
    title: 'Tester',
    userType: 'Employee',
    preferredLanguage: 'de',
    locale: 'de-DE',
    timezone: 'Europe/Berlin',
    emails: [
      { value: 'w@home.example', type: 'home' },
      { value: 'w@example.com', type: 'work', primary: true },
    ],
    phoneNumbers: [{ value: '+49', type: 'work' }],
    addresses: [{ type: 'work', locality: 'Berlin', primary: true }],
    ims: [{ value: 'w', type: 'xmpp' }],
    photos: [{ value: 'https://example.com/w.png', type: 'photo' }],
    entitlements: [{ value: 'e' }],
    [enterprise]: { organization: 'O', division: 'D', costCenter: 'C', department: 'Whole', employeeNumber: '7' },
  }
  const made = await add(given)
  expect(made).toMatchObject({ ...given, displayName: 'Ms W. Hole', active: true, roles: [{ value: 'member' }] })
  const { body: user } = await rest('GET', `/v1/users/${made.id}`)
  expect(user).toMatchObject({ email: 'w@example.com', timeZone: 'Europe/Berlin', employeeNumber: '7', version: 1 })
  expect(Object.keys(user)).not.toContain('scim')
  expect((await rest('GET', `/v1/departments/${user.departmentId}`)).body.name).toBe('Whole')

  await rest('PATCH', `/v1/users/${made.id}`, { email: 'new@example.com' })
  const { body: read } = await scim('GET', `/Users/${made.id}`)
  expect(read.emails).toEqual([
    { value: 'w@home.example', type: 'home' },
    { value: 'new@example.com', type: 'work', primary: true },
  ])
  const same = await scim('PUT', `/Users/${made.id}`, read)
  expect([same.status, same.body.meta.version]).toEqual([200, 'W/"2"'])
  const bare = await scim('PUT', `/Users/${made.id}`, { userName: 'whole', active: false })
  expect(bare.body).toEqual({
    schemas: [`${core}:User`],
    id: made.id,
    userName: 'whole',
    displayName: 'whole',
    active: false,
    roles: [{ value: 'member' }],
    meta: expect.any(Object),
  })
})

describe('a PATCH', () => {
  const full = {
    name: { givenName: 'Pat', familyName: 'Ch' },
    emails: [{ value: 'p@work.example', type: 'work', primary: true }],
    [enterprise]: { department: 'Patches', costCenter: 'C' },
  }
  test.each([
    [
      'adds to a list',
      [{ op: 'add', path: 'emails', value: { value: 'p@home.example', type: 'home' } }],
      { emails: [{ type: 'work' }, { value: 'p@home.example', type: 'home' }] },
    ],
    [
      'moves the primary',
      [{ op: 'add', path: 'emails', value: [{ value: 'n@x.example', primary: true }] }],
      { emails: [{ primary: false }, { value: 'n@x.example', primary: true }] },
    ],
    [
      'replaces a list',
      [{ op: 'replace', path: 'emails', value: [{ value: 'only@x.example' }] }],
      { emails: [{ value: 'only@x.example' }] },
    ],
    ['removes by filter', [{ op: 'remove', path: 'emails[type eq "work"]' }], { emails: undefined }],
    [
      'changes one of a list',
      [{ op: 'replace', path: 'emails[value eq "p@work.example"].type', value: 'other' }],
      { emails: [{ type: 'other' }] },
    ],
    [
      'reaches into a name',
      [{ op: 'Replace', path: 'NAME.familyname', value: 'New' }],
      { displayName: 'Pat New', name: { givenName: 'Pat', familyName: 'New' } },
    ],
    [
      'removes a part of a name',
      [{ op: 'remove', path: 'name.givenName' }],
      { name: { familyName: 'Ch' }, displayName: 'Ch' },
    ],
    ['names the core schema', [{ op: 'add', path: `${core}:User:title`, value: 'T' }], { title: 'T' }],
    [
      'names the extension whole',
      [{ op: 'replace', path: enterprise, value: { costCenter: 'D' } }],
      { [enterprise]: { department: 'Patches', costCenter: 'D' } },
    ],
    [
      'has the extension as a member',
      [{ op: 'add', value: { [enterprise]: { division: 'V' }, nickName: 'P', id: 'x', meta: {} } }],
      { nickName: 'P', [enterprise]: { division: 'V', costCenter: 'C' } },
    ],
    [
      'empties with an empty text',
      [{ op: 'replace', path: `${enterprise}:department`, value: '' }],
      { [enterprise]: { costCenter: 'C' } },
    ],
    ['removes the extension', [{ op: 'remove', path: enterprise }], { [enterprise]: undefined }],
    [
      'chooses by two conditions',
      [{ op: 'replace', path: 'emails[type eq "work" and primary eq true].display', value: 'W' }],
      { emails: [{ display: 'W' }] },
    ],
    [
      'does several in order',
      [
        { op: 'add', path: 'title', value: 'A' },
        { op: 'replace', path: 'title', value: 'B' },
        { op: 'remove', path: 'nickName' },
      ],
      { title: 'B' },
    ],
  ] as [string, object[], object][])('%s', async (_says, operations, expected) => {
    const { id } = await add(full)
    const { status, body } = await scim('PATCH', `/Users/${id}`, patch(...operations))
    expect(status, JSON.stringify(body)).toBe(200)
    for (const [name, value] of Object.entries(expected)) {
      if (value === undefined) expect(Object.keys(body)).not.toContain(name)
      else expect(body).toMatchObject({ [name]: value })
    }
  })

  test('that changes nothing leaves no version, no event', async () => {
    const { id } = await add(full)
    const { audit_log: _log, ...before } = await census()
    const operations = patch(
      { op: 'replace', path: 'active', value: 'True' },
      { op: 'add', path: 'emails', value: full.emails },
    )
    expect((await scim('PATCH', `/Users/${id}`, operations)).body.meta.version).toBe('W/"1"')
    expect(await census()).toMatchObject(before)
  })

  const impossible: [object, string][] = [
    [{ op: 'replace', path: 'id', value: 'x' }, 'invalidPath'],
    [{ op: 'replace', path: 'meta.version', value: 'x' }, 'invalidPath'],
    [{ op: 'replace', path: 'tenantId', value: 'x' }, 'invalidPath'],
    [{ op: 'add', path: 'scim.deprovisionedAt', value: 'x' }, 'invalidPath'],
    [{ op: 'add', path: '__proto__.active', value: true }, 'invalidPath'],
    [{ op: 'add', path: 'constructor.prototype.x', value: 'x' }, 'invalidPath'],
    [{ op: 'add', path: 'groups', value: [{ value: 'x' }] }, 'mutability'],
    [{ op: 'replace', path: `${enterprise}:manager.displayName`, value: 'x' }, 'mutability'],
    [{ op: 'replace', path: 'userName.value', value: 'x' }, 'invalidPath'],
    [{ op: 'replace', path: 'userName[value eq "x"]', value: 'x' }, 'invalidPath'],
    [{ op: 'replace', path: 'emails.value', value: 'x' }, 'invalidPath'],
    [{ op: 'replace', path: 'emails[', value: 'x' }, 'invalidPath'],
    [{ op: 'replace', path: 'emails[type eq].value', value: 'x' }, 'invalidFilter'],
    [{ op: 'replace', path: 'emails[secret eq "x"].value', value: 'x' }, 'invalidPath'],
    [{ op: 'replace', path: 'emails[type co "q"].value', value: 'x@example.com' }, 'noTarget'],
    [{ op: 'remove' }, 'noTarget'],
    [{ op: 'move', path: 'title', value: 'x' }, 'invalidSyntax'],
    [{ op: 'replace', value: 'x' }, 'invalidSyntax'],
    [{ op: 'replace', path: 'active', value: 'perhaps' }, 'invalidValue'],
    [{ op: 'replace', path: 'userName', value: null }, 'invalidValue'],
    [{ op: 'replace', path: 'userName', value: { a: 1 } }, 'invalidValue'],
    [{ op: 'replace', path: 'timezone', value: 'Mars/Olympus' }, 'invalidValue'],
    [{ op: 'replace', path: 'emails', value: 'nobody' }, 'invalidValue'],
    [{ op: 'add', path: 'roles', value: 'king' }, 'invalidValue'],
    [{ op: 'add', path: `${enterprise}:manager`, value: 'nobody' }, 'invalidValue'],
  ]
  test('that cannot be is refused', async () => {
    const { id } = await add(full)
    const before = await census()
    for (const [operation, scimType] of impossible)
      await isRefused(400, scimType, 'PATCH', `/Users/${id}`, patch(operation))
    expect(await census()).toEqual(before)
  })

  test('adds hundreds of people to a group and takes one out, each known by their id', async () => {
    const names = Array.from({ length: 300 }, (_, at) => `crowd ${at}`)
    const items = names.map((name) => ({ userName: name, displayName: name }))
    const { body } = await rest('POST', '/v1/users/batch', { items })
    const ids = body.items.map(({ id }: { id: string }) => id) as string[]
    const { id } = await group()
    const value = ids.map((each) => ({ value: each }))
    const filled = await scim(
      'PATCH',
      `/Groups/${id}?excludedAttributes=members`,
      patch({ op: 'add', path: 'members', value }),
    )
    expect([filled.status, filled.body.members]).toEqual([200, undefined])
    const left = await scim('PATCH', `/Groups/${id}`, patch({ op: 'remove', path: `members[value eq "${ids[7]}"]` }))
    expect(left.body.members).toHaveLength(299)
    const none = await scim('PATCH', `/Groups/${id}`, patch({ op: 'remove', path: 'members' }))
    expect([none.status, none.body.members]).toEqual([200, undefined])
  })
})

test('names are given once', async () => {
  await add({ userName: 'Once', externalId: 'once' })
  const two = await add()
  const before = await census()
  await isRefused(409, 'uniqueness', 'POST', '/Users', { userName: 'oNCE' })
  await isRefused(409, 'uniqueness', 'POST', '/Users', { userName: 'twice', externalId: 'once' })
  await isRefused(
    409,
    'uniqueness',
    'PATCH',
    `/Users/${two.id}`,
    patch({ op: 'replace', path: 'userName', value: 'ONCE' }),
  )
  await isRefused(400, 'invalidValue', 'POST', '/Users', { displayName: 'Nameless' })
  await isRefused(400, 'invalidSyntax', 'POST', '/Users', '{')
  await isRefused(400, 'invalidSyntax', 'POST', '/Users', '[]')
  await isRefused(400, 'invalidSyntax', 'POST', '/Users', { schemas: ['urn:x'], userName: 'x' })
  expect(await census()).toEqual(before)
})

test('nobody becomes their own manager, directly or through others', async () => {
  const top = await add()
  const middle = await add({ [enterprise]: { manager: { value: top.id } } })
  const under = await add({ [enterprise]: { manager: middle.id } })
  const manage = (value: string) => patch({ op: 'add', path: `${enterprise}:manager`, value })
  await refused(409, undefined, 'PATCH', `/Users/${top.id}`, manage(under.id))
  await isRefused(409, undefined, 'PATCH', `/Users/${top.id}`, manage(top.id))
  const circle = await Promise.all([
    scim('PATCH', `/Users/${top.id}`, manage((await add()).id)),
    scim('PATCH', `/Users/${top.id}`, manage(middle.id)),
  ])
  expect(circle.map(({ status }) => status)).toEqual([200, 409])
})

test('a version that has passed is refused, for people and for groups', async () => {
  const person = await add()
  const { id, meta } = await group()
  const rename = patch({ op: 'replace', path: 'displayName', value: 'Renamed' })
  for (const [path, version] of [
    [`/Users/${person.id}`, person.meta.version],
    [`/Groups/${id}`, meta.version],
  ]) {
    expect((await scim('GET', path, undefined, { 'if-none-match': version })).status).toBe(304)
    const changed = await scim('PATCH', path, rename, { 'if-match': version })
    expect([changed.status, changed.headers['etag']]).toEqual([200, changed.body.meta.version])
    for (const stale of [version, 'W/"x"'])
      expect((await scim('PATCH', path, rename, { 'if-match': stale })).status, path).toBe(412)
    expect((await scim('DELETE', path, undefined, { 'if-match': version })).status).toBe(412)
  }
  const { body: before } = await scim('GET', `/Groups/${id}`)
  const { body: joined } = await scim('PATCH', `/Groups/${id}`, patch({ op: 'add', path: 'members', value: person.id }))
  const { body: left } = await scim('PATCH', `/Groups/${id}`, patch({ op: 'remove', path: 'members' }))
  expect(new Set([before, joined, left].map((each) => each.meta.version)).size).toBe(3)
  expect((await scim('DELETE', `/Groups/${id}`, undefined, { 'if-match': joined.meta.version })).status).toBe(412)
})

test('who leaves with goals stays in history, and comes back as themselves', async () => {
  const leaver = await add({ externalId: 'leaver', nickName: 'L' })
  const { id: groupId } = await group([leaver.id])
  const cycle = await rest('POST', '/v1/cycles', {
    name: 'Y',
    kind: 'year',
    startsOn: '2026-01-01',
    endsOn: '2026-12-31',
  })
  const goal = { title: 'O', cycleId: cycle.body.id, ownerType: 'user', ownerId: leaver.id }
  const { body: objective } = await rest('POST', '/v1/objectives', goal)
  expect((await scim('DELETE', `/Users/${leaver.id}`)).status).toBe(204)
  for (const method of ['GET', 'DELETE', 'PUT']) {
    const body = method === 'PUT' ? { userName: 'x' } : undefined
    expect((await scim(method, `/Users/${leaver.id}`, body)).status, method).toBe(404)
  }
  expect((await scim('GET', '/Users?filter=externalId%20eq%20%22leaver%22')).body.totalResults).toBe(0)
  expect((await rest('GET', `/v1/users/${leaver.id}`)).body).toMatchObject({ active: false, userName: leaver.userName })
  expect((await rest('GET', `/v1/objectives/${objective.id}`)).body.ownerId).toBe(leaver.id)
  expect((await scim('GET', `/Groups/${groupId}`)).body.members).toBeUndefined()

  const back = await add({ userName: leaver.userName, externalId: 'again' })
  expect(back).toMatchObject({ id: leaver.id, active: true, externalId: 'again' })

  const free = await add({ externalId: 'free' })
  expect((await scim('DELETE', `/Users/${free.id}`)).status).toBe(204)
  expect((await rest('GET', `/v1/users/${free.id}`)).status).toBe(404)
  expect(await add({ userName: 'free again', externalId: 'free' })).toMatchObject({
    id: free.id,
    userName: 'free again',
  })
})

test('a team with goals is not deleted', async () => {
  const { id } = await group([(await add()).id])
  const cycle = await rest('POST', '/v1/cycles', {
    name: 'Z',
    kind: 'year',
    startsOn: '2026-01-01',
    endsOn: '2026-12-31',
  })
  const goal = { title: 'O', cycleId: cycle.body.id, ownerType: 'team', ownerId: id }
  expect((await rest('POST', '/v1/objectives', goal)).status).toBe(201)
  await refused(409, undefined, 'DELETE', `/Groups/${id}`)
})

describe('who may', () => {
  const requests = async (): Promise<Parameters<typeof scim>[]> => {
    const person = await add()
    const { id } = await group([person.id])
    const title = patch({ op: 'replace', path: 'externalId', value: `e${++counter}` })
    return [
      ['GET', '/Users'],
      ['GET', `/Users/${person.id}`],
      ['POST', '/Users/.search', {}],
      ['GET', '/Groups'],
      ['GET', `/Groups/${id}`],
      ['POST', '/Groups/.search', {}],
      ['POST', '/Users', { userName: `new${++counter}` }],
      ['PUT', `/Users/${person.id}`, { userName: `put${++counter}` }],
      ['PATCH', `/Users/${person.id}`, title],
      ['POST', '/Groups', { displayName: 'New' }],
      ['PUT', `/Groups/${id}`, { displayName: 'Put' }],
      ['PATCH', `/Groups/${id}`, patch({ op: 'replace', path: 'displayName', value: 'Patched' })],
      ['DELETE', `/Groups/${id}`],
      ['DELETE', `/Users/${person.id}`],
    ]
  }
  const isRead = ([method, path]: Parameters<typeof scim>) => method === 'GET' || path.endsWith('.search')

  test.each(['admin', 'hr', 'integration'] as const)('%s', async (role) => {
    const own = scimCaller(world, await world.key(role))
    for (const request of await requests())
      expect((await own(...request)).status, JSON.stringify(request)).toBeLessThan(300)
  })

  test.each(['manager', 'member', 'viewer'] as const)('not %s', async (role) => {
    const own = scimCaller(world, await world.key(role))
    for (const request of await requests()) expect((await own(...request)).status, JSON.stringify(request)).toBe(403)
  })

  test('nobody without the scope, nor without a credential', async () => {
    const reader = scimCaller(world, await world.key('integration', ['directory:read']))
    const writer = scimCaller(world, await world.key('integration', ['directory:write']))
    const nobody = scimCaller(world, 'nobody')
    for (const request of await requests()) {
      expect((await reader(...request)).status, JSON.stringify(request)).toBe(isRead(request) ? 200 : 403)
      if (isRead(request)) expect((await writer(...request)).status).toBe(403)
    }
    const refusal = await nobody('GET', '/Users')
    expect([refusal.status, refusal.headers['www-authenticate']]).toEqual([401, 'Bearer'])
  })

  test('and nobody of another organization', async () => {
    const other = await createWorld()
    const own = scimCaller(other, await other.key('integration'))
    const before = await census()
    for (const [method, path, body] of await requests().then((all) =>
      all.filter(([, path]) => path.split('/').length > 2),
    )) {
      if (path.endsWith('.search')) continue
      expect((await own(method, path, body)).status, `${method} ${path}`).toBe(404)
    }
    const [mine] = (await scim('GET', '/Users?count=1')).body.Resources
    const theirs = await own('POST', '/Users', { userName: 'theirs', [enterprise]: { manager: mine.id } })
    expect([theirs.status, theirs.body.scimType]).toEqual([400, 'invalidValue'])
    const stranger = await own('POST', '/Groups', { displayName: 'G', members: [{ value: mine.id }] })
    expect([stranger.status, stranger.body.scimType]).toEqual([400, 'invalidValue'])
    expect((await own('GET', '/Groups')).body.totalResults).toBe(0)
    const { users, teams, team_memberships: memberships, events, ...after } = await census()
    expect(before).toMatchObject({ departments: after['departments'] })
    expect([users, teams, memberships, events]).toHaveLength(4)
  })

  test('give a role only who may give it', async () => {
    const person = await add({ roles: [{ value: 'manager' }] })
    for (const value of ['admin', 'hr']) {
      await isRefused(403, undefined, 'POST', '/Users', { userName: `x${++counter}`, roles: [{ value }] })
      await isRefused(
        403,
        undefined,
        'PATCH',
        `/Users/${person.id}`,
        patch({ op: 'add', path: 'roles', value: [{ value }] }),
      )
    }
    await isRefused(
      400,
      'invalidValue',
      'PATCH',
      `/Users/${person.id}`,
      patch({ op: 'add', path: 'roles', value: 'integration' }),
    )
    const none = await scim('PATCH', `/Users/${person.id}`, patch({ op: 'remove', path: 'roles[value eq "manager"]' }))
    expect(none.body.roles).toEqual([])
    const given = await scimCaller(world, world.apiKey)(
      'PATCH',
      `/Users/${person.id}`,
      patch({ op: 'add', path: 'roles', value: 'hr' }),
    )
    expect(given.body.roles).toEqual([{ value: 'hr' }])
    await isRefused(403, undefined, 'PATCH', `/Users/${person.id}`, patch({ op: 'remove', path: 'roles' }))
  })
})

test('a write is told and noted like any other', async () => {
  const person = await add()
  await scim('PATCH', `/Users/${person.id}`, patch({ op: 'replace', path: 'active', value: false }))
  const client = await world.pool.connect()
  try {
    await client.query(`begin; set local app.tenant = '${world.organizationId}'`)
    const told = await client.query('select type, changes from events where subject_id = $1 order by id', [person.id])
    expect(told.rows).toEqual([
      { type: 'user.created', changes: {} },
      { type: 'user.updated', changes: { active: [true, false] } },
    ])
    const noted = await client.query('select operation from audit_log where $1 = any(subject_ids) order by id', [
      person.id,
    ])
    expect(noted.rows.map(({ operation }) => operation)).toEqual(['scimCreateUser', 'scimPatchUser'])
  } finally {
    await client.query('rollback')
    client.release()
  }
})
