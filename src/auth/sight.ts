import type { Sight } from '../api/operation.ts'
import type { Actor } from './actor.ts'

/**
 * Which class of reader an actor is: administrators see everything, machines everything but what is private,
 * people what is shared and what is theirs.
 */
export const sightOf = (actor: Actor): Sight => {
  if (actor.roles.includes('admin')) return 'everything'
  return actor.userId === null ? 'shared' : 'own'
}
