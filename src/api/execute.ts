import type { Actor } from '../auth/actor.ts'
import { openTransaction, type Transaction } from '../db/transaction.ts'
import { contextOf, type Request, type Wishes } from './context.ts'
import type { AnyOperation } from './operation.ts'
import { Problem } from './problem.ts'
import { auditReads, readsOf } from './read-audit.ts'
import { openForSync } from './sync.ts'
import { inputProblems } from './to-problem.ts'
import { writeUpload } from './upload.ts'
import { answer, type Outcome, writeInTurn, writeTogether } from './write.ts'

/**
 * The only door to an operation, whichever surface the request came through: scope → parse → tenant transaction →
 * find (404) → allow (403) → run → events, audit, kept answer → commit. Throws a Problem or a foreign error that
 * `toProblem` translates.
 */
export const execute = async (
  operation: AnyOperation,
  request: Request,
  raw: unknown,
  wishes: Wishes = {},
  within?: Transaction,
): Promise<Outcome> => {
  requireScope(operation, request.actor)
  const parsed = operation.input.safeParse(raw)
  if (!parsed.success) throw inputProblems(parsed.error)
  if (within) {
    const output = await answer(operation, contextOf(request, within, wishes), parsed.data)
    request.noted?.push(...readsOf(operation, request, parsed.data, output))
    return { status: 200, output }
  }
  const { patient } = operation
  if (patient)
    return { status: 200, output: await patient(request, parsed.data, (input) => readOnce(operation, request, input)) }
  if (operation.rest.startsWith('GET ')) return read(operation, request, parsed.data, wishes)
  if (operation.upload) return writeUpload(operation, request, parsed.data as never, wishes)
  if (!operation.together || Object.values(wishes).some(Boolean))
    return writeInTurn(operation, request, parsed.data, wishes)

  const { house, actor } = request
  const alike = [actor.tenantId, actor.id, ...actor.roles, operation.name].join(' ')
  return house.gather(alike, { request, input: parsed.data }, (calls) => writeTogether(operation, calls))
}

/** @throws Problem 403 `insufficient_scope` */
export const requireScope = ({ scope }: Pick<AnyOperation, 'scope'>, { scopes }: Actor): void => {
  if (scope === null || scopes.includes(scope) || scopes.includes('admin')) return
  throw new Problem('insufficient_scope', `The credential lacks the scope ${scope}`)
}

const readOnce = async (operation: AnyOperation, request: Request, input: unknown): Promise<unknown> =>
  (await read(operation, request, input, {})).output

const read = async (operation: AnyOperation, request: Request, input: unknown, wishes: Wishes): Promise<Outcome> => {
  const mode = operation.singleStatement ? 'single' : 'snapshot'
  const isSync = operation.syncs && (input as Record<string, unknown>)[operation.syncs] !== undefined
  const open = isSync ? openForSync : openTransaction
  const transaction = await open(request.house.pool, request.actor.tenantId, mode)
  try {
    const output = await answer(operation, contextOf(request, transaction, wishes), input)
    await transaction.commit()
    await auditReads(request, readsOf(operation, request, input, output))
    return { status: 200, output }
  } catch (error) {
    await transaction.rollback()
    throw error
  }
}
