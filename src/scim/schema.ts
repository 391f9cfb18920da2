/** One attribute of a SCIM schema (RFC 7643 §7): what clients read at /Schemas, and what bodies, paths and filters obey. */
export type Attribute = {
  name: string
  type: 'string' | 'boolean' | 'reference' | 'complex'
  multiValued: boolean
  description: string
  required: boolean
  caseExact: boolean
  mutability: 'readWrite' | 'readOnly'
  returned: 'default'
  uniqueness: 'none' | 'server'
  canonicalValues?: readonly string[]
  referenceTypes?: readonly string[]
  subAttributes?: readonly Attribute[]
}

export type Schema = { id: string; name: string; description: string; attributes: readonly Attribute[] }

/** A resource type: its own schema, and the extension that travels with it under the extension's id. */
export type ResourceType = {
  name: 'User' | 'Group'
  endpoint: '/Users' | '/Groups'
  schema: Schema
  extension?: Schema
}

/** The member that stands for the extension inside the service, where its id would be no path. */
export const extensionKey = 'extension'

const attribute = (name: string, description: string, more: Partial<Attribute> = {}): Attribute => ({
  name,
  type: 'string',
  multiValued: false,
  description,
  required: false,
  caseExact: false,
  mutability: 'readWrite',
  returned: 'default',
  uniqueness: 'none',
  ...more,
})

const readOnly = { mutability: 'readOnly' } as const

const reference = (
  name: string,
  description: string,
  referenceTypes: readonly string[],
  more: Partial<Attribute> = {},
) => attribute(name, description, { type: 'reference', caseExact: true, referenceTypes, ...more })

const complex = (name: string, description: string, subAttributes: Attribute[], more: Partial<Attribute> = {}) =>
  attribute(name, description, { type: 'complex', subAttributes, ...more })

const kindOf = (...canonicalValues: string[]) =>
  attribute('type', 'What it is for.', canonicalValues.length > 0 ? { canonicalValues } : {})
const primary = attribute('primary', 'True for at most one of the values.', { type: 'boolean' })

/** Several values, each with a label and a type. */
const values = (name: string, description: string, kinds: string[], value = attribute('value', 'The value itself.')) =>
  complex(name, description, [value, attribute('display', 'How it is shown.'), kindOf(...kinds), primary], {
    multiValued: true,
  })

const externalId = attribute('externalId', "The provisioning client's own id.", { caseExact: true })

const userSchema: Schema = {
  id: 'urn:ietf:params:scim:schemas:core:2.0:User',
  name: 'User',
  description: 'A person of the organization',
  attributes: [
    attribute('userName', 'Unique in the organization, whatever the case.', { required: true, uniqueness: 'server' }),
    complex('name', 'The parts of the name.', [
      attribute('formatted', 'The whole name.'),
      attribute('familyName', 'The family name.'),
      attribute('givenName', 'The given name.'),
      attribute('middleName', 'Middle names.'),
      attribute('honorificPrefix', 'What goes before the name.'),
      attribute('honorificSuffix', 'What comes after the name.'),
    ]),
    attribute('displayName', 'The name as it is shown; made of the name where it is left out.'),
    attribute('nickName', 'The casual name.'),
    reference('profileUrl', 'A page about the person.', ['external']),
    attribute('title', 'The job title.'),
    attribute('userType', 'Such as Employee or Contractor.'),
    attribute('preferredLanguage', 'As in Accept-Language.'),
    attribute('locale', 'For numbers, currencies and dates.'),
    attribute('timezone', 'An IANA time zone.'),
    attribute('active', 'False suspends the person.', { type: 'boolean' }),
    values('emails', 'Addresses; the primary one is the one the service uses.', ['work', 'home', 'other']),
    values('phoneNumbers', 'Telephone numbers.', ['work', 'home', 'mobile', 'fax', 'pager', 'other']),
    values('ims', 'Instant messaging addresses.', []),
    values('photos', 'Pictures.', ['photo', 'thumbnail'], reference('value', 'Where the picture is.', ['external'])),
    complex(
      'addresses',
      'Postal addresses.',
      [
        attribute('formatted', 'The whole address.'),
        attribute('streetAddress', 'Street and number.'),
        attribute('locality', 'City.'),
        attribute('region', 'State or region.'),
        attribute('postalCode', 'Postal code.'),
        attribute('country', 'ISO 3166-1 code.'),
        kindOf('work', 'home', 'other'),
        primary,
      ],
      { multiValued: true },
    ),
    complex(
      'groups',
      'The teams the person is in; changed through the groups.',
      [
        attribute('value', 'The id of the group.', readOnly),
        reference('$ref', 'Where the group is.', ['Group'], readOnly),
        attribute('display', 'The name of the group.', readOnly),
        attribute('type', 'How the person is in it.', { ...readOnly, canonicalValues: ['direct'] }),
      ],
      { multiValued: true, ...readOnly },
    ),
    values('entitlements', 'What the person is entitled to elsewhere.', []),
    values('roles', 'What the person may do here; admin and hr are given by administrators only.', []),
    externalId,
  ],
}

const enterpriseSchema: Schema = {
  id: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User',
  name: 'EnterpriseUser',
  description: 'What an organization knows of a person who works there',
  attributes: [
    attribute('employeeNumber', 'The number of the employee.'),
    attribute('costCenter', 'The cost center.'),
    attribute('organization', 'The organization.'),
    attribute('division', 'The division.'),
    attribute('department', 'The name of the department; one that does not exist yet is made.'),
    complex('manager', 'Who the person reports to.', [
      attribute('value', "The manager's id.", { caseExact: true }),
      reference('$ref', 'Where the manager is.', ['User'], readOnly),
      attribute('displayName', "The manager's name.", readOnly),
    ]),
  ],
}

const groupSchema: Schema = {
  id: 'urn:ietf:params:scim:schemas:core:2.0:Group',
  name: 'Group',
  description: 'A team',
  attributes: [
    attribute('displayName', 'The name of the team.', { required: true }),
    complex(
      'members',
      'The people in the team.',
      [
        attribute('value', 'The id of the person.', { caseExact: true }),
        reference('$ref', 'Where the person is.', ['User']),
        attribute('display', 'The name of the person.', readOnly),
        attribute('type', 'People only.', { canonicalValues: ['User'] }),
      ],
      { multiValued: true },
    ),
    externalId,
  ],
}

export const userType: ResourceType = {
  name: 'User',
  endpoint: '/Users',
  schema: userSchema,
  extension: enterpriseSchema,
}
export const groupType: ResourceType = { name: 'Group', endpoint: '/Groups', schema: groupSchema }
export const schemas = [userSchema, enterpriseSchema, groupSchema] as const

/** An attribute by its name, whatever the case (RFC 7643 §2.1). */
export const attributeOf = (attributes: readonly Attribute[] = [], name: string): Attribute | undefined => {
  const wanted = name.toLowerCase()
  return attributes.find((each) => each.name.toLowerCase() === wanted)
}
