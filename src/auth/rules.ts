import type { Context } from '../api/operation.ts'
import type { Role } from './actor.ts'

/** May this actor do this to this subject? Pure when it can be, a query when it must be. */
export type Rule<Subject = unknown> = (ctx: Context, subject: Subject) => boolean | Promise<boolean>

/** Everybody whose credential carries the operation's scope. */
export const anyone: Rule = () => true

export const hasRole =
  (...wanted: Role[]): Rule =>
  ({ actor }) =>
    wanted.some((role) => actor.roles.includes(role))

export const anyOf =
  <S>(...rules: Rule<S>[]): Rule<S> =>
  async (ctx, subject) => {
    for (const rule of rules) if (await rule(ctx, subject)) return true
    return false
  }

export const admin = hasRole('admin')
