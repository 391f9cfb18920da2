import { type Fault, Problem } from './problem.ts'

/** Where a member of one of several entries stands. */
const pointerIn = (count: number, index: number, pointer: string): string =>
  count === 1 ? pointer : `/items/${index}${pointer}`

/** Where a member of one of these changes stands, by the id of its row; they may be some of `count` entries. */
export const pointerOf =
  (changes: readonly { index: number; after: { id: string } }[], count: number, pointer: string) =>
  (id: string): string =>
    pointerIn(count, changes.find(({ after }) => after.id === id)?.index ?? 0, pointer)

/** Runs `work` so that a Problem of one of several entries says which: `/items/3/target`. */
export const located = async <T>(count: number, index: number, work: () => Promise<T>): Promise<T> => {
  try {
    return await work()
  } catch (error) {
    if (count === 1 || !(error instanceof Problem)) throw error
    const lead = pointerIn(count, index, '')
    const errors: Fault[] =
      error.errors.length > 0
        ? error.errors.map((fault) => ({ ...fault, pointer: lead + fault.pointer }))
        : [{ pointer: lead, code: error.code, message: error.message }]
    throw new Problem(error.code, error.message, { errors, cause: error })
  }
}
