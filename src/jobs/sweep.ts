import type { Sender } from '../delivery/sender.ts'
import type { Job } from './job.ts'

/**
 * Finds deliveries nobody would be told of: those of a node that died, and tries due in more than a minute. Visits the
 * organizations that have endpoints, and no others.
 */
export const sweep = (sender: Pick<Sender, 'wake'>): Job => ({
  name: 'deliveries',
  schedule: '* * * * *',
  run: async ({ pool, signal }) => {
    const { rows } = await pool.query<{ id: string }>('select id from webhook_tenants order by id')
    if (signal.aborted) return
    for (const { id } of rows) sender.wake(id)
  },
})
