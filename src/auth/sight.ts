import type { Sight } from '../api/resource.ts'
import type { Actor } from './actor.ts'

/**
 * Which class of reader an actor is: administrators see everything, machines everything but what is private, everybody
 * else what is shared and what is theirs. A key of another role than these has nothing that is its own.
 */
export const sightOf = ({ roles }: Actor): Sight => {
  if (roles.includes('admin')) return 'everything'
  return roles.includes('integration') ? 'shared' : 'own'
}
