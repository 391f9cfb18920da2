import { GraphQLScalarType } from 'graphql'

/** Scalars pass JSON through untouched: zod has the last word on values, in the door, for both surfaces. */
const scalar = (name: string, description: string) => new GraphQLScalarType({ name, description })

export const DateTime = scalar('DateTime', 'An instant, RFC 3339.')
export const GraphQLDate = scalar('Date', 'A calendar day, YYYY-MM-DD.')
export const Json = scalar('JSON', 'Any JSON value.')
