-- Nobody changes the audit log, whatever their rights: its place in the chain is set once, the salt of a digest can only
-- be taken away, and only what is older than a year can go (retention, from the oldest on).
CREATE FUNCTION audit_log_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF tg_op = 'DELETE' THEN
		IF old.at > now() - interval '365 days' THEN
			RAISE EXCEPTION 'the audit log keeps its entries for a year at least' USING ERRCODE = 'insufficient_privilege';
		END IF;
		RETURN old;
	END IF;
	IF (old.seq IS NOT NULL AND (new.seq, new.hash) IS DISTINCT FROM (old.seq, old.hash))
		OR (new.salt IS NOT NULL AND new.salt IS DISTINCT FROM old.salt)
		OR (new.tenant_id, new.id, new.ordinal, new.at, new.actor_kind, new.actor_id, new.operation, new.subject_ids, new.input_digest, new.request_id)
			IS DISTINCT FROM
			(old.tenant_id, old.id, old.ordinal, old.at, old.actor_kind, old.actor_id, old.operation, old.subject_ids, old.input_digest, old.request_id)
	THEN
		RAISE EXCEPTION 'an entry of the audit log cannot be changed' USING ERRCODE = 'insufficient_privilege';
	END IF;
	RETURN new;
END
$$;
--> statement-breakpoint
CREATE TRIGGER audit_log_guard BEFORE UPDATE OR DELETE ON audit_log FOR EACH ROW EXECUTE FUNCTION audit_log_guard();
--> statement-breakpoint
-- A row comes and goes with every write.
ALTER TABLE unsequenced SET (autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0);
--> statement-breakpoint
-- What was written before there was a sequence gets its place as well.
INSERT INTO unsequenced (id) SELECT id FROM tenants;
