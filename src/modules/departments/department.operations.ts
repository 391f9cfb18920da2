import { reads } from '../../api/reads.ts'
import { writes } from '../../api/writes.ts'
import { department } from './department.resource.ts'
import { departmentWrites } from './department.writes.ts'

export const departmentOperations = [...reads(department), ...writes(departmentWrites)]
