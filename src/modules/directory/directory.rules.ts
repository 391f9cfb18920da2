import { hasRole } from '../../auth/rules.ts'

/** Who keeps users, departments, teams and memberships: administrators, HR, and the machines that sync them. */
export const keepsPeople = hasRole('admin', 'hr', 'integration')
