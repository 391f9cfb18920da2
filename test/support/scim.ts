import SCIMMY from 'scimmy'
import { expect } from 'vitest'
import type { World } from './app.ts'

export type ScimAnswer = { status: number; body: any; headers: Record<string, unknown> }
export type ScimCaller = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
) => Promise<ScimAnswer>

const { User, Group, EnterpriseUser, ServiceProviderConfig, ResourceType } = SCIMMY.Schemas as any
User.extend(EnterpriseUser)
const plain = (value: unknown) => JSON.parse(JSON.stringify(value))

/** What another implementation of the RFCs makes of an answer: it throws at whatever its schemas do not allow. */
const oracle = (body: any): void => {
  const [schema = ''] = body.schemas as string[]
  if (schema.endsWith(':ListResponse')) {
    const { startIndex, itemsPerPage, totalResults } = body
    expect(new SCIMMY.Messages.ListResponse(body, { startIndex, itemsPerPage })).toMatchObject({ totalResults })
    for (const each of body.Resources) oracle(each)
  } else if (schema.endsWith(':Error')) {
    const { status, detail, ...more } = body
    expect(new SCIMMY.Messages.ErrorResponse({ ...more, schemas: [], status, detail } as never)).toMatchObject({
      detail,
    })
  } else if (schema.endsWith(':User')) expect(plain(new User(body, 'out'))).toMatchObject({ id: body.id })
  else if (schema.endsWith(':Group')) expect(plain(new Group(body, 'out'))).toMatchObject({ id: body.id })
  else if (schema.endsWith(':ServiceProviderConfig')) expect(new ServiceProviderConfig(body)).toBeDefined()
  else if (schema.endsWith(':ResourceType')) expect(new ResourceType(body)).toBeDefined()
  else expect(schema).toMatch(/:Schema$/)
}

/** Speaks SCIM to an app as one credential. Every answer is held to the media type, and whole ones to the oracle. */
export const scimCaller =
  ({ app }: Pick<World, 'app'>, key: string): ScimCaller =>
  async (method, path, body, headers = {}) => {
    const response = await app.inject({
      method: method as 'GET',
      url: `/scim/v2${path}`,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { 'content-type': 'application/scim+json; charset=utf-8' }),
        ...headers,
      },
      ...(body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const type = response.headers['content-type'] ?? ''
    if (response.body !== '' && !type.startsWith('application/scim+json'))
      throw new Error(`${method} ${path} answered as ${type}: ${response.body.slice(0, 200)}`)
    const answer = response.body === '' ? null : response.json()
    if (answer && !path.includes('ttributes=')) oracle(answer)
    return {
      status: response.statusCode,
      body: answer,
      headers: response.headers,
    }
  }
