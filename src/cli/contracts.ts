import { lexicographicSortSchema, printSchema } from 'graphql'
import { graphqlOf } from '../api/graphql.ts'
import { openApiOf } from '../api/openapi.ts'
import { modules } from '../modules/index.ts'
import { version } from '../version.ts'

/** Both contracts as they are committed: name of the file → its text. */
export const contracts = (): Record<'openapi.json' | 'schema.graphql', string> => {
  const document = openApiOf(modules, version)
  return {
    'openapi.json': `${JSON.stringify(document, null, 2)}\n`,
    'schema.graphql': `${printSchema(lexicographicSortSchema(graphqlOf(modules, document)))}\n`,
  }
}
