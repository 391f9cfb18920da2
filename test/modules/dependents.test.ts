import { expect, test } from 'vitest'
import { modules } from '../../src/modules/index.ts'
import { createWorld } from '../support/app.ts'
import { createOf, createOne } from '../support/samples.ts'

const { call } = await createWorld()

/** Deleting these takes along what belongs to them, or leaves it readable as history. */
const goesAlong = new Set([
  'KeyResult.objective',
  'CheckIn.keyResult',
  'Alignment.child',
  'ObjectiveUpdate.objective',
  'KeyResultLink.child',
  'KpiTarget.kpi',
  'Measurement.kpi',
  'Feedback.objective',
])

/** These need a target of a certain kind; the tests of their resource look at it. */
const particular = new Set([
  'KeyResultLink.parent',
  'Blocker.checkIn',
  'Retrospective.objective',
  'AlertRule.kpi',
  'AlertRule.objective',
  'AlertRule.keyResult',
])

/** What a row must say beside the reference. */
const besides: Record<string, object> = {
  'Alignment.parentKeyResult': { parentObjectiveId: null },
  'KeyResult.kpi': { source: 'kpi' },
}

/** History: not restored by itself, but with what it belongs to. */
const unrestored = new Set(['CheckIn.keyResult', 'KpiTarget.kpi', 'Measurement.kpi'])

const edges = modules.flatMap(({ resource }) =>
  resource && createOf(resource)
    ? Object.entries(resource.belongsTo ?? {}).map(([field, edge]) => ({
        name: `${resource.name}.${field}`,
        resource,
        ...edge,
      }))
    : [],
)
/** These are set by the service, not by a caller. */
const isGiven = (name: string) =>
  !['KeyResult.lastCheckIn', 'Objective.carriedFrom', 'Feedback.requestedBy'].includes(name) && !particular.has(name)

test.each(edges.filter(({ name }) => isGiven(name) && !goesAlong.has(name)))(
  'what $name points to cannot be deleted',
  async ({ name, resource, key, to }) => {
    const target = await createOne(call, to())
    const row = await createOne(call, resource, { ...besides[name], [key]: target['id'] })
    const remove = () => call('DELETE', `/v1/${to().path}/${String(target['id'])}`)
    const refused = await remove()
    expect([refused.status, refused.body?.code]).toEqual([409, 'has_dependents'])
    expect((await call('DELETE', `/v1/${resource.path}/${String(row['id'])}`)).status).toBe(204)
    expect((await remove()).status).toBe(204)
  },
)

test.each(edges.filter(({ name }) => isGiven(name) && !unrestored.has(name)))(
  'nothing is restored whose $name is deleted',
  async ({ name, resource, key, to }) => {
    const target = await createOne(call, to())
    const row = await createOne(call, resource, { ...besides[name], [key]: target['id'] })
    const at = `/v1/${resource.path}/${String(row['id'])}`
    expect((await call('DELETE', at)).status).toBe(204)
    expect((await call('DELETE', `/v1/${to().path}/${String(target['id'])}`)).status).toBe(204)
    const { status, body } = await call('POST', `${at}/restore`)
    expect([status, body.code, body.errors?.[0]?.pointer]).toEqual([422, 'reference_not_found', `/${key}`])
  },
)
