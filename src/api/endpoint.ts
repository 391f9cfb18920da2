import type { z } from 'zod'
import type { AnyOperation, Method } from './operation.ts'

export type Endpoint = { method: Method; path: string; pathParameters: string[] }

/** `POST /objectives/:id/close` taken apart. */
export const endpointOf = ({ rest }: Pick<AnyOperation, 'rest'>): Endpoint => {
  const [method, path] = rest.split(' ') as [Method, string]
  return { method, path, pathParameters: [...path.matchAll(/:(\w+)/g)].map((match) => match[1] as string) }
}

/** The members of an operation's input by the place REST carries them in; the body is the member `input`. */
export const placesOf = (operation: Pick<AnyOperation, 'rest' | 'input'>) => {
  const { method, path, pathParameters } = endpointOf(operation)
  const { input: body, ...members } = operation.input.shape as Record<string, z.ZodType>
  const entries = Object.entries(members)
  return {
    method,
    path,
    body,
    inPath: Object.fromEntries(entries.filter(([name]) => pathParameters.includes(name))),
    inQuery: Object.fromEntries(entries.filter(([name]) => !pathParameters.includes(name))),
  }
}
