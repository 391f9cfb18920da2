CREATE TABLE "journal_heads" (
	"tenant_id" uuid PRIMARY KEY NOT NULL,
	"event_seq" bigint NOT NULL,
	"audit_seq" bigint NOT NULL,
	"audit_hash" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "unsequenced" (
	"id" uuid NOT NULL
);
--> statement-breakpoint
ALTER TABLE "audit_log" ADD COLUMN "ordinal" bigint NOT NULL GENERATED ALWAYS AS IDENTITY (sequence name "audit_log_ordinal_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1);--> statement-breakpoint
ALTER TABLE "audit_log" ADD COLUMN "seq" bigint;--> statement-breakpoint
ALTER TABLE "audit_log" ADD COLUMN "hash" text;--> statement-breakpoint
ALTER TABLE "audit_log" ADD COLUMN "salt" text;--> statement-breakpoint
ALTER TABLE "events" ADD COLUMN "ordinal" bigint NOT NULL GENERATED ALWAYS AS IDENTITY (sequence name "events_ordinal_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1);--> statement-breakpoint
CREATE INDEX "unsequenced_id" ON "unsequenced" USING btree ("id");--> statement-breakpoint
CREATE UNIQUE INDEX "audit_log_seq" ON "audit_log" USING btree ("tenant_id","seq");--> statement-breakpoint
CREATE INDEX "audit_log_unsequenced" ON "audit_log" USING btree ("tenant_id","ordinal") WHERE "audit_log"."seq" is null;--> statement-breakpoint
CREATE UNIQUE INDEX "events_seq" ON "events" USING btree ("tenant_id","seq");--> statement-breakpoint
CREATE INDEX "events_unsequenced" ON "events" USING btree ("tenant_id","ordinal") WHERE "events"."seq" is null;