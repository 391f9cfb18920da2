import type { FastifyReply, FastifyRequest } from 'fastify'
import { toProblem } from '../api/to-problem.ts'

/** Every failure leaves as a problem, whoever noticed it. */
export const refuse = (error: unknown, request: FastifyRequest, reply: FastifyReply) => {
  const problem = toProblem(error)
  if (problem.status >= 500) request.log.error({ err: error }, problem.message)
  if (problem.retryAfter !== undefined) reply.header('retry-after', Math.ceil(problem.retryAfter))
  if (problem.status === 401) reply.header('www-authenticate', 'Bearer')
  return reply
    .code(problem.status)
    .type('application/problem+json; charset=utf-8')
    .send(JSON.stringify(problem.toJSON(`urn:uuid:${request.id}`)))
}
