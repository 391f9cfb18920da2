import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { describeProblem, Problem, type ProblemCode, problemCodes } from '../api/problem.ts'
import { docsAssets, graphiqlAssets, serveAsset } from './pages/assets.ts'
import { docsPage } from './pages/docs.ts'
import { graphiqlPage } from './pages/graphiql.ts'
import { contentSecurityPolicy } from './pages/html.ts'
import { landingPage } from './pages/landing.ts'
import { problemPage, withAdvice } from './pages/problem-page.ts'

export type PagesOptions = {
  /** Shell commands to try, shown on the landing page as they are. */
  commands?: readonly string[]
  /** False leaves `/graphiql` out. */
  graphiql?: boolean
}

/** The pages for people: landing, API reference, GraphiQL, and one for each problem. Nothing they need is elsewhere. */
export const pages: FastifyPluginAsync<PagesOptions> = async (app, { commands = [], graphiql = true }) => {
  app.addHook('onRequest', async (_request, reply) => {
    reply.headers({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' })
  })

  const servePage = (url: string, html: string, policy?: { libraryStyles: boolean }) => {
    const header = contentSecurityPolicy(html, policy)
    app.get(url, { logLevel: 'warn' }, async (_request, reply) => sendPage(reply, html, header))
  }

  servePage('/', landingPage({ commands, graphiql }))
  servePage('/docs', docsPage(), { libraryStyles: true })
  for (const asset of docsAssets) serveAsset(app, asset)
  if (graphiql) {
    servePage('/graphiql', graphiqlPage(), { libraryStyles: true })
    for (const asset of graphiqlAssets) serveAsset(app, asset)
  }

  app.get<{ Params: { code: string } }>('/problems/:code', async ({ params, headers }, reply) => {
    const code = params.code as ProblemCode
    if (!problemCodes.includes(code)) throw new Problem('not_found', 'There is no problem of this code')
    const described = withAdvice(describeProblem(code))
    reply.header('vary', 'accept')
    if (!headers.accept?.includes('text/html')) return described
    const html = problemPage(described)
    return sendPage(reply, html, contentSecurityPolicy(html))
  })
}

const sendPage = (reply: FastifyReply, html: string, policy: string) =>
  reply
    .headers({ 'content-security-policy': policy, 'cache-control': 'no-cache' })
    .type('text/html; charset=utf-8')
    .send(html)
