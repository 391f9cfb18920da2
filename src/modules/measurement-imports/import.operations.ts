import { z } from 'zod'
import { type AnyOperation, operation } from '../../api/operation.ts'
import { anyone } from '../../auth/rules.ts'
import { type Delimiter, delimiters } from './import.csv.ts'
import { mappingInput } from './import.mapping.ts'
import { csv, ndjson, type ReceivedImport, receiveImport } from './import.receive.ts'
import { reportSchema } from './import.report.ts'
import { writeImport } from './import.write.ts'

const importMeasurements = operation({
  name: 'importMeasurements',
  tag: 'Measurement',
  summary: 'Import measurements from CSV or NDJSON, up to 512 MB of text',
  rest: 'POST /measurements/import',
  status: 200,
  scope: 'kpi:write',
  surfaces: ['rest'],
  input: z.strictObject({
    ...mappingInput,
    atomic: z.boolean().default(false).meta({ description: 'True: one refused row refuses the whole file.' }),
    delimiter: z
      .enum(Object.keys(delimiters) as [Delimiter, ...Delimiter[]])
      .default('comma')
      .meta({ description: 'Of CSV.' }),
    input: z.custom<ReceivedImport>((sent) => typeof sent === 'object' && sent !== null, 'a body is required'),
  }),
  output: reportSchema,
  upload: { mediaTypes: [csv, ndjson], receive: receiveImport as never },
  // Every row asks for its KPI.
  allow: anyone,
  run: (ctx, { input, atomic }) => writeImport(ctx, input, atomic),
})

export const measurementImportOperations: AnyOperation[] = [importMeasurements]
