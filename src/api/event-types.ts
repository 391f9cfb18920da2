import { z } from 'zod'
import { toldMembers } from './change-event.ts'
import { id, instant } from './fields.ts'
import type { Module } from './operation.ts'
import type { EventSpec, Resource, Verb } from './resource.ts'

/** One type of event: what it is about, and which members it may tell before and after. */
export type EventType = { type: string; subject: Resource; summary: string; changes: z.ZodObject }

const ref = (name: string, description: string) =>
  z.strictObject({ type: z.string(), id }).meta({ id: name, description })

/** How often has something happened in an organization: beyond 32 bits in a long life. */
const seq = z
  .int()
  .meta({ format: 'int64', description: "The event's place in the organization's feed, from 1 without a gap." })

export const eventSchema = z
  .strictObject({
    seq,
    id,
    type: z.string().meta({ description: 'One of the types under `webhooks`.' }),
    occurredAt: instant,
    actorId: id.meta({ description: 'The API key or person who did it; the organization itself for what time did.' }),
    subject: ref('EventSubject', 'What it is about.'),
    changes: z
      .record(z.string(), z.array(z.unknown()).length(2))
      .meta({ description: 'What changed, by member: before and after. Text is not told.' }),
    cause: ref('EventCause', 'What it follows from, such as the check-in behind a changed progress.').nullable(),
  })
  .meta({ id: 'Event', description: 'Something that happened. Read the subject to know how it is now.' })

/** Before and after of members. */
const changesOf = (name: string, members: Readonly<Record<string, z.ZodType>>) =>
  z
    .strictObject(Object.fromEntries(Object.entries(members).map(([key, member]) => [key, pair(member).optional()])))
    .meta({ id: name })

const pair = (member: z.ZodType) => {
  const bare = member instanceof z.ZodNullable ? member : member.nullable()
  return z.array(bare).length(2)
}

const summaries: Record<Verb, (name: string) => string> = {
  created: (name) => `One ${name} was created`,
  updated: (name) => `One ${name} was changed`,
  deleted: (name) => `One ${name} was deleted`,
  restored: (name) => `One deleted ${name} was brought back`,
}

const nothing = changesOf('NoChanges', {})

/** Every type of event there is: those of the plain writes of each resource, and those it names besides. */
export const eventTypesOf = (modules: readonly Module[]): EventType[] =>
  modules.flatMap(({ resource, operations }) => {
    if (!resource) return []
    const verbs = [...new Set(operations.flatMap(({ emits = [] }) => emits))]
    const changed = changesOf(`${resource.name}Changes`, membersOf(resource))
    const plain = verbs.map((verb) => ({
      type: `${resource.type}.${verb}`,
      subject: resource,
      summary: summaries[verb](resource.name),
      changes: verb === 'created' ? nothing : changed,
    }))
    return [...plain, ...Object.entries(resource.events ?? {}).map(([verb, spec]) => special(resource, verb, spec))]
  })

const membersOf = (resource: Resource): Record<string, z.ZodType> =>
  Object.fromEntries(toldMembers(resource).map((key) => [key, resource.schema.shape[key] as z.ZodType]))

const special = (resource: Resource, verb: string, { summary, changes }: EventSpec): EventType => {
  const name = verb.replaceAll(/(?:^|_)(\w)/g, (_match, letter: string) => letter.toUpperCase())
  return {
    type: `${resource.type}.${verb}`,
    subject: resource,
    summary,
    changes: changes ? changesOf(`${resource.name}${name}Changes`, changes) : nothing,
  }
}
