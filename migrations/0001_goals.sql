CREATE TABLE "blockers" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"external_id" text,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamptz(3) NOT NULL,
	"updated_at" timestamptz(3) NOT NULL,
	"deleted_at" timestamptz(3),
	"objective_id" uuid,
	"key_result_id" uuid,
	"initiative_id" uuid,
	"subject_type" text GENERATED ALWAYS AS (case when objective_id is not null then 'objective' when key_result_id is not null then 'key_result' else 'initiative' end) STORED NOT NULL,
	"subject_id" uuid GENERATED ALWAYS AS (coalesce(objective_id, key_result_id, initiative_id)) STORED NOT NULL,
	"check_in_id" uuid,
	"title" text NOT NULL,
	"description" text,
	"severity" text NOT NULL,
	"owner_id" uuid,
	"state" text NOT NULL,
	"resolved_at" timestamptz(3),
	CONSTRAINT "blockers_tenant_id_id_pk" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "blockers_one_subject" CHECK (num_nonnulls("blockers"."objective_id", "blockers"."key_result_id", "blockers"."initiative_id") = 1),
	CONSTRAINT "blockers_severity" CHECK ("blockers"."severity" in ('low', 'medium', 'high', 'critical')),
	CONSTRAINT "blockers_state" CHECK (("blockers"."state" = 'open' and "blockers"."resolved_at" is null) or ("blockers"."state" = 'resolved' and "blockers"."resolved_at" is not null))
);
--> statement-breakpoint
CREATE TABLE "comments" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"external_id" text,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamptz(3) NOT NULL,
	"updated_at" timestamptz(3) NOT NULL,
	"deleted_at" timestamptz(3),
	"objective_id" uuid,
	"key_result_id" uuid,
	"initiative_id" uuid,
	"check_in_id" uuid,
	"subject_type" text GENERATED ALWAYS AS (case when objective_id is not null then 'objective' when key_result_id is not null then 'key_result' when initiative_id is not null then 'initiative' else 'check_in' end) STORED NOT NULL,
	"subject_id" uuid GENERATED ALWAYS AS (coalesce(objective_id, key_result_id, initiative_id, check_in_id)) STORED NOT NULL,
	"body" text NOT NULL,
	"author_id" uuid NOT NULL,
	"mentions" uuid[] NOT NULL,
	CONSTRAINT "comments_tenant_id_id_pk" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "comments_one_subject" CHECK (num_nonnulls("comments"."objective_id", "comments"."key_result_id", "comments"."initiative_id", "comments"."check_in_id") = 1)
);
--> statement-breakpoint
CREATE TABLE "initiative_key_results" (
	"tenant_id" uuid NOT NULL,
	"initiative_id" uuid NOT NULL,
	"key_result_id" uuid NOT NULL,
	CONSTRAINT "initiative_key_results_tenant_id_key_result_id_initiative_id_pk" PRIMARY KEY("tenant_id","key_result_id","initiative_id")
);
--> statement-breakpoint
CREATE TABLE "initiatives" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"external_id" text,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamptz(3) NOT NULL,
	"updated_at" timestamptz(3) NOT NULL,
	"deleted_at" timestamptz(3),
	"title" text NOT NULL,
	"description" text,
	"owner_id" uuid,
	"objective_id" uuid,
	"key_result_ids" uuid[] NOT NULL,
	"state" text NOT NULL,
	"tasks" jsonb NOT NULL,
	"progress" double precision,
	"weight" double precision,
	"budget" double precision,
	"effort" double precision,
	"starts_on" date,
	"due_on" date,
	"links" text[] NOT NULL,
	CONSTRAINT "initiatives_tenant_id_id_pk" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "initiatives_state" CHECK ("initiatives"."state" in ('planned', 'in_progress', 'blocked', 'done', 'cancelled')),
	CONSTRAINT "initiatives_weight" CHECK ("initiatives"."weight" between 0 and 1e6),
	CONSTRAINT "initiatives_progress" CHECK ("initiatives"."progress" between 0 and 1),
	CONSTRAINT "initiatives_days" CHECK ("initiatives"."starts_on" <= "initiatives"."due_on")
);
--> statement-breakpoint
CREATE TABLE "key_result_links" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"external_id" text,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamptz(3) NOT NULL,
	"updated_at" timestamptz(3) NOT NULL,
	"deleted_at" timestamptz(3),
	"child_key_result_id" uuid NOT NULL,
	"parent_key_result_id" uuid NOT NULL,
	"share" double precision NOT NULL,
	CONSTRAINT "key_result_links_tenant_id_id_pk" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "key_result_links_share" CHECK ("key_result_links"."share" > 0 and "key_result_links"."share" <= 1)
);
--> statement-breakpoint
CREATE TABLE "objective_updates" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"external_id" text,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamptz(3) NOT NULL,
	"updated_at" timestamptz(3) NOT NULL,
	"deleted_at" timestamptz(3),
	"objective_id" uuid NOT NULL,
	"text" text NOT NULL,
	"reported_health" text,
	"effective_at" timestamptz(3) NOT NULL,
	"author_id" uuid NOT NULL,
	"by_person" boolean NOT NULL,
	CONSTRAINT "objective_updates_tenant_id_id_pk" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "objective_updates_reported_health" CHECK ("objective_updates"."reported_health" in ('on_track', 'at_risk', 'off_track'))
);
--> statement-breakpoint
CREATE TABLE "okr_templates" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"external_id" text,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamptz(3) NOT NULL,
	"updated_at" timestamptz(3) NOT NULL,
	"deleted_at" timestamptz(3),
	"name" text NOT NULL,
	"area" text NOT NULL,
	"objective" jsonb NOT NULL,
	"key_results" jsonb NOT NULL,
	CONSTRAINT "okr_templates_tenant_id_id_pk" PRIMARY KEY("tenant_id","id")
);
--> statement-breakpoint
CREATE TABLE "retrospectives" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"external_id" text,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamptz(3) NOT NULL,
	"updated_at" timestamptz(3) NOT NULL,
	"deleted_at" timestamptz(3),
	"cycle_id" uuid NOT NULL,
	"team_id" uuid,
	"objective_id" uuid,
	"held_on" date NOT NULL,
	"worked" text,
	"did_not_work" text,
	"kpi_changes" text,
	"decisions" text,
	"author_id" uuid NOT NULL,
	CONSTRAINT "retrospectives_tenant_id_id_pk" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "retrospectives_one_subject" CHECK (num_nonnulls("retrospectives"."team_id", "retrospectives"."objective_id") <= 1)
);
--> statement-breakpoint
ALTER TABLE "key_results" DROP CONSTRAINT "key_results_source";--> statement-breakpoint
ALTER TABLE "blockers" ADD CONSTRAINT "blockers_objective" FOREIGN KEY ("tenant_id","objective_id") REFERENCES "public"."objectives"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "blockers" ADD CONSTRAINT "blockers_key_result" FOREIGN KEY ("tenant_id","key_result_id") REFERENCES "public"."key_results"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "blockers" ADD CONSTRAINT "blockers_initiative" FOREIGN KEY ("tenant_id","initiative_id") REFERENCES "public"."initiatives"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "blockers" ADD CONSTRAINT "blockers_check_in" FOREIGN KEY ("tenant_id","check_in_id") REFERENCES "public"."check_ins"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "blockers" ADD CONSTRAINT "blockers_owner" FOREIGN KEY ("tenant_id","owner_id") REFERENCES "public"."users"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "comments" ADD CONSTRAINT "comments_objective" FOREIGN KEY ("tenant_id","objective_id") REFERENCES "public"."objectives"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "comments" ADD CONSTRAINT "comments_key_result" FOREIGN KEY ("tenant_id","key_result_id") REFERENCES "public"."key_results"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "comments" ADD CONSTRAINT "comments_initiative" FOREIGN KEY ("tenant_id","initiative_id") REFERENCES "public"."initiatives"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "comments" ADD CONSTRAINT "comments_check_in" FOREIGN KEY ("tenant_id","check_in_id") REFERENCES "public"."check_ins"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "initiative_key_results" ADD CONSTRAINT "initiative_key_results_initiative" FOREIGN KEY ("tenant_id","initiative_id") REFERENCES "public"."initiatives"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "initiative_key_results" ADD CONSTRAINT "initiative_key_results_key_result" FOREIGN KEY ("tenant_id","key_result_id") REFERENCES "public"."key_results"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "initiatives" ADD CONSTRAINT "initiatives_owner" FOREIGN KEY ("tenant_id","owner_id") REFERENCES "public"."users"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "initiatives" ADD CONSTRAINT "initiatives_objective" FOREIGN KEY ("tenant_id","objective_id") REFERENCES "public"."objectives"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "key_result_links" ADD CONSTRAINT "key_result_links_child" FOREIGN KEY ("tenant_id","child_key_result_id") REFERENCES "public"."key_results"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "key_result_links" ADD CONSTRAINT "key_result_links_parent" FOREIGN KEY ("tenant_id","parent_key_result_id") REFERENCES "public"."key_results"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "objective_updates" ADD CONSTRAINT "objective_updates_objective" FOREIGN KEY ("tenant_id","objective_id") REFERENCES "public"."objectives"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "retrospectives" ADD CONSTRAINT "retrospectives_cycle" FOREIGN KEY ("tenant_id","cycle_id") REFERENCES "public"."cycles"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "retrospectives" ADD CONSTRAINT "retrospectives_team" FOREIGN KEY ("tenant_id","team_id") REFERENCES "public"."teams"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "retrospectives" ADD CONSTRAINT "retrospectives_objective" FOREIGN KEY ("tenant_id","objective_id") REFERENCES "public"."objectives"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "blockers_external_id" ON "blockers" USING btree ("tenant_id","external_id") WHERE "blockers"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "blockers_updated_at" ON "blockers" USING btree ("tenant_id","updated_at");--> statement-breakpoint
CREATE INDEX "blockers_subject_id" ON "blockers" USING btree ("tenant_id","subject_id");--> statement-breakpoint
CREATE INDEX "blockers_check_in_id" ON "blockers" USING btree ("tenant_id","check_in_id");--> statement-breakpoint
CREATE INDEX "blockers_owner_id" ON "blockers" USING btree ("tenant_id","owner_id");--> statement-breakpoint
CREATE UNIQUE INDEX "comments_external_id" ON "comments" USING btree ("tenant_id","external_id") WHERE "comments"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "comments_updated_at" ON "comments" USING btree ("tenant_id","updated_at");--> statement-breakpoint
CREATE INDEX "comments_subject_id" ON "comments" USING btree ("tenant_id","subject_id");--> statement-breakpoint
CREATE INDEX "initiative_key_results_initiative_id" ON "initiative_key_results" USING btree ("tenant_id","initiative_id");--> statement-breakpoint
CREATE UNIQUE INDEX "initiatives_external_id" ON "initiatives" USING btree ("tenant_id","external_id") WHERE "initiatives"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "initiatives_updated_at" ON "initiatives" USING btree ("tenant_id","updated_at");--> statement-breakpoint
CREATE INDEX "initiatives_owner_id" ON "initiatives" USING btree ("tenant_id","owner_id");--> statement-breakpoint
CREATE INDEX "initiatives_objective_id" ON "initiatives" USING btree ("tenant_id","objective_id");--> statement-breakpoint
CREATE UNIQUE INDEX "key_result_links_external_id" ON "key_result_links" USING btree ("tenant_id","external_id") WHERE "key_result_links"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "key_result_links_updated_at" ON "key_result_links" USING btree ("tenant_id","updated_at");--> statement-breakpoint
CREATE UNIQUE INDEX "key_result_links_once" ON "key_result_links" USING btree ("tenant_id","child_key_result_id","parent_key_result_id") WHERE "key_result_links"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "key_result_links_parent_id" ON "key_result_links" USING btree ("tenant_id","parent_key_result_id");--> statement-breakpoint
CREATE UNIQUE INDEX "objective_updates_external_id" ON "objective_updates" USING btree ("tenant_id","external_id") WHERE "objective_updates"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "objective_updates_updated_at" ON "objective_updates" USING btree ("tenant_id","updated_at");--> statement-breakpoint
CREATE INDEX "objective_updates_objective_id" ON "objective_updates" USING btree ("tenant_id","objective_id","effective_at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE UNIQUE INDEX "okr_templates_external_id" ON "okr_templates" USING btree ("tenant_id","external_id") WHERE "okr_templates"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "okr_templates_updated_at" ON "okr_templates" USING btree ("tenant_id","updated_at");--> statement-breakpoint
CREATE UNIQUE INDEX "retrospectives_external_id" ON "retrospectives" USING btree ("tenant_id","external_id") WHERE "retrospectives"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "retrospectives_updated_at" ON "retrospectives" USING btree ("tenant_id","updated_at");--> statement-breakpoint
CREATE INDEX "retrospectives_cycle_id" ON "retrospectives" USING btree ("tenant_id","cycle_id");--> statement-breakpoint
CREATE INDEX "retrospectives_team_id" ON "retrospectives" USING btree ("tenant_id","team_id");--> statement-breakpoint
CREATE INDEX "retrospectives_objective_id" ON "retrospectives" USING btree ("tenant_id","objective_id");--> statement-breakpoint
ALTER TABLE "key_results" ADD CONSTRAINT "key_results_source" CHECK ("key_results"."source" in ('checkins', 'rollup', 'aligned', 'initiatives'));