import { roles } from '../../src/auth/actor.ts'

const everybody = { may: roles, otherwise: 'forbidden' as const }
/** Another's export: for everybody but an administrator it does not exist. */
const others = { may: ['admin'] as const, otherwise: 'not_found' as const }

export const exportMatrix = {
  exportTables: everybody,
  exportJobs: everybody,
  createExportJob: everybody,
  exportJob: others,
  deleteExportJob: others,
}
