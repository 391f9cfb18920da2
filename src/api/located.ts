import { type Fault, Problem } from './problem.ts'

/** Runs `work` so that a Problem of one of several entries says which: `/items/3/target`. */
export const located = async <T>(count: number, index: number, work: () => Promise<T>): Promise<T> => {
  try {
    return await work()
  } catch (error) {
    if (count === 1 || !(error instanceof Problem)) throw error
    const lead = `/items/${index}`
    const errors: Fault[] =
      error.errors.length > 0
        ? error.errors.map((fault) => ({ ...fault, pointer: lead + fault.pointer }))
        : [{ pointer: lead, code: error.code, message: error.message }]
    throw new Problem(error.code, error.message, { errors, cause: error })
  }
}
