import { roles } from '../../src/auth/actor.ts'
import type { Row } from './access-matrix.ts'

/** Each row of a file asks for its KPI: who may not measure it has that row refused, not the file. */
export const importMatrix: Record<string, Row> = { importMeasurements: { may: roles, otherwise: 'forbidden' } }
