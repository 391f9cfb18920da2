import { z } from 'zod'
import { id } from '../../api/fields.ts'
import { type AnyOperation, type Context, operation } from '../../api/operation.ts'
import { findOne, reads } from '../../api/reads.ts'
import { anyone } from '../../auth/rules.ts'
import { keyResult } from '../key-results/key-result.resource.ts'
import { revision } from './revision.resource.ts'

const list = reads(revision).find((each) => each.list !== undefined) as Required<AnyOperation>
const { keyResultId: _filter, ...page } = list.input.shape as z.ZodRawShape

type Of = { id: string }
const filtered = ({ id: keyResultId, ...rest }: Of) => ({ ...rest, keyResultId: [keyResultId] })

/** The list of all revisions, of one key result: an unknown or hidden one is a 404, not an empty list. */
export const revisionOperations: readonly AnyOperation[] = [
  operation({
    name: 'revisions',
    summary: 'List what was changed in a key result after its first reading',
    rest: 'GET /key-results/:id/revisions',
    scope: 'okr:read',
    input: z.strictObject({ id, ...page }),
    output: list.output,
    syncs: 'updatedSince',
    list: {
      resource: revision,
      cursorOf: (ctx: Context, input: unknown, row: never) => list.list.cursorOf(ctx, filtered(input as Of), row),
    },
    find: (ctx, input) => findOne(ctx, keyResult, input.id as string),
    allow: anyone,
    run: (ctx, input) => list.run(ctx, filtered(input as Of), undefined) as never,
  }),
]
