CREATE TABLE "kpi_targets" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"external_id" text,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamptz(3) NOT NULL,
	"updated_at" timestamptz(3) NOT NULL,
	"deleted_at" timestamptz(3),
	"kpi_id" uuid NOT NULL,
	"effective_from" date NOT NULL,
	"target" double precision,
	"red_line" double precision,
	"upper_target" double precision,
	"upper_red_line" double precision,
	CONSTRAINT "kpi_targets_tenant_id_id_pk" PRIMARY KEY("tenant_id","id")
);
--> statement-breakpoint
CREATE TABLE "kpi_inputs" (
	"tenant_id" uuid NOT NULL,
	"kpi_id" uuid NOT NULL,
	"input_id" uuid NOT NULL,
	CONSTRAINT "kpi_inputs_tenant_id_kpi_id_input_id_pk" PRIMARY KEY("tenant_id","kpi_id","input_id")
);
--> statement-breakpoint
CREATE TABLE "kpis" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"external_id" text,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamptz(3) NOT NULL,
	"updated_at" timestamptz(3) NOT NULL,
	"deleted_at" timestamptz(3),
	"code" text NOT NULL,
	"name" text NOT NULL,
	"description" text,
	"unit_kind" text NOT NULL,
	"unit" text,
	"direction" text NOT NULL,
	"nature" text NOT NULL,
	"level" text NOT NULL,
	"owner_user_id" uuid,
	"owner_department_id" uuid,
	"owner_team_id" uuid,
	"owner_type" text GENERATED ALWAYS AS (case when owner_user_id is not null then 'user' when owner_team_id is not null then 'team' when owner_department_id is not null then 'department' else 'organization' end) STORED NOT NULL,
	"owner_id" uuid GENERATED ALWAYS AS (coalesce(owner_user_id, owner_team_id, owner_department_id, tenant_id)) STORED NOT NULL,
	"department_id" uuid,
	"team_id" uuid,
	"parent_id" uuid,
	"driver_ids" uuid[] NOT NULL,
	"frequency" text NOT NULL,
	"aggregation" text NOT NULL,
	"rollup" text,
	"formula" text,
	"benchmark" double precision,
	"contingency" text,
	"review_on" date,
	"visibility" text NOT NULL,
	"tags" text[] NOT NULL,
	"custom" jsonb NOT NULL,
	"state" text NOT NULL,
	"judged" jsonb,
	"value" double precision GENERATED ALWAYS AS ((judged -> 'latest' ->> 'value')::double precision) STORED,
	"slope" double precision GENERATED ALWAYS AS ((judged -> 'trend' ->> 'slope')::double precision) STORED,
	"stale_from" text GENERATED ALWAYS AS (judged ->> 'staleFrom') STORED,
	"status_from" text[] GENERATED ALWAYS AS (timeline_days(judged)) STORED,
	"status_is" text[] GENERATED ALWAYS AS (timeline_statuses(judged)) STORED,
	"scored_at" timestamptz(3),
	"scoring_version" integer DEFAULT 1 NOT NULL,
	CONSTRAINT "kpis_tenant_id_id_pk" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "kpis_one_owner" CHECK (num_nonnulls("kpis"."owner_user_id", "kpis"."owner_department_id", "kpis"."owner_team_id") <= 1),
	CONSTRAINT "kpis_unit_kind" CHECK ("kpis"."unit_kind" in ('number', 'percent', 'currency', 'duration', 'ratio')),
	CONSTRAINT "kpis_direction" CHECK ("kpis"."direction" in ('up', 'down', 'range')),
	CONSTRAINT "kpis_nature" CHECK ("kpis"."nature" in ('lagging', 'leading', 'risk')),
	CONSTRAINT "kpis_level" CHECK ("kpis"."level" in ('strategic', 'tactical', 'operational', 'individual')),
	CONSTRAINT "kpis_frequency" CHECK ("kpis"."frequency" in ('day', 'week', 'month', 'quarter', 'year', 'irregular')),
	CONSTRAINT "kpis_aggregation" CHECK ("kpis"."aggregation" in ('sum', 'average', 'last', 'min', 'max', 'ratio')),
	CONSTRAINT "kpis_rollup" CHECK ("kpis"."rollup" in ('sum', 'average', 'min', 'max', 'ratio')),
	CONSTRAINT "kpis_visibility" CHECK ("kpis"."visibility" in ('organization', 'restricted', 'private')),
	CONSTRAINT "kpis_state" CHECK ("kpis"."state" in ('active', 'retired'))
);
--> statement-breakpoint
CREATE TABLE "kpi_series" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"kpi_id" uuid NOT NULL,
	"dimensions" jsonb NOT NULL,
	"key" text NOT NULL,
	"created_at" timestamptz(3) NOT NULL,
	CONSTRAINT "kpi_series_tenant_id_id_pk" PRIMARY KEY("tenant_id","id")
);
--> statement-breakpoint
CREATE TABLE "measurements" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"kpi_id" uuid NOT NULL,
	"series_id" uuid NOT NULL,
	"period" text NOT NULL,
	"grain" text NOT NULL,
	"period_start" date NOT NULL,
	"period_end" date NOT NULL,
	"span_start" date,
	"value" double precision,
	"numerator" double precision,
	"denominator" double precision,
	"note" text,
	"source" text NOT NULL,
	"author_id" uuid NOT NULL,
	"created_at" timestamptz(3) NOT NULL,
	"updated_at" timestamptz(3) NOT NULL,
	"superseded_at" timestamptz(3),
	"deleted_at" timestamptz(3),
	CONSTRAINT "measurements_tenant_id_id_period_start_pk" PRIMARY KEY("tenant_id","id","period_start"),
	CONSTRAINT "measurements_grain" CHECK ("measurements"."grain" in ('day', 'week', 'month', 'quarter', 'year')),
	CONSTRAINT "measurements_period" CHECK ("measurements"."period_end" >= "measurements"."period_start"),
	CONSTRAINT "measurements_value" CHECK ("measurements"."value" is not null or ("measurements"."numerator" is not null and "measurements"."denominator" = 0))
) PARTITION BY RANGE ("period_start");
--> statement-breakpoint
CREATE TABLE "measurements_other" PARTITION OF "measurements" DEFAULT;
--> statement-breakpoint
SELECT make_measurement_partitions(2015, 2035);
--> statement-breakpoint
ALTER TABLE "kpi_targets" ADD CONSTRAINT "kpi_targets_kpi" FOREIGN KEY ("tenant_id","kpi_id") REFERENCES "public"."kpis"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "kpi_inputs" ADD CONSTRAINT "kpi_inputs_kpi" FOREIGN KEY ("tenant_id","kpi_id") REFERENCES "public"."kpis"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "kpi_inputs" ADD CONSTRAINT "kpi_inputs_input" FOREIGN KEY ("tenant_id","input_id") REFERENCES "public"."kpis"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "kpis" ADD CONSTRAINT "kpis_owner_user" FOREIGN KEY ("tenant_id","owner_user_id") REFERENCES "public"."users"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "kpis" ADD CONSTRAINT "kpis_owner_department" FOREIGN KEY ("tenant_id","owner_department_id") REFERENCES "public"."departments"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "kpis" ADD CONSTRAINT "kpis_owner_team" FOREIGN KEY ("tenant_id","owner_team_id") REFERENCES "public"."teams"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "kpis" ADD CONSTRAINT "kpis_department" FOREIGN KEY ("tenant_id","department_id") REFERENCES "public"."departments"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "kpis" ADD CONSTRAINT "kpis_team" FOREIGN KEY ("tenant_id","team_id") REFERENCES "public"."teams"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "kpis" ADD CONSTRAINT "kpis_parent" FOREIGN KEY ("tenant_id","parent_id") REFERENCES "public"."kpis"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "kpi_series" ADD CONSTRAINT "kpi_series_kpi" FOREIGN KEY ("tenant_id","kpi_id") REFERENCES "public"."kpis"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "kpi_targets_external_id" ON "kpi_targets" USING btree ("tenant_id","external_id") WHERE "kpi_targets"."external_id" is not null and "kpi_targets"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "kpi_targets_updated_at" ON "kpi_targets" USING btree ("tenant_id","updated_at");--> statement-breakpoint
CREATE UNIQUE INDEX "kpi_targets_day" ON "kpi_targets" USING btree ("tenant_id","kpi_id","effective_from") WHERE "kpi_targets"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "kpi_inputs_input_id" ON "kpi_inputs" USING btree ("tenant_id","input_id");--> statement-breakpoint
CREATE UNIQUE INDEX "kpis_external_id" ON "kpis" USING btree ("tenant_id","external_id") WHERE "kpis"."external_id" is not null and "kpis"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "kpis_updated_at" ON "kpis" USING btree ("tenant_id","updated_at");--> statement-breakpoint
CREATE UNIQUE INDEX "kpis_code" ON "kpis" USING btree ("tenant_id","code") WHERE "kpis"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "kpis_owner_id" ON "kpis" USING btree ("tenant_id","owner_id");--> statement-breakpoint
CREATE INDEX "kpis_parent_id" ON "kpis" USING btree ("tenant_id","parent_id");--> statement-breakpoint
CREATE INDEX "kpis_department_id" ON "kpis" USING btree ("tenant_id","department_id");--> statement-breakpoint
CREATE INDEX "kpis_team_id" ON "kpis" USING btree ("tenant_id","team_id");--> statement-breakpoint
CREATE UNIQUE INDEX "kpi_series_key" ON "kpi_series" USING btree ("tenant_id","kpi_id","key");--> statement-breakpoint
CREATE UNIQUE INDEX "measurements_current" ON "measurements" USING btree ("tenant_id","series_id","period_start","period_end" DESC NULLS LAST) WHERE "measurements"."superseded_at" is null and "measurements"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "measurements_past" ON "measurements" USING btree ("tenant_id","series_id","period_start") WHERE "measurements"."superseded_at" is not null or "measurements"."deleted_at" is not null;--> statement-breakpoint
CREATE INDEX "measurements_kpi_id" ON "measurements" USING btree ("tenant_id","kpi_id","id") WHERE "measurements"."superseded_at" is null and "measurements"."deleted_at" is null;--> statement-breakpoint
CREATE TABLE "alert_rules" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"external_id" text,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamptz(3) NOT NULL,
	"updated_at" timestamptz(3) NOT NULL,
	"deleted_at" timestamptz(3),
	"name" text NOT NULL,
	"kind" text NOT NULL,
	"kpi_id" uuid,
	"objective_id" uuid,
	"key_result_id" uuid,
	"above" double precision,
	"below" double precision,
	"enabled" boolean NOT NULL,
	CONSTRAINT "alert_rules_tenant_id_id_pk" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "alert_rules_kind" CHECK ("alert_rules"."kind" in ('kpi_threshold', 'kpi_stale', 'kpi_anomaly', 'objective_off_track', 'key_result_stale')),
	CONSTRAINT "alert_rules_one_subject" CHECK (num_nonnulls("alert_rules"."kpi_id", "alert_rules"."objective_id", "alert_rules"."key_result_id") <= 1)
);
--> statement-breakpoint
CREATE TABLE "alerts" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"external_id" text,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamptz(3) NOT NULL,
	"updated_at" timestamptz(3) NOT NULL,
	"deleted_at" timestamptz(3),
	"rule_id" uuid NOT NULL,
	"kpi_id" uuid,
	"objective_id" uuid,
	"key_result_id" uuid,
	"subject_type" text GENERATED ALWAYS AS (case when kpi_id is not null then 'kpi' when objective_id is not null then 'objective' else 'key_result' end) STORED NOT NULL,
	"subject_id" uuid GENERATED ALWAYS AS (coalesce(kpi_id, objective_id, key_result_id)) STORED NOT NULL,
	"state" text GENERATED ALWAYS AS (case when resolved_at is null then 'open' else 'resolved' end) STORED NOT NULL,
	"because" text NOT NULL,
	"evidence" jsonb NOT NULL,
	"raised_at" timestamptz(3) NOT NULL,
	"resolved_at" timestamptz(3),
	CONSTRAINT "alerts_tenant_id_id_pk" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "alerts_one_subject" CHECK (num_nonnulls("alerts"."kpi_id", "alerts"."objective_id", "alerts"."key_result_id") = 1),
	CONSTRAINT "alerts_state" CHECK ("alerts"."state" in ('open', 'resolved'))
);
--> statement-breakpoint
ALTER TABLE "objectives" ADD COLUMN "template_id" uuid;--> statement-breakpoint
ALTER TABLE "organizations" ADD COLUMN "insight_policy" jsonb DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "alert_rules" ADD CONSTRAINT "alert_rules_kpi" FOREIGN KEY ("tenant_id","kpi_id") REFERENCES "public"."kpis"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "alert_rules" ADD CONSTRAINT "alert_rules_objective" FOREIGN KEY ("tenant_id","objective_id") REFERENCES "public"."objectives"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "alert_rules" ADD CONSTRAINT "alert_rules_key_result" FOREIGN KEY ("tenant_id","key_result_id") REFERENCES "public"."key_results"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "alerts" ADD CONSTRAINT "alerts_rule" FOREIGN KEY ("tenant_id","rule_id") REFERENCES "public"."alert_rules"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "alerts" ADD CONSTRAINT "alerts_kpi" FOREIGN KEY ("tenant_id","kpi_id") REFERENCES "public"."kpis"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "alerts" ADD CONSTRAINT "alerts_objective" FOREIGN KEY ("tenant_id","objective_id") REFERENCES "public"."objectives"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "alerts" ADD CONSTRAINT "alerts_key_result" FOREIGN KEY ("tenant_id","key_result_id") REFERENCES "public"."key_results"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "alert_rules_external_id" ON "alert_rules" USING btree ("tenant_id","external_id") WHERE "alert_rules"."external_id" is not null and "alert_rules"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "alert_rules_updated_at" ON "alert_rules" USING btree ("tenant_id","updated_at");--> statement-breakpoint
CREATE INDEX "alert_rules_kpi_id" ON "alert_rules" USING btree ("tenant_id","kpi_id");--> statement-breakpoint
CREATE INDEX "alert_rules_objective_id" ON "alert_rules" USING btree ("tenant_id","objective_id");--> statement-breakpoint
CREATE INDEX "alert_rules_key_result_id" ON "alert_rules" USING btree ("tenant_id","key_result_id");--> statement-breakpoint
CREATE UNIQUE INDEX "alerts_external_id" ON "alerts" USING btree ("tenant_id","external_id") WHERE "alerts"."external_id" is not null and "alerts"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "alerts_updated_at" ON "alerts" USING btree ("tenant_id","updated_at");--> statement-breakpoint
CREATE UNIQUE INDEX "alerts_one_episode" ON "alerts" USING btree ("tenant_id","rule_id","subject_id") WHERE "alerts"."resolved_at" is null;--> statement-breakpoint
CREATE INDEX "alerts_subject_id" ON "alerts" USING btree ("tenant_id","subject_id");--> statement-breakpoint
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