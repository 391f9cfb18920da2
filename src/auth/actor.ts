export const scopes = [
  'okr:read',
  'okr:write',
  'kpi:read',
  'kpi:write',
  'review:read',
  'review:write',
  'directory:read',
  'directory:write',
  'webhook:read',
  'webhook:write',
  'admin',
] as const
export type Scope = (typeof scopes)[number]

export const roles = ['admin', 'hr', 'manager', 'member', 'viewer', 'integration'] as const
export type Role = (typeof roles)[number]

/**
 * Who is asking, as proven by an API key or a token, and what belongs to that: a machine has `userId` null.
 * `admin` among the scopes stands for every scope; roles are held beside scopes, and a person needs both.
 */
export type Actor = {
  readonly kind: 'api_key' | 'user'
  /** The API key's or the person's id: the author of what is written. */
  readonly id: string
  readonly tenantId: string
  readonly userId: string | null
  readonly roles: readonly Role[]
  readonly scopes: readonly Scope[]
}
