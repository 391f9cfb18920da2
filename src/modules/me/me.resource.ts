import { z } from 'zod'
import { scopes } from '../../auth/actor.ts'

export const scope = z.enum(scopes).meta({ description: 'What a credential may be used for.' })
