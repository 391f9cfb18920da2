import { document, escapeHtml } from './html.ts'
import { plainStyle } from './plain.ts'

const links = [
  ['/docs', 'API reference', 'Every operation, to read and try'],
  ['/graphiql', 'GraphiQL', 'Write GraphQL against your data'],
  ['/openapi.json', 'OpenAPI', 'The REST contract, for generators'],
  ['/health/ready', 'Health', 'Whether this node can serve'],
  ['/metrics', 'Metrics', 'For Prometheus'],
] as const

/** The page at `/`. The commands are shown as they are, each to be copied into a shell. */
export const landingPage = ({ commands, graphiql }: { commands: readonly string[]; graphiql: boolean }): string =>
  document('Headway', {
    head: plainStyle,
    body: `<main>
<h1>Headway</h1>
<p class="lead">Objectives, key results, KPIs and check-ins, kept in Postgres and offered over REST and GraphQL.
It has no screens of its own: it is the part that other tools, dashboards and HR systems build on.</p>
<ul class="links">
${links
  .filter(([href]) => graphiql || href !== '/graphiql')
  .map(([href, name, purpose]) => `<li><a href="${href}"><b>${name}</b> <span>${purpose}</span></a></li>`)
  .join('\n')}
</ul>
${commands.length === 0 ? '' : '<h2>Try it from a shell</h2>'}
${commands.map((command) => `<pre>${escapeHtml(command)}</pre>`).join('\n')}
</main>`,
  })
