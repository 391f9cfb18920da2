DROP INDEX "audit_log_seq";--> statement-breakpoint
DROP INDEX "events_seq";--> statement-breakpoint
CREATE UNIQUE INDEX "audit_log_seq" ON "audit_log" USING btree ("tenant_id","seq") WHERE "audit_log"."seq" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "events_seq" ON "events" USING btree ("tenant_id","seq") WHERE "events"."seq" is not null;