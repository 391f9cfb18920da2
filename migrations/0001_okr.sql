CREATE TABLE "alignments" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"external_id" text,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamptz(3) NOT NULL,
	"updated_at" timestamptz(3) NOT NULL,
	"deleted_at" timestamptz(3),
	"child_objective_id" uuid NOT NULL,
	"parent_objective_id" uuid,
	"parent_key_result_id" uuid,
	"relation" text NOT NULL,
	"weight" double precision NOT NULL,
	CONSTRAINT "alignments_tenant_id_id_pk" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "alignments_one_parent" CHECK (num_nonnulls("alignments"."parent_objective_id", "alignments"."parent_key_result_id") = 1),
	CONSTRAINT "alignments_relation" CHECK ("alignments"."relation" in ('contributes', 'supports')),
	CONSTRAINT "alignments_weight" CHECK ("alignments"."weight" between 0 and 1e6)
);
--> statement-breakpoint
CREATE TABLE "api_keys" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"external_id" text,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamptz(3) NOT NULL,
	"updated_at" timestamptz(3) NOT NULL,
	"deleted_at" timestamptz(3),
	"name" text NOT NULL,
	"secret_hash" text NOT NULL,
	"role" text NOT NULL,
	"scopes" text[] NOT NULL,
	"expires_at" timestamptz(3),
	"last_used_at" timestamptz(3),
	CONSTRAINT "api_keys_tenant_id_id_pk" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "api_keys_role" CHECK ("api_keys"."role" in ('admin', 'hr', 'manager', 'member', 'viewer', 'integration'))
);
--> statement-breakpoint
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
CREATE TABLE "check_ins" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"external_id" text,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamptz(3) NOT NULL,
	"updated_at" timestamptz(3) NOT NULL,
	"deleted_at" timestamptz(3),
	"key_result_id" uuid NOT NULL,
	"value" double precision,
	"zone" text,
	"step_id" uuid,
	"step_done" boolean,
	"confidence" double precision,
	"reported_health" text,
	"note" text,
	"effective_at" timestamptz(3) NOT NULL,
	"recorded_at" timestamptz(3) DEFAULT current_setting('app.recorded_at')::timestamptz NOT NULL,
	"author_id" uuid NOT NULL,
	"by_person" boolean NOT NULL,
	"supersedes_id" uuid,
	"superseded_at" timestamptz(3),
	"voided" boolean NOT NULL,
	"carried" boolean DEFAULT false NOT NULL,
	CONSTRAINT "check_ins_tenant_id_id_pk" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "check_ins_reported_health" CHECK ("check_ins"."reported_health" in ('on_track', 'at_risk', 'off_track')),
	CONSTRAINT "check_ins_confidence" CHECK ("check_ins"."confidence" between 0 and 1),
	CONSTRAINT "check_ins_one_reading" CHECK (num_nonnulls("check_ins"."value", "check_ins"."zone", "check_ins"."step_id") <= 1)
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
CREATE TABLE "cycles" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"external_id" text,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamptz(3) NOT NULL,
	"updated_at" timestamptz(3) NOT NULL,
	"deleted_at" timestamptz(3),
	"name" text NOT NULL,
	"kind" text NOT NULL,
	"starts_on" date NOT NULL,
	"ends_on" date NOT NULL,
	"parent_id" uuid,
	"root_id" uuid NOT NULL,
	"state" text NOT NULL,
	"policy" jsonb NOT NULL,
	CONSTRAINT "cycles_tenant_id_id_pk" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "cycles_kind" CHECK ("cycles"."kind" in ('year', 'half', 'quarter', 'month', 'custom')),
	CONSTRAINT "cycles_state" CHECK ("cycles"."state" in ('planned', 'active', 'closing', 'closed')),
	CONSTRAINT "cycles_days" CHECK ("cycles"."starts_on" <= "cycles"."ends_on")
);
--> statement-breakpoint
CREATE TABLE "goal_graphs" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"last_recorded_at" timestamptz(3) NOT NULL,
	CONSTRAINT "goal_graphs_tenant_id_id_pk" PRIMARY KEY("tenant_id","id")
);
--> statement-breakpoint
CREATE TABLE "departments" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"external_id" text,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamptz(3) NOT NULL,
	"updated_at" timestamptz(3) NOT NULL,
	"deleted_at" timestamptz(3),
	"name" text NOT NULL,
	"code" text,
	"parent_id" uuid,
	"lead_id" uuid,
	CONSTRAINT "departments_tenant_id_id_pk" PRIMARY KEY("tenant_id","id")
);
--> statement-breakpoint
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
CREATE TABLE "score_points" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"objective_id" uuid,
	"key_result_id" uuid,
	"recorded_at" timestamptz(3) NOT NULL,
	"attainment" double precision,
	"progress" double precision,
	"confidence" double precision,
	"coverage" double precision,
	"timeline" jsonb NOT NULL,
	"cause_type" text NOT NULL,
	"cause_id" uuid NOT NULL,
	"scoring_version" integer NOT NULL,
	CONSTRAINT "score_points_tenant_id_id_pk" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "score_points_one_subject" CHECK (num_nonnulls("score_points"."objective_id", "score_points"."key_result_id") = 1)
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
CREATE TABLE "key_results" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"external_id" text,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamptz(3) NOT NULL,
	"updated_at" timestamptz(3) NOT NULL,
	"deleted_at" timestamptz(3),
	"objective_id" uuid NOT NULL,
	"title" text NOT NULL,
	"owner_id" uuid,
	"kind" text NOT NULL,
	"source" text NOT NULL,
	"role" text NOT NULL,
	"state" text NOT NULL,
	"weight" double precision NOT NULL,
	"unit" text,
	"baseline" double precision,
	"target" double precision,
	"waypoints" jsonb,
	"min" double precision,
	"max" double precision,
	"exclusive" boolean,
	"mode" text,
	"period" text,
	"steps" jsonb,
	"zones" jsonb,
	"cadence" text NOT NULL,
	"starts_on" date,
	"due_on" date,
	"grade" double precision,
	"grade_reason" text,
	"settled_on" date,
	"explanation_sha256" text,
	"zone" text,
	"last_check_in_id" uuid,
	"score" jsonb,
	"attainment" double precision GENERATED ALWAYS AS ((score ->> 'attainment')::double precision) STORED,
	"progress" double precision GENERATED ALWAYS AS ((score ->> 'progress')::double precision) STORED,
	"confidence" double precision GENERATED ALWAYS AS ((score ->> 'confidence')::double precision) STORED,
	"coverage" double precision GENERATED ALWAYS AS ((score ->> 'coverage')::double precision) STORED,
	"projected" double precision GENERATED ALWAYS AS ((score ->> 'projected')::double precision) STORED,
	"health_from" text[] GENERATED ALWAYS AS (timeline_days(score)) STORED,
	"health_is" text[] GENERATED ALWAYS AS (timeline_healths(score)) STORED,
	"scored_at" timestamptz(3),
	"scoring_version" integer DEFAULT 1 NOT NULL,
	CONSTRAINT "key_results_tenant_id_id_pk" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "key_results_kind" CHECK ("key_results"."kind" in ('metric', 'threshold', 'milestone', 'ordinal', 'baseline')),
	CONSTRAINT "key_results_source" CHECK ("key_results"."source" in ('checkins', 'rollup', 'aligned', 'initiatives')),
	CONSTRAINT "key_results_role" CHECK ("key_results"."role" in ('measure', 'guardrail')),
	CONSTRAINT "key_results_state" CHECK ("key_results"."state" in ('draft', 'active', 'achieved', 'closed', 'cancelled', 'deferred')),
	CONSTRAINT "key_results_cadence" CHECK ("key_results"."cadence" in ('day', 'week', 'month', 'quarter')),
	CONSTRAINT "key_results_weight" CHECK ("key_results"."weight" between 0 and 1e6),
	CONSTRAINT "key_results_moves" CHECK (abs("key_results"."target" - "key_results"."baseline") >= 1e-9)
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
CREATE TABLE "objectives" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"external_id" text,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamptz(3) NOT NULL,
	"updated_at" timestamptz(3) NOT NULL,
	"deleted_at" timestamptz(3),
	"title" text NOT NULL,
	"description" text,
	"rationale" text,
	"cycle_id" uuid NOT NULL,
	"pillar_id" uuid,
	"owner_user_id" uuid,
	"owner_department_id" uuid,
	"owner_team_id" uuid,
	"owner_type" text GENERATED ALWAYS AS (case when owner_user_id is not null then 'user' when owner_team_id is not null then 'team' when owner_department_id is not null then 'department' else 'organization' end) STORED NOT NULL,
	"owner_id" uuid GENERATED ALWAYS AS (coalesce(owner_user_id, owner_team_id, owner_department_id, tenant_id)) STORED NOT NULL,
	"contributors" jsonb NOT NULL,
	"commitment" text NOT NULL,
	"state" text NOT NULL,
	"progress_source" text NOT NULL,
	"manual_progress" double precision,
	"visibility" text NOT NULL,
	"tags" text[] NOT NULL,
	"custom" jsonb NOT NULL,
	"starts_on" date,
	"due_on" date,
	"carried_from_id" uuid,
	"agreed_at" timestamptz(3),
	"grade" double precision,
	"grade_reason" text,
	"explanation_sha256" text,
	"score" jsonb,
	"attainment" double precision GENERATED ALWAYS AS ((score ->> 'attainment')::double precision) STORED,
	"progress" double precision GENERATED ALWAYS AS ((score ->> 'progress')::double precision) STORED,
	"confidence" double precision GENERATED ALWAYS AS ((score ->> 'confidence')::double precision) STORED,
	"coverage" double precision GENERATED ALWAYS AS ((score ->> 'coverage')::double precision) STORED,
	"projected" double precision GENERATED ALWAYS AS ((score ->> 'projected')::double precision) STORED,
	"health_from" text[] GENERATED ALWAYS AS (timeline_days(score)) STORED,
	"health_is" text[] GENERATED ALWAYS AS (timeline_healths(score)) STORED,
	"scored_at" timestamptz(3),
	"scoring_version" integer DEFAULT 1 NOT NULL,
	CONSTRAINT "objectives_tenant_id_id_pk" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "objectives_one_owner" CHECK (num_nonnulls("objectives"."owner_user_id", "objectives"."owner_department_id", "objectives"."owner_team_id") <= 1),
	CONSTRAINT "objectives_commitment" CHECK ("objectives"."commitment" in ('committed', 'aspirational', 'learning')),
	CONSTRAINT "objectives_state" CHECK ("objectives"."state" in ('draft', 'active', 'achieved', 'closed', 'cancelled', 'deferred')),
	CONSTRAINT "objectives_progress_source" CHECK ("objectives"."progress_source" in ('both', 'key_results', 'aligned', 'manual')),
	CONSTRAINT "objectives_visibility" CHECK ("objectives"."visibility" in ('organization', 'restricted', 'private')),
	CONSTRAINT "objectives_manual_progress" CHECK ("objectives"."manual_progress" between 0 and 1)
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
CREATE TABLE "organizations" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"external_id" text,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamptz(3) NOT NULL,
	"updated_at" timestamptz(3) NOT NULL,
	"deleted_at" timestamptz(3),
	"name" text NOT NULL,
	"time_zone" text NOT NULL,
	"week_start" integer NOT NULL,
	"fiscal_year_start_month" integer NOT NULL,
	"default_cadence" text NOT NULL,
	"default_visibility" text NOT NULL,
	"policy" jsonb NOT NULL,
	"custom_fields" jsonb NOT NULL,
	"secret" text NOT NULL,
	CONSTRAINT "organizations_tenant_id_id_pk" PRIMARY KEY("tenant_id","id")
);
--> statement-breakpoint
CREATE TABLE "tenants" (
	"id" uuid PRIMARY KEY NOT NULL,
	"created_at" timestamptz(3) NOT NULL
);
--> statement-breakpoint
CREATE TABLE "pillars" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"external_id" text,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamptz(3) NOT NULL,
	"updated_at" timestamptz(3) NOT NULL,
	"deleted_at" timestamptz(3),
	"title" text NOT NULL,
	"narrative" text,
	"starts_on" date,
	"ends_on" date,
	"parent_id" uuid,
	CONSTRAINT "pillars_tenant_id_id_pk" PRIMARY KEY("tenant_id","id")
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
CREATE TABLE "team_memberships" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"external_id" text,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamptz(3) NOT NULL,
	"updated_at" timestamptz(3) NOT NULL,
	"deleted_at" timestamptz(3),
	"team_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	CONSTRAINT "team_memberships_tenant_id_id_pk" PRIMARY KEY("tenant_id","id")
);
--> statement-breakpoint
CREATE TABLE "teams" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"external_id" text,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamptz(3) NOT NULL,
	"updated_at" timestamptz(3) NOT NULL,
	"deleted_at" timestamptz(3),
	"name" text NOT NULL,
	"kind" text NOT NULL,
	"starts_on" date,
	"ends_on" date,
	"lead_id" uuid,
	CONSTRAINT "teams_tenant_id_id_pk" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "teams_kind" CHECK ("teams"."kind" in ('standing', 'temporary'))
);
--> statement-breakpoint
CREATE TABLE "users" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"external_id" text,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamptz(3) NOT NULL,
	"updated_at" timestamptz(3) NOT NULL,
	"deleted_at" timestamptz(3),
	"user_name" text NOT NULL,
	"user_name_folded" text NOT NULL,
	"email" text,
	"display_name" text NOT NULL,
	"title" text,
	"employee_number" text,
	"manager_id" uuid,
	"department_id" uuid,
	"active" boolean NOT NULL,
	"roles" text[] NOT NULL,
	"time_zone" text,
	CONSTRAINT "users_tenant_id_id_pk" PRIMARY KEY("tenant_id","id")
);
--> statement-breakpoint
CREATE TABLE "audit_log" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"at" timestamptz(3) NOT NULL,
	"actor_kind" text NOT NULL,
	"actor_id" uuid NOT NULL,
	"operation" text NOT NULL,
	"subject_ids" uuid[] NOT NULL,
	"input_digest" text NOT NULL,
	"request_id" text NOT NULL,
	CONSTRAINT "audit_log_tenant_id_id_pk" PRIMARY KEY("tenant_id","id")
);
--> statement-breakpoint
CREATE TABLE "events" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"seq" bigint,
	"type" text NOT NULL,
	"occurred_at" timestamptz(3) NOT NULL,
	"actor_id" uuid NOT NULL,
	"subject_type" text NOT NULL,
	"subject_id" uuid NOT NULL,
	"changes" jsonb NOT NULL,
	"cause_type" text,
	"cause_id" uuid,
	CONSTRAINT "events_tenant_id_id_pk" PRIMARY KEY("tenant_id","id")
);
--> statement-breakpoint
CREATE TABLE "idempotency_keys" (
	"tenant_id" uuid NOT NULL,
	"actor_id" uuid NOT NULL,
	"key" text NOT NULL,
	"request_digest" text NOT NULL,
	"status" integer,
	"answer" text,
	"created_at" timestamptz(3) NOT NULL,
	CONSTRAINT "idempotency_keys_tenant_id_actor_id_key_pk" PRIMARY KEY("tenant_id","actor_id","key")
);
--> statement-breakpoint
ALTER TABLE "alignments" ADD CONSTRAINT "alignments_child" FOREIGN KEY ("tenant_id","child_objective_id") REFERENCES "public"."objectives"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "alignments" ADD CONSTRAINT "alignments_parent_objective" FOREIGN KEY ("tenant_id","parent_objective_id") REFERENCES "public"."objectives"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "alignments" ADD CONSTRAINT "alignments_parent_key_result" FOREIGN KEY ("tenant_id","parent_key_result_id") REFERENCES "public"."key_results"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "blockers" ADD CONSTRAINT "blockers_objective" FOREIGN KEY ("tenant_id","objective_id") REFERENCES "public"."objectives"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "blockers" ADD CONSTRAINT "blockers_key_result" FOREIGN KEY ("tenant_id","key_result_id") REFERENCES "public"."key_results"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "blockers" ADD CONSTRAINT "blockers_initiative" FOREIGN KEY ("tenant_id","initiative_id") REFERENCES "public"."initiatives"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "blockers" ADD CONSTRAINT "blockers_check_in" FOREIGN KEY ("tenant_id","check_in_id") REFERENCES "public"."check_ins"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "blockers" ADD CONSTRAINT "blockers_owner" FOREIGN KEY ("tenant_id","owner_id") REFERENCES "public"."users"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "check_ins" ADD CONSTRAINT "check_ins_key_result" FOREIGN KEY ("tenant_id","key_result_id") REFERENCES "public"."key_results"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "check_ins" ADD CONSTRAINT "check_ins_supersedes" FOREIGN KEY ("tenant_id","supersedes_id") REFERENCES "public"."check_ins"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "comments" ADD CONSTRAINT "comments_objective" FOREIGN KEY ("tenant_id","objective_id") REFERENCES "public"."objectives"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "comments" ADD CONSTRAINT "comments_key_result" FOREIGN KEY ("tenant_id","key_result_id") REFERENCES "public"."key_results"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "comments" ADD CONSTRAINT "comments_initiative" FOREIGN KEY ("tenant_id","initiative_id") REFERENCES "public"."initiatives"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "comments" ADD CONSTRAINT "comments_check_in" FOREIGN KEY ("tenant_id","check_in_id") REFERENCES "public"."check_ins"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "cycles" ADD CONSTRAINT "cycles_parent" FOREIGN KEY ("tenant_id","parent_id") REFERENCES "public"."cycles"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "goal_graphs" ADD CONSTRAINT "goal_graphs_cycle" FOREIGN KEY ("tenant_id","id") REFERENCES "public"."cycles"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "departments" ADD CONSTRAINT "departments_parent" FOREIGN KEY ("tenant_id","parent_id") REFERENCES "public"."departments"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "departments" ADD CONSTRAINT "departments_lead" FOREIGN KEY ("tenant_id","lead_id") REFERENCES "public"."users"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "score_points" ADD CONSTRAINT "score_points_objective" FOREIGN KEY ("tenant_id","objective_id") REFERENCES "public"."objectives"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "score_points" ADD CONSTRAINT "score_points_key_result" FOREIGN KEY ("tenant_id","key_result_id") REFERENCES "public"."key_results"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "initiative_key_results" ADD CONSTRAINT "initiative_key_results_initiative" FOREIGN KEY ("tenant_id","initiative_id") REFERENCES "public"."initiatives"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "initiative_key_results" ADD CONSTRAINT "initiative_key_results_key_result" FOREIGN KEY ("tenant_id","key_result_id") REFERENCES "public"."key_results"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "initiatives" ADD CONSTRAINT "initiatives_owner" FOREIGN KEY ("tenant_id","owner_id") REFERENCES "public"."users"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "initiatives" ADD CONSTRAINT "initiatives_objective" FOREIGN KEY ("tenant_id","objective_id") REFERENCES "public"."objectives"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "key_result_links" ADD CONSTRAINT "key_result_links_child" FOREIGN KEY ("tenant_id","child_key_result_id") REFERENCES "public"."key_results"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "key_result_links" ADD CONSTRAINT "key_result_links_parent" FOREIGN KEY ("tenant_id","parent_key_result_id") REFERENCES "public"."key_results"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "key_results" ADD CONSTRAINT "key_results_objective" FOREIGN KEY ("tenant_id","objective_id") REFERENCES "public"."objectives"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "key_results" ADD CONSTRAINT "key_results_owner" FOREIGN KEY ("tenant_id","owner_id") REFERENCES "public"."users"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "objective_updates" ADD CONSTRAINT "objective_updates_objective" FOREIGN KEY ("tenant_id","objective_id") REFERENCES "public"."objectives"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "objectives" ADD CONSTRAINT "objectives_cycle" FOREIGN KEY ("tenant_id","cycle_id") REFERENCES "public"."cycles"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "objectives" ADD CONSTRAINT "objectives_pillar" FOREIGN KEY ("tenant_id","pillar_id") REFERENCES "public"."pillars"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "objectives" ADD CONSTRAINT "objectives_owner_user" FOREIGN KEY ("tenant_id","owner_user_id") REFERENCES "public"."users"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "objectives" ADD CONSTRAINT "objectives_owner_department" FOREIGN KEY ("tenant_id","owner_department_id") REFERENCES "public"."departments"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "objectives" ADD CONSTRAINT "objectives_owner_team" FOREIGN KEY ("tenant_id","owner_team_id") REFERENCES "public"."teams"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "objectives" ADD CONSTRAINT "objectives_carried_from" FOREIGN KEY ("tenant_id","carried_from_id") REFERENCES "public"."objectives"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "pillars" ADD CONSTRAINT "pillars_parent" FOREIGN KEY ("tenant_id","parent_id") REFERENCES "public"."pillars"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "retrospectives" ADD CONSTRAINT "retrospectives_cycle" FOREIGN KEY ("tenant_id","cycle_id") REFERENCES "public"."cycles"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "retrospectives" ADD CONSTRAINT "retrospectives_team" FOREIGN KEY ("tenant_id","team_id") REFERENCES "public"."teams"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "retrospectives" ADD CONSTRAINT "retrospectives_objective" FOREIGN KEY ("tenant_id","objective_id") REFERENCES "public"."objectives"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "revisions" ADD CONSTRAINT "revisions_key_result" FOREIGN KEY ("tenant_id","key_result_id") REFERENCES "public"."key_results"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "team_memberships" ADD CONSTRAINT "team_memberships_team" FOREIGN KEY ("tenant_id","team_id") REFERENCES "public"."teams"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "team_memberships" ADD CONSTRAINT "team_memberships_user" FOREIGN KEY ("tenant_id","user_id") REFERENCES "public"."users"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "teams" ADD CONSTRAINT "teams_lead" FOREIGN KEY ("tenant_id","lead_id") REFERENCES "public"."users"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "users" ADD CONSTRAINT "users_manager" FOREIGN KEY ("tenant_id","manager_id") REFERENCES "public"."users"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "users" ADD CONSTRAINT "users_department" FOREIGN KEY ("tenant_id","department_id") REFERENCES "public"."departments"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "alignments_external_id" ON "alignments" USING btree ("tenant_id","external_id") WHERE "alignments"."external_id" is not null and "alignments"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "alignments_updated_at" ON "alignments" USING btree ("tenant_id","updated_at");--> statement-breakpoint
CREATE UNIQUE INDEX "alignments_objective_once" ON "alignments" USING btree ("tenant_id","child_objective_id","parent_objective_id") WHERE "alignments"."deleted_at" is null and "alignments"."parent_objective_id" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "alignments_key_result_once" ON "alignments" USING btree ("tenant_id","child_objective_id","parent_key_result_id") WHERE "alignments"."deleted_at" is null and "alignments"."parent_key_result_id" is not null;--> statement-breakpoint
CREATE INDEX "alignments_parent_objective_id" ON "alignments" USING btree ("tenant_id","parent_objective_id");--> statement-breakpoint
CREATE INDEX "alignments_parent_key_result_id" ON "alignments" USING btree ("tenant_id","parent_key_result_id");--> statement-breakpoint
CREATE UNIQUE INDEX "api_keys_external_id" ON "api_keys" USING btree ("tenant_id","external_id") WHERE "api_keys"."external_id" is not null and "api_keys"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "api_keys_updated_at" ON "api_keys" USING btree ("tenant_id","updated_at");--> statement-breakpoint
CREATE UNIQUE INDEX "blockers_external_id" ON "blockers" USING btree ("tenant_id","external_id") WHERE "blockers"."external_id" is not null and "blockers"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "blockers_updated_at" ON "blockers" USING btree ("tenant_id","updated_at");--> statement-breakpoint
CREATE INDEX "blockers_subject_id" ON "blockers" USING btree ("tenant_id","subject_id");--> statement-breakpoint
CREATE INDEX "blockers_check_in_id" ON "blockers" USING btree ("tenant_id","check_in_id");--> statement-breakpoint
CREATE INDEX "blockers_owner_id" ON "blockers" USING btree ("tenant_id","owner_id");--> statement-breakpoint
CREATE UNIQUE INDEX "check_ins_external_id" ON "check_ins" USING btree ("tenant_id","external_id") WHERE "check_ins"."external_id" is not null and "check_ins"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "check_ins_updated_at" ON "check_ins" USING btree ("tenant_id","updated_at");--> statement-breakpoint
CREATE INDEX "check_ins_live" ON "check_ins" USING btree ("tenant_id","key_result_id","effective_at" DESC NULLS LAST,"recorded_at" DESC NULLS LAST) WHERE "check_ins"."superseded_at" is null and not "check_ins"."voided";--> statement-breakpoint
CREATE INDEX "check_ins_key_result_id" ON "check_ins" USING btree ("tenant_id","key_result_id","id");--> statement-breakpoint
CREATE UNIQUE INDEX "comments_external_id" ON "comments" USING btree ("tenant_id","external_id") WHERE "comments"."external_id" is not null and "comments"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "comments_updated_at" ON "comments" USING btree ("tenant_id","updated_at");--> statement-breakpoint
CREATE INDEX "comments_subject_id" ON "comments" USING btree ("tenant_id","subject_id");--> statement-breakpoint
CREATE UNIQUE INDEX "cycles_external_id" ON "cycles" USING btree ("tenant_id","external_id") WHERE "cycles"."external_id" is not null and "cycles"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "cycles_updated_at" ON "cycles" USING btree ("tenant_id","updated_at");--> statement-breakpoint
CREATE INDEX "cycles_parent_id" ON "cycles" USING btree ("tenant_id","parent_id");--> statement-breakpoint
CREATE UNIQUE INDEX "departments_external_id" ON "departments" USING btree ("tenant_id","external_id") WHERE "departments"."external_id" is not null and "departments"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "departments_updated_at" ON "departments" USING btree ("tenant_id","updated_at");--> statement-breakpoint
CREATE INDEX "departments_parent_id" ON "departments" USING btree ("tenant_id","parent_id");--> statement-breakpoint
CREATE INDEX "departments_lead_id" ON "departments" USING btree ("tenant_id","lead_id");--> statement-breakpoint
CREATE INDEX "score_points_objective_id" ON "score_points" USING btree ("tenant_id","objective_id","recorded_at") WHERE "score_points"."objective_id" is not null;--> statement-breakpoint
CREATE INDEX "score_points_key_result_id" ON "score_points" USING btree ("tenant_id","key_result_id","recorded_at") WHERE "score_points"."key_result_id" is not null;--> statement-breakpoint
CREATE INDEX "initiative_key_results_initiative_id" ON "initiative_key_results" USING btree ("tenant_id","initiative_id");--> statement-breakpoint
CREATE UNIQUE INDEX "initiatives_external_id" ON "initiatives" USING btree ("tenant_id","external_id") WHERE "initiatives"."external_id" is not null and "initiatives"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "initiatives_updated_at" ON "initiatives" USING btree ("tenant_id","updated_at");--> statement-breakpoint
CREATE INDEX "initiatives_owner_id" ON "initiatives" USING btree ("tenant_id","owner_id");--> statement-breakpoint
CREATE INDEX "initiatives_objective_id" ON "initiatives" USING btree ("tenant_id","objective_id");--> statement-breakpoint
CREATE UNIQUE INDEX "key_result_links_external_id" ON "key_result_links" USING btree ("tenant_id","external_id") WHERE "key_result_links"."external_id" is not null and "key_result_links"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "key_result_links_updated_at" ON "key_result_links" USING btree ("tenant_id","updated_at");--> statement-breakpoint
CREATE UNIQUE INDEX "key_result_links_once" ON "key_result_links" USING btree ("tenant_id","child_key_result_id","parent_key_result_id") WHERE "key_result_links"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "key_result_links_parent_id" ON "key_result_links" USING btree ("tenant_id","parent_key_result_id");--> statement-breakpoint
CREATE UNIQUE INDEX "key_results_external_id" ON "key_results" USING btree ("tenant_id","external_id") WHERE "key_results"."external_id" is not null and "key_results"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "key_results_updated_at" ON "key_results" USING btree ("tenant_id","updated_at");--> statement-breakpoint
CREATE INDEX "key_results_objective_id" ON "key_results" USING btree ("tenant_id","objective_id");--> statement-breakpoint
CREATE INDEX "key_results_owner_id" ON "key_results" USING btree ("tenant_id","owner_id");--> statement-breakpoint
CREATE UNIQUE INDEX "objective_updates_external_id" ON "objective_updates" USING btree ("tenant_id","external_id") WHERE "objective_updates"."external_id" is not null and "objective_updates"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "objective_updates_updated_at" ON "objective_updates" USING btree ("tenant_id","updated_at");--> statement-breakpoint
CREATE INDEX "objective_updates_objective_id" ON "objective_updates" USING btree ("tenant_id","objective_id","effective_at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE UNIQUE INDEX "objectives_external_id" ON "objectives" USING btree ("tenant_id","external_id") WHERE "objectives"."external_id" is not null and "objectives"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "objectives_updated_at" ON "objectives" USING btree ("tenant_id","updated_at");--> statement-breakpoint
CREATE INDEX "objectives_cycle_id" ON "objectives" USING btree ("tenant_id","cycle_id");--> statement-breakpoint
CREATE INDEX "objectives_owner_id" ON "objectives" USING btree ("tenant_id","owner_id");--> statement-breakpoint
CREATE INDEX "objectives_pillar_id" ON "objectives" USING btree ("tenant_id","pillar_id");--> statement-breakpoint
CREATE INDEX "objectives_carried_from_id" ON "objectives" USING btree ("tenant_id","carried_from_id");--> statement-breakpoint
CREATE UNIQUE INDEX "okr_templates_external_id" ON "okr_templates" USING btree ("tenant_id","external_id") WHERE "okr_templates"."external_id" is not null and "okr_templates"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "okr_templates_updated_at" ON "okr_templates" USING btree ("tenant_id","updated_at");--> statement-breakpoint
CREATE UNIQUE INDEX "organizations_external_id" ON "organizations" USING btree ("tenant_id","external_id") WHERE "organizations"."external_id" is not null and "organizations"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "organizations_updated_at" ON "organizations" USING btree ("tenant_id","updated_at");--> statement-breakpoint
CREATE UNIQUE INDEX "pillars_external_id" ON "pillars" USING btree ("tenant_id","external_id") WHERE "pillars"."external_id" is not null and "pillars"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "pillars_updated_at" ON "pillars" USING btree ("tenant_id","updated_at");--> statement-breakpoint
CREATE INDEX "pillars_parent_id" ON "pillars" USING btree ("tenant_id","parent_id");--> statement-breakpoint
CREATE UNIQUE INDEX "retrospectives_external_id" ON "retrospectives" USING btree ("tenant_id","external_id") WHERE "retrospectives"."external_id" is not null and "retrospectives"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "retrospectives_updated_at" ON "retrospectives" USING btree ("tenant_id","updated_at");--> statement-breakpoint
CREATE INDEX "retrospectives_cycle_id" ON "retrospectives" USING btree ("tenant_id","cycle_id");--> statement-breakpoint
CREATE INDEX "retrospectives_team_id" ON "retrospectives" USING btree ("tenant_id","team_id");--> statement-breakpoint
CREATE INDEX "retrospectives_objective_id" ON "retrospectives" USING btree ("tenant_id","objective_id");--> statement-breakpoint
CREATE UNIQUE INDEX "revisions_external_id" ON "revisions" USING btree ("tenant_id","external_id") WHERE "revisions"."external_id" is not null and "revisions"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "revisions_updated_at" ON "revisions" USING btree ("tenant_id","updated_at");--> statement-breakpoint
CREATE INDEX "revisions_key_result_id" ON "revisions" USING btree ("tenant_id","key_result_id","recorded_at");--> statement-breakpoint
CREATE UNIQUE INDEX "team_memberships_external_id" ON "team_memberships" USING btree ("tenant_id","external_id") WHERE "team_memberships"."external_id" is not null and "team_memberships"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "team_memberships_updated_at" ON "team_memberships" USING btree ("tenant_id","updated_at");--> statement-breakpoint
CREATE UNIQUE INDEX "team_memberships_once" ON "team_memberships" USING btree ("tenant_id","team_id","user_id") WHERE "team_memberships"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "team_memberships_user_id" ON "team_memberships" USING btree ("tenant_id","user_id");--> statement-breakpoint
CREATE UNIQUE INDEX "teams_external_id" ON "teams" USING btree ("tenant_id","external_id") WHERE "teams"."external_id" is not null and "teams"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "teams_updated_at" ON "teams" USING btree ("tenant_id","updated_at");--> statement-breakpoint
CREATE INDEX "teams_lead_id" ON "teams" USING btree ("tenant_id","lead_id");--> statement-breakpoint
CREATE UNIQUE INDEX "users_external_id" ON "users" USING btree ("tenant_id","external_id") WHERE "users"."external_id" is not null and "users"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "users_updated_at" ON "users" USING btree ("tenant_id","updated_at");--> statement-breakpoint
CREATE UNIQUE INDEX "users_user_name" ON "users" USING btree ("tenant_id","user_name_folded") WHERE "users"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "users_manager_id" ON "users" USING btree ("tenant_id","manager_id");--> statement-breakpoint
CREATE INDEX "users_department_id" ON "users" USING btree ("tenant_id","department_id");--> statement-breakpoint
CREATE INDEX "idempotency_keys_created_at" ON "idempotency_keys" USING btree ("tenant_id","created_at");