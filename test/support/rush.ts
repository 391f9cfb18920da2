import type { Pool } from 'pg'
import type { Caller } from './app.ts'
import { type Audit, audit } from './auditor.ts'
import { type Doing, pick } from './graph-of-goals.ts'

export type Rush = {
  /** Answers by doing and status, such as `move 200`. */
  answers: Map<string, number>
  /** Problems that say nothing about the request: 5xx, and what a client would have to try again. */
  failures: string[]
  snapshots: number
  /** Snapshots in which something stored is not what follows from the readings. */
  wrong: Audit[]
}

/** Writers on several nodes at once, and an auditor beside them, for some time; `untilWrong` ends with the first find. */
export const rush = async (
  nodes: readonly Caller[],
  doings: readonly Doing[],
  { pool, organizationId, today }: { pool: Pool; organizationId: string; today: string },
  { seconds, writers = 12, untilWrong = false }: { seconds: number; writers?: number; untilWrong?: boolean },
): Promise<Rush> => {
  const bag = doings.flatMap((doing) => Array.from({ length: doing.share }, () => doing))
  const found: Rush = { answers: new Map(), failures: [], snapshots: 0, wrong: [] }
  const end = Date.now() + seconds * 1_000
  const goesOn = () => Date.now() < end && !(untilWrong && found.wrong.length > 0)
  const write = async (at: number) => {
    while (goesOn()) {
      const doing = pick(bag)
      const { status, body } = await doing.run(nodes[at % nodes.length] as Caller)
      const key = `${doing.name} ${status}`
      found.answers.set(key, (found.answers.get(key) ?? 0) + 1)
      if (status >= 500 || status === 429) found.failures.push(`${key} ${JSON.stringify(body)}`)
    }
  }
  const watch = async () => {
    while (goesOn()) {
      const snapshot = await audit(pool, organizationId, today)
      found.snapshots++
      if (snapshot.circular || snapshot.wrong.length > 0) found.wrong.push(snapshot)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
  await Promise.all([...Array.from({ length: writers }, (_, at) => write(at)), watch()])
  return found
}
