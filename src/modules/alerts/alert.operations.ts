import { reads } from '../../api/reads.ts'
import { alert } from './alert.resource.ts'

/** Alerts are raised and resolved by what happens; nobody writes them. */
export const alertOperations = reads(alert)
