import { describe, expect, test } from 'vitest'
import { mapClaims } from '../../src/auth/claims.ts'

const tenant = '01990000-0000-7000-8000-000000000001'
const user = '01990000-0000-7000-8000-000000000002'

describe('by default', () => {
  test('tenant, subject, roles and scopes', () => {
    expect(mapClaims({ tenant, sub: 'jane', roles: ['manager', 'root'], scope: 'okr:read  openid kpi:write' })).toEqual(
      {
        tenantId: tenant,
        userId: null,
        externalId: 'jane',
        roles: ['manager'],
        scopes: ['okr:read', 'kpi:write'],
      },
    )
  })

  test('nothing granted unless said', () => {
    expect(mapClaims({ tenant, sub: 'jane' })).toMatchObject({ roles: [], scopes: [] })
    expect(mapClaims({ tenant, sub: 'jane', roles: { admin: true }, scope: 7 })).toMatchObject({
      roles: [],
      scopes: [],
    })
  })

  test('our own id of the person', () => {
    expect(mapClaims({ tenant, user_id: user })).toMatchObject({ userId: user, externalId: null })
  })
})

describe('by configuration', () => {
  test('paths', () => {
    const payload = { org: { id: tenant }, sub: 'jane', realm_access: { roles: ['hr'] }, scp: ['okr:read'] }
    const names = { tenant: 'org.id', roles: 'realm_access.roles', scopes: 'scp' }
    expect(mapClaims(payload, names)).toMatchObject({ tenantId: tenant, roles: ['hr'], scopes: ['okr:read'] })
  })

  test('names that hold dots', () => {
    const name = 'https://example.com/tenant'
    expect(mapClaims({ [name]: tenant, sub: 'jane' }, { tenant: name })).toMatchObject({ tenantId: tenant })
  })
})

describe('refuses', () => {
  test.each([
    ['no tenant', { sub: 'jane' }],
    ['a tenant that is no id', { tenant: "x' or true", sub: 'jane' }],
    ['a tenant that is no text', { tenant: [tenant], sub: 'jane' }],
    ['nobody', { tenant }],
    ['an empty subject', { tenant, sub: '' }],
    ['a user that is no id of ours', { tenant, sub: 'jane', user_id: 'jane' }],
  ])('%s', (_, payload) => {
    expect(() => mapClaims(payload)).toThrow(expect.objectContaining({ code: 'unauthenticated' }))
  })

  test('what an object only inherits', () => {
    expect(() => mapClaims({ sub: 'jane' }, { tenant: 'constructor.name' })).toThrow(/names no organization/)
  })
})
