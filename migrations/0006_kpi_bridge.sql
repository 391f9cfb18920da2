CREATE TABLE "kpi_templates" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"external_id" text,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamptz(3) NOT NULL,
	"updated_at" timestamptz(3) NOT NULL,
	"deleted_at" timestamptz(3),
	"name" text NOT NULL,
	"area" text NOT NULL,
	"tells" text NOT NULL,
	"computed_from" text,
	"kpi" jsonb NOT NULL,
	CONSTRAINT "kpi_templates_tenant_id_id_pk" PRIMARY KEY("tenant_id","id")
);
--> statement-breakpoint
CREATE TABLE "scorecards" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"external_id" text,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamptz(3) NOT NULL,
	"updated_at" timestamptz(3) NOT NULL,
	"deleted_at" timestamptz(3),
	"name" text NOT NULL,
	"description" text,
	"owner_user_id" uuid,
	"owner_department_id" uuid,
	"owner_team_id" uuid,
	"owner_type" text GENERATED ALWAYS AS (case when owner_user_id is not null then 'user' when owner_team_id is not null then 'team' when owner_department_id is not null then 'department' else 'organization' end) STORED NOT NULL,
	"owner_id" uuid GENERATED ALWAYS AS (coalesce(owner_user_id, owner_team_id, owner_department_id, tenant_id)) STORED NOT NULL,
	"visibility" text NOT NULL,
	"perspectives" text[] NOT NULL,
	"items" jsonb NOT NULL,
	"kpi_ids" uuid[] NOT NULL,
	CONSTRAINT "scorecards_tenant_id_id_pk" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "scorecards_one_owner" CHECK (num_nonnulls("scorecards"."owner_user_id", "scorecards"."owner_department_id", "scorecards"."owner_team_id") <= 1),
	CONSTRAINT "scorecards_visibility" CHECK ("scorecards"."visibility" in ('organization', 'restricted', 'private'))
);
--> statement-breakpoint
ALTER TABLE "comments" DROP CONSTRAINT "comments_one_subject";--> statement-breakpoint
ALTER TABLE "key_results" DROP CONSTRAINT "key_results_source";--> statement-breakpoint
ALTER TABLE "comments" ADD COLUMN "kpi_id" uuid;--> statement-breakpoint
ALTER TABLE "comments" drop column "subject_type";--> statement-breakpoint
ALTER TABLE "comments" ADD COLUMN "subject_type" text GENERATED ALWAYS AS (case when objective_id is not null then 'objective' when key_result_id is not null then 'key_result' when initiative_id is not null then 'initiative' when check_in_id is not null then 'check_in' else 'kpi' end) STORED NOT NULL;--> statement-breakpoint
ALTER TABLE "comments" drop column "subject_id";--> statement-breakpoint
ALTER TABLE "comments" ADD COLUMN "subject_id" uuid GENERATED ALWAYS AS (coalesce(objective_id, key_result_id, initiative_id, check_in_id, kpi_id)) STORED NOT NULL;--> statement-breakpoint
CREATE INDEX "comments_subject_id" ON "comments" USING btree ("tenant_id","subject_id");--> statement-breakpoint
ALTER TABLE "initiatives" ADD COLUMN "kpi_ids" uuid[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "key_results" ADD COLUMN "kpi_id" uuid;--> statement-breakpoint
ALTER TABLE "key_results" ADD COLUMN "kpi_window" text;--> statement-breakpoint
ALTER TABLE "objectives" ADD COLUMN "watched_kpi_ids" uuid[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "scorecards" ADD CONSTRAINT "scorecards_owner_user" FOREIGN KEY ("tenant_id","owner_user_id") REFERENCES "public"."users"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "scorecards" ADD CONSTRAINT "scorecards_owner_department" FOREIGN KEY ("tenant_id","owner_department_id") REFERENCES "public"."departments"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "scorecards" ADD CONSTRAINT "scorecards_owner_team" FOREIGN KEY ("tenant_id","owner_team_id") REFERENCES "public"."teams"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "kpi_templates_external_id" ON "kpi_templates" USING btree ("tenant_id","external_id") WHERE "kpi_templates"."external_id" is not null and "kpi_templates"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "kpi_templates_updated_at" ON "kpi_templates" USING btree ("tenant_id","updated_at");--> statement-breakpoint
CREATE UNIQUE INDEX "scorecards_external_id" ON "scorecards" USING btree ("tenant_id","external_id") WHERE "scorecards"."external_id" is not null and "scorecards"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "scorecards_updated_at" ON "scorecards" USING btree ("tenant_id","updated_at");--> statement-breakpoint
CREATE INDEX "scorecards_owner_id" ON "scorecards" USING btree ("tenant_id","owner_id");--> statement-breakpoint
ALTER TABLE "comments" ADD CONSTRAINT "comments_kpi" FOREIGN KEY ("tenant_id","kpi_id") REFERENCES "public"."kpis"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "key_results" ADD CONSTRAINT "key_results_kpi" FOREIGN KEY ("tenant_id","kpi_id") REFERENCES "public"."kpis"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "key_results_kpi_id" ON "key_results" USING btree ("tenant_id","kpi_id") WHERE "key_results"."kpi_id" is not null;--> statement-breakpoint
ALTER TABLE "comments" ADD CONSTRAINT "comments_one_subject" CHECK (num_nonnulls("comments"."objective_id", "comments"."key_result_id", "comments"."initiative_id", "comments"."check_in_id", "comments"."kpi_id") = 1);--> statement-breakpoint
ALTER TABLE "key_results" ADD CONSTRAINT "key_results_kpi_window" CHECK ("key_results"."kpi_window" in ('latest', 'cycle'));--> statement-breakpoint
ALTER TABLE "key_results" ADD CONSTRAINT "key_results_follows" CHECK (("key_results"."source" = 'kpi') = ("key_results"."kpi_id" is not null and "key_results"."kpi_window" is not null));--> statement-breakpoint
ALTER TABLE "key_results" ADD CONSTRAINT "key_results_source" CHECK ("key_results"."source" in ('checkins', 'kpi', 'rollup', 'aligned', 'initiatives'));