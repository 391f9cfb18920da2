import { z } from 'zod'
import { inputProblem } from '../../api/problem.ts'
import type { Dimensions } from './measurement.table.ts'

/** `region:EMEA`: the first colon without a backslash before it parts name and value. */
const pattern = /^((?:[^:\\]|\\.){1,100}):(.{1,200})$/s

/** Members of dimensions as parameters, repeatable: `dimensions=region:EMEA&dimensions=product:A`. */
export const readMembers = z.array(z.string().max(401).regex(pattern, 'name:value')).min(1).max(10).meta({
  description:
    'Members as `name:value`, such as `region:EMEA`; a colon or backslash in a name has a backslash before it.',
})

/** The dimensions named by such parameters. 422 where one of them is named twice. */
export const dimensionsOf = (members: readonly string[] = []): Dimensions => {
  const found = new Map<string, string>()
  for (const [at, member] of members.entries()) {
    const [, name = '', value = ''] = pattern.exec(member) ?? []
    const plain = name.replaceAll(/\\(.)/gs, '$1')
    if (found.has(plain)) throw inputProblem('invalid_input', `/dimensions/${at}`, `${plain} is named twice`)
    found.set(plain, value)
  }
  return Object.fromEntries(found)
}
