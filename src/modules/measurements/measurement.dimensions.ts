import { z } from 'zod'
import type { Dimensions } from './measurement.table.ts'

/** `region:EMEA`: the first colon parts name and value. */
const pattern = /^[^:]{1,100}:.{1,200}$/s

/** Members of dimensions as parameters, repeatable: `dimensions=region:EMEA&dimensions=product:A`. */
export const readMembers = z
  .array(z.string().max(301).regex(pattern, 'name:value'))
  .min(1)
  .max(10)
  .meta({ description: 'Members as `name:value`, such as `region:EMEA`.' })

/** The dimensions named by such parameters. */
export const dimensionsOf = (members: readonly string[] = []): Dimensions =>
  Object.fromEntries(
    members.map((member) => [member.slice(0, member.indexOf(':')), member.slice(member.indexOf(':') + 1)]),
  )
