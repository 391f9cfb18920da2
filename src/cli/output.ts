import { z } from 'zod'

/** Says on stderr how long work goes on, where a person watches; scripts read stdout undisturbed. */
export const note = (line: string): void => {
  if (process.stderr.isTTY) process.stderr.write(`${line}\n`)
}

/** The result of a command: exactly the JSON for scripts, or text for people. */
export const print = (asJson: boolean | undefined, value: unknown, text: string): void =>
  void process.stdout.write(`${asJson ? JSON.stringify(value) : text}\n`)

type Wrapped = Error & { errors?: Error[]; cause?: unknown; code?: string }

/** What a person needs to hear of a failure: the innermost reason, without a stack. */
export const reasonOf = (error: unknown): string => {
  if (error instanceof z.ZodError)
    return error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')
  const { message, errors, cause, code } = error as Wrapped
  // Several addresses of one host failed, and the summary says nothing.
  if (errors?.[0]) return reasonOf(errors[0])
  if (cause instanceof Error && message.startsWith('Failed query')) return reasonOf(cause)
  return message || code || String(error)
}

/** One plain line on stderr, and the exit code 1. */
export const fail = (error: unknown): void => {
  process.stderr.write(`headway: ${reasonOf(error)}\n`)
  process.exitCode = 1
}
