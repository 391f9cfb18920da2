import { type ScimPatchOperation, type ScimResource, scimPatch } from 'scim-patch'
import { isObject, type Members } from './body.ts'
import { ScimProblem } from './error.ts'
import { pathOfStep, stepsOf } from './paths.ts'
import type { ResourceType } from './schema.ts'

/**
 * A resource in canonical form with the operations of a PATCH body (RFC 7644 §3.5.2) carried out. Steps name attributes
 * of the schema only, so nothing else can be reached through them. Throws the `scimType` that fits.
 */
export const patched = (type: ResourceType, before: Members, body: unknown): Members => {
  const after = structuredClone(before)
  for (const step of stepsOf(type, body)) {
    const { op, value, attribute, filter } = step
    // The library takes what precedes the last colon of a path for the id of a schema, and escapes for characters.
    if (/[:\\]/.test(filter ?? ''))
      throw new ScimProblem('invalidPath', `${attribute.name}: colons and backslashes choose nothing in a path`)
    const path = pathOfStep(step)
    const chosen = attribute.multiValued && filter === undefined && value !== undefined
    carryOut(after, op === 'remove' ? { op, path, ...(chosen ? { value } : {}) } : { op, path, value })
    const values = after[attribute.name]
    if (attribute.multiValued && Array.isArray(values)) {
      const kept = tidy(values)
      if (kept.length > 0) after[attribute.name] = kept
      else delete after[attribute.name]
    }
  }
  return after
}

const carryOut = (resource: Members, operation: ScimPatchOperation): void => {
  try {
    scimPatch(resource as unknown as ScimResource, [operation])
  } catch (error) {
    const { scimCode, message } = error as { scimCode?: string; message: string }
    const scimType = scimCode === 'noTarget' || scimCode === 'invalidFilter' ? scimCode : 'invalidPath'
    throw new ScimProblem(scimType, `${operation.path}: ${scimCode ? message : 'does not fit the resource'}`)
  }
}

/** Values that are left empty go, and of several primary ones the newest stays. */
const tidy = (values: unknown[]): unknown[] => {
  const kept = values.filter((value) => isObject(value) && Object.keys(value).length > 0) as Members[]
  const last = kept.findLastIndex((value) => value['primary'] === true)
  return kept.map((value, at) => (value['primary'] === true && at !== last ? { ...value, primary: false } : value))
}
