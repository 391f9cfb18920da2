-- The health timeline of a stored score as two lists of equal length, ascending by day, so that SQL finds the health of a
-- day by halving. What the segments are is the scoring core's business.
CREATE FUNCTION timeline_days(score jsonb) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN (
	SELECT array_agg(coalesce(segment ->> 'from', '') ORDER BY place)
	FROM jsonb_array_elements(score -> 'timeline') WITH ORDINALITY AS s (segment, place)
);--> statement-breakpoint
CREATE FUNCTION timeline_healths(score jsonb) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN (
	SELECT array_agg(segment ->> 'effective' ORDER BY place)
	FROM jsonb_array_elements(score -> 'timeline') WITH ORDINALITY AS s (segment, place)
);--> statement-breakpoint
CREATE TABLE "frozen_explanations" (
	"tenant_id" uuid NOT NULL,
	"sha256" text NOT NULL,
	"body" text NOT NULL,
	CONSTRAINT "frozen_explanations_tenant_id_sha256_pk" PRIMARY KEY("tenant_id","sha256")
);
--> statement-breakpoint
CREATE TABLE "midnights" (
	"tenant_id" uuid NOT NULL,
	"through" date NOT NULL,
	CONSTRAINT "midnights_tenant_id_pk" PRIMARY KEY("tenant_id")
);
--> statement-breakpoint
CREATE TABLE "revisions" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"external_id" text,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamptz(3) NOT NULL,
	"updated_at" timestamptz(3) NOT NULL,
	"deleted_at" timestamptz(3),
	"key_result_id" uuid NOT NULL,
	"recorded_at" timestamptz(3) NOT NULL,
	"author_id" uuid NOT NULL,
	"reason" text NOT NULL,
	"changes" jsonb NOT NULL,
	CONSTRAINT "revisions_tenant_id_id_pk" PRIMARY KEY("tenant_id","id")
);
--> statement-breakpoint
ALTER TABLE "check_ins" ADD COLUMN "carried" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "key_results" ADD COLUMN "grade_reason" text;--> statement-breakpoint
ALTER TABLE "key_results" ADD COLUMN "settled_on" date;--> statement-breakpoint
ALTER TABLE "key_results" ADD COLUMN "explanation_sha256" text;--> statement-breakpoint
ALTER TABLE "key_results" ADD COLUMN "health_from" text[] GENERATED ALWAYS AS (timeline_days(score)) STORED;--> statement-breakpoint
ALTER TABLE "key_results" ADD COLUMN "health_is" text[] GENERATED ALWAYS AS (timeline_healths(score)) STORED;--> statement-breakpoint
ALTER TABLE "objectives" ADD COLUMN "grade_reason" text;--> statement-breakpoint
ALTER TABLE "objectives" ADD COLUMN "explanation_sha256" text;--> statement-breakpoint
ALTER TABLE "objectives" ADD COLUMN "health_from" text[] GENERATED ALWAYS AS (timeline_days(score)) STORED;--> statement-breakpoint
ALTER TABLE "objectives" ADD COLUMN "health_is" text[] GENERATED ALWAYS AS (timeline_healths(score)) STORED;--> statement-breakpoint
ALTER TABLE "revisions" ADD CONSTRAINT "revisions_key_result" FOREIGN KEY ("tenant_id","key_result_id") REFERENCES "public"."key_results"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "revisions_external_id" ON "revisions" USING btree ("tenant_id","external_id") WHERE "revisions"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "revisions_updated_at" ON "revisions" USING btree ("tenant_id","updated_at");--> statement-breakpoint
CREATE INDEX "revisions_key_result_id" ON "revisions" USING btree ("tenant_id","key_result_id","recorded_at");