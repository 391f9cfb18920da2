import type { Caller } from './app.ts'

const addressesOfReviews = /^\/v1\/(review|feedback|hr\/)|\/data-export$/
const fieldsOfReviews = /review|feedback/i

/** The first field a GraphQL document asks for. */
const rootOf = (query: string): string => /\{\s*(\w+)/.exec(query)?.[1] ?? ''

/** Administrators read no reviews: what is about reviews a world asks as the machine of an HR system would. */
export const withReviews = (administrator: Caller, machine: Caller): Caller => {
  const call = (method: string, url: string, body?: unknown, headers: Record<string, string> = {}) =>
    (addressesOfReviews.test(url) ? machine : administrator)(method, url, body, headers)
  return Object.assign(call, {
    id: administrator.id,
    graphql: (query: string, variables?: Record<string, unknown>) =>
      (fieldsOfReviews.test(rootOf(query)) ? machine : administrator).graphql(query, variables),
  })
}
