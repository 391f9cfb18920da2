import type { Caller } from './app.ts'

const addressesOfReviews = /^\/v1\/(review|feedback|hr\/)|\/data-export$/
const fieldsOfReviews = /review|feedback/i

/** The first field a GraphQL document asks for. */
const rootOf = (query: string): string => /\{\s*(\w+)/.exec(query)?.[1] ?? ''

/** Administrators read no reviews: what is about reviews a world asks as the machine of an HR system would. */
export const withReviews = (administrator: Caller, machine: () => Promise<Caller>): Caller => {
  let known: Promise<Caller> | undefined
  const reviewer = () => (known ??= machine())
  const call = async (method: string, url: string, body?: unknown, headers: Record<string, string> = {}) =>
    (addressesOfReviews.test(url) ? await reviewer() : administrator)(method, url, body, headers)
  return Object.assign(call, {
    graphql: async (query: string, variables?: Record<string, unknown>) =>
      (fieldsOfReviews.test(rootOf(query)) ? await reviewer() : administrator).graphql(query, variables),
  })
}
