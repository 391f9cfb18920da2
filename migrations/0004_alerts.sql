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
CREATE INDEX "alerts_subject_id" ON "alerts" USING btree ("tenant_id","subject_id");