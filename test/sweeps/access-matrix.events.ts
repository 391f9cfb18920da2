import { type Role, roles } from '../../src/auth/actor.ts'

/** Everybody hears of what they may see; who did what is for administrators. */
export const eventMatrix = {
  events: { may: roles, otherwise: 'forbidden' as const },
  auditLog: { may: ['admin'] as readonly Role[], otherwise: 'forbidden' as const },
}
