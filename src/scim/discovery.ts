import { mostResults } from './list.ts'
import { groupType, type ResourceType, type Schema, schemas, userType } from './schema.ts'

const core = 'urn:ietf:params:scim:schemas:core:2.0'

/** What this service can do (RFC 7643 §5). */
export const serviceProviderConfig = (base: string) => ({
  schemas: [`${core}:ServiceProviderConfig`],
  patch: { supported: true },
  bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
  filter: { supported: true, maxResults: mostResults },
  changePassword: { supported: false },
  sort: { supported: true },
  etag: { supported: true },
  authenticationSchemes: [
    {
      type: 'oauthbearertoken',
      name: 'Bearer token',
      description: 'An API key with the scopes directory:read and directory:write, as a bearer token.',
      specUri: 'https://www.rfc-editor.org/info/rfc6750',
    },
  ],
  meta: { resourceType: 'ServiceProviderConfig', location: `${base}/ServiceProviderConfig` },
})

const renderType = ({ name, endpoint, schema, extension }: ResourceType, base: string) => ({
  schemas: [`${core}:ResourceType`],
  id: name,
  name,
  description: schema.description,
  endpoint,
  schema: schema.id,
  ...(extension ? { schemaExtensions: [{ schema: extension.id, required: false }] } : {}),
  meta: { resourceType: 'ResourceType', location: `${base}/ResourceTypes/${name}` },
})

const renderSchema = (schema: Schema, base: string) => ({
  schemas: [`${core}:Schema`],
  ...schema,
  meta: { resourceType: 'Schema', location: `${base}/Schemas/${schema.id}` },
})

/** The resource types (RFC 7643 §6), by id. */
export const resourceTypes = (base: string) => [userType, groupType].map((type) => renderType(type, base))

/** The schemas (RFC 7643 §7), by id. */
export const schemaDocuments = (base: string) => schemas.map((schema) => renderSchema(schema, base))
