import type { Context } from '../../api/operation.ts'
import { query } from '../../db/statement.ts'

/** What stands where a text was. */
const gone = '[erased]'

// The row stays, so that goals, check-ins and the audit log still have somebody; nothing in it tells who it was.
const userText = `
  update users set user_name = 'erased-' || id, user_name_folded = 'erased-' || id, display_name = 'Erased person', email = null,
    title = null, employee_number = null, external_id = null, manager_id = null, time_zone = null, scim = null, roles = '{}',
    active = false, version = version + 1, updated_at = $3
  where tenant_id = $1 and id = $2`

const feedbackText = `
  update feedback set text = $4, external_id = null, version = version + 1, updated_at = $3
  where tenant_id = $1 and (from_id = $2 or about_id = $2) and text is distinct from $4 and state = 'given' returning id`

// What was said in words goes; ratings, days and hashes stay: they tell no one apart, and averages rest on them.
const reviewsText = `
  update reviews set summary = null, acknowledgement = null, external_id = null, external_refs = '[]',
    answers = coalesce((select jsonb_agg(jsonb_set(a, '{text}', 'null')) from jsonb_array_elements(answers) a), '[]'),
    calibration = case when calibration is null then null else jsonb_set(calibration, '{reason}', to_jsonb($4::text)) end,
    version = version + 1, updated_at = $3
  where tenant_id = $1 and (subject_id = $2 or reviewer_id = $2) returning id`

const commentsText = `
  update comments set body = $4, version = version + 1, updated_at = $3
  where tenant_id = $1 and author_id = $2 and body <> $4 returning id`

// Answers kept for retries may hold what is erased here.
const keptText = `delete from idempotency_keys where tenant_id = $1 and position($2::text in answer) > 0`

// A digest without its salt tells nothing, not even whether a guess was right; the chain does not hold salts.
const saltText = `
  update audit_log set salt = null
  where tenant_id = $1 and (actor_id = $2 or $2 = any(subject_ids)) and salt is not null`

/**
 * Takes away what tells who a person was: the directory's members, what was said in words about them and by them in
 * feedback, reviews and comments, deleted rows included. Numbers, the record of the work and the audit log stay as they
 * are. May be repeated. Answers how many texts went.
 */
export const erasePerson = async (
  ctx: Context,
  userId: string,
): Promise<{ feedback: number; reviews: number; comments: number }> => {
  const { db, actor, now, later } = ctx
  const erase = async (type: string, text: string): Promise<number> => {
    const values = [actor.tenantId, userId, now, ...(text.includes('$4') ? [gone] : [])]
    const rows = await query<{ id: string }>(db, `erase_${type}`, text, values)
    const cause = { type: 'user', id: userId }
    for (const { id } of rows) ctx.emit({ type: `${type}.updated`, subject: { type, id }, cause })
    return rows.length
  }
  later(query(db, 'erase_user', userText, [actor.tenantId, userId, now]))
  later(query(db, 'erase_salts', saltText, [actor.tenantId, userId]))
  later(query(db, 'erase_kept_answers', keptText, [actor.tenantId, userId]))
  const erased = {
    feedback: await erase('feedback', feedbackText),
    reviews: await erase('review', reviewsText),
    comments: await erase('comment', commentsText),
  }
  ctx.emit({ type: 'user.erased', subject: { type: 'user', id: userId } })
  return erased
}
