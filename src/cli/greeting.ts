import type { Demo } from '../demo/demo.ts'
import { version } from '../version.ts'

export type Command = { title: string; command: string }

/** Three commands to paste into a shell, in the order of a first visit. */
export const commandsFor = (url: string, demo: Omit<Demo, 'apiKey'>, apiKey: string): Command[] => {
  const bearer = `-H "Authorization: Bearer ${apiKey}"`
  const json = `-H 'Content-Type: application/json'`
  const { value, confidence, note } = demo.checkIn
  const graphql = `{ objective(id: "${demo.objectiveId}") { title progress health { effective } keyResults { nodes { title progress } } alignedFrom { nodes { child { title progress alignedFrom { nodes { child { title progress } } } } } } } }`
  return [
    {
      title: `See the company objective, "${demo.objectiveTitle}"`,
      command: `curl -s ${url}/v1/objectives/${demo.objectiveId} ${bearer}`,
    },
    {
      title: `Check in on the key result "${demo.keyResultTitle}"`,
      command: `curl -s ${url}/v1/key-results/${demo.keyResultId}/check-ins ${bearer} ${json} -d '${JSON.stringify({ value, confidence, note })}'`,
    },
    {
      title: 'Read the company objective with the tree below it, by GraphQL',
      command: `curl -s ${url}/graphql ${bearer} ${json} -d '${JSON.stringify({ query: graphql })}'`,
    },
  ]
}

/** The same three for the landing page, which anybody may open: the key is left to the reader's shell. */
export const forLandingPage = (url: string, demo: Demo): string[] =>
  commandsFor(url, demo, '$HEADWAY_KEY').map(
    ({ title, command }, at) =>
      `${at === 0 ? '# HEADWAY_KEY is the demo key that the terminal showed at the start\n' : ''}# ${title}\n${command}`,
  )

const tryIt = (url: string, demo: Demo): string => {
  const commands = commandsFor(url, demo, demo.apiKey).map(
    ({ title, command }, at) => `${at + 1}. ${title}\n\n${command}\n`,
  )
  return `  Demo         ${demo.organizationName}
  Demo key     ${demo.apiKey}

               kept in the data folder; it may do everything in this organization

Three commands to paste:

${commands.join('\n')}`
}

const begin = `To begin: npm run headway -- org create --name "My company"\n`

/** What the service says when it is ready. */
export const greeting = (url: string, demo: Demo | undefined): string => `
Headway ${version} is ready.

  Start page   ${url}/
  Reference    ${url}/docs
  GraphiQL     ${url}/graphiql
${demo ? tryIt(url, demo) : `\n${begin}`}
`
