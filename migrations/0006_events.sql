CREATE TABLE "webhook_deliveries" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"external_id" text,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamptz(3) NOT NULL,
	"updated_at" timestamptz(3) NOT NULL,
	"deleted_at" timestamptz(3),
	"endpoint_id" uuid NOT NULL,
	"event_id" uuid NOT NULL,
	"event_type" text NOT NULL,
	"event_seq" bigint,
	"body" text NOT NULL,
	"status" text NOT NULL,
	"attempts" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"attempt" integer DEFAULT 0 NOT NULL,
	"round_from" integer DEFAULT 0 NOT NULL,
	"next_attempt_at" timestamptz(3),
	"leased_until" timestamptz(3),
	CONSTRAINT "webhook_deliveries_tenant_id_id_pk" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "webhook_deliveries_status" CHECK ("webhook_deliveries"."status" in ('pending', 'delivered', 'failed'))
);
--> statement-breakpoint
CREATE TABLE "webhook_cursors" (
	"tenant_id" uuid PRIMARY KEY NOT NULL,
	"seq" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "webhook_endpoints" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"external_id" text,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamptz(3) NOT NULL,
	"updated_at" timestamptz(3) NOT NULL,
	"deleted_at" timestamptz(3),
	"url" text NOT NULL,
	"description" text,
	"event_types" text[] NOT NULL,
	"state" text NOT NULL,
	"disabled_reason" text,
	"created_by" uuid NOT NULL,
	"creator_kind" text NOT NULL,
	"creator_roles" text[] NOT NULL,
	"creator_scopes" text[] NOT NULL,
	"secret" text NOT NULL,
	"previous_secret" text,
	"previous_secret_until" timestamptz(3),
	"failing_since" timestamptz(3),
	CONSTRAINT "webhook_endpoints_tenant_id_id_pk" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "webhook_endpoints_state" CHECK ("webhook_endpoints"."state" in ('enabled', 'disabled')),
	CONSTRAINT "webhook_endpoints_disabled_reason" CHECK ("webhook_endpoints"."disabled_reason" in ('requested', 'gone', 'failing', 'creator_gone')),
	CONSTRAINT "webhook_endpoints_creator_kind" CHECK ("webhook_endpoints"."creator_kind" in ('api_key', 'user'))
);
--> statement-breakpoint
CREATE TABLE "webhook_tenants" (
	"id" uuid PRIMARY KEY NOT NULL
);
--> statement-breakpoint
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
ALTER TABLE "organizations" ADD COLUMN "retention" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "audit_log" ADD COLUMN "ordinal" bigint NOT NULL GENERATED ALWAYS AS IDENTITY (sequence name "audit_log_ordinal_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1);--> statement-breakpoint
ALTER TABLE "audit_log" ADD COLUMN "seq" bigint;--> statement-breakpoint
ALTER TABLE "audit_log" ADD COLUMN "hash" text;--> statement-breakpoint
ALTER TABLE "audit_log" ADD COLUMN "salt" text;--> statement-breakpoint
ALTER TABLE "events" ADD COLUMN "ordinal" bigint NOT NULL GENERATED ALWAYS AS IDENTITY (sequence name "events_ordinal_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1);--> statement-breakpoint
ALTER TABLE "webhook_deliveries" ADD CONSTRAINT "webhook_deliveries_endpoint" FOREIGN KEY ("tenant_id","endpoint_id") REFERENCES "public"."webhook_endpoints"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "webhook_deliveries_external_id" ON "webhook_deliveries" USING btree ("tenant_id","external_id") WHERE "webhook_deliveries"."external_id" is not null and "webhook_deliveries"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "webhook_deliveries_updated_at" ON "webhook_deliveries" USING btree ("tenant_id","updated_at");--> statement-breakpoint
CREATE UNIQUE INDEX "webhook_deliveries_event" ON "webhook_deliveries" USING btree ("tenant_id","endpoint_id","event_id");--> statement-breakpoint
CREATE INDEX "webhook_deliveries_due" ON "webhook_deliveries" USING btree ("tenant_id","endpoint_id","next_attempt_at","event_seq") WHERE "webhook_deliveries"."status" = 'pending';--> statement-breakpoint
CREATE INDEX "webhook_deliveries_leased" ON "webhook_deliveries" USING btree ("tenant_id","endpoint_id") WHERE "webhook_deliveries"."leased_until" is not null;--> statement-breakpoint
CREATE INDEX "webhook_deliveries_created_at" ON "webhook_deliveries" USING btree ("tenant_id","created_at");--> statement-breakpoint
CREATE UNIQUE INDEX "webhook_endpoints_external_id" ON "webhook_endpoints" USING btree ("tenant_id","external_id") WHERE "webhook_endpoints"."external_id" is not null and "webhook_endpoints"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "webhook_endpoints_updated_at" ON "webhook_endpoints" USING btree ("tenant_id","updated_at");--> statement-breakpoint
CREATE INDEX "unsequenced_id" ON "unsequenced" USING btree ("id");--> statement-breakpoint
CREATE UNIQUE INDEX "audit_log_seq" ON "audit_log" USING btree ("tenant_id","seq");--> statement-breakpoint
CREATE INDEX "audit_log_unsequenced" ON "audit_log" USING btree ("tenant_id","ordinal") WHERE "audit_log"."seq" is null;--> statement-breakpoint
CREATE UNIQUE INDEX "events_seq" ON "events" USING btree ("tenant_id","seq");--> statement-breakpoint
CREATE INDEX "events_unsequenced" ON "events" USING btree ("tenant_id","ordinal") WHERE "events"."seq" is null;