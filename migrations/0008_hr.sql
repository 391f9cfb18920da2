CREATE TABLE "feedback" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"external_id" text,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamptz(3) NOT NULL,
	"updated_at" timestamptz(3) NOT NULL,
	"deleted_at" timestamptz(3),
	"from_id" uuid NOT NULL,
	"about_id" uuid NOT NULL,
	"objective_id" uuid,
	"kind" text NOT NULL,
	"visibility" text NOT NULL,
	"state" text NOT NULL,
	"text" text,
	"requested_by_id" uuid,
	"given_at" timestamptz(3),
	CONSTRAINT "feedback_tenant_id_id_pk" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "feedback_kind" CHECK ("feedback"."kind" in ('praise', 'suggestion')),
	CONSTRAINT "feedback_state" CHECK ("feedback"."state" in ('requested', 'given')),
	CONSTRAINT "feedback_visibility" CHECK ("feedback"."visibility" in ('subject', 'line', 'organization'))
);
--> statement-breakpoint
CREATE TABLE "review_cycles" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"external_id" text,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamptz(3) NOT NULL,
	"updated_at" timestamptz(3) NOT NULL,
	"deleted_at" timestamptz(3),
	"name" text NOT NULL,
	"description" text,
	"template_id" uuid NOT NULL,
	"starts_on" date NOT NULL,
	"ends_on" date NOT NULL,
	"participants" jsonb NOT NULL,
	"relationships" text[] NOT NULL,
	"deadlines" jsonb NOT NULL,
	"okr_cycle_ids" uuid[] NOT NULL,
	"goal_cutoff_at" timestamptz(3),
	"state" text NOT NULL,
	"form" jsonb,
	"launched_at" timestamptz(3),
	"closed_at" timestamptz(3),
	"external_refs" jsonb NOT NULL,
	CONSTRAINT "review_cycles_tenant_id_id_pk" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "review_cycles_state" CHECK ("review_cycles"."state" in ('draft', 'active', 'calibration', 'closed'))
);
--> statement-breakpoint
CREATE TABLE "review_templates" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"external_id" text,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamptz(3) NOT NULL,
	"updated_at" timestamptz(3) NOT NULL,
	"deleted_at" timestamptz(3),
	"name" text NOT NULL,
	"description" text,
	"scale" jsonb NOT NULL,
	"sections" jsonb NOT NULL,
	"weights" jsonb NOT NULL,
	CONSTRAINT "review_templates_tenant_id_id_pk" PRIMARY KEY("tenant_id","id")
);
--> statement-breakpoint
CREATE TABLE "goal_snapshots" (
	"tenant_id" uuid NOT NULL,
	"sha256" text NOT NULL,
	"body" text NOT NULL,
	"scoring_version" integer NOT NULL,
	CONSTRAINT "goal_snapshots_tenant_id_sha256_pk" PRIMARY KEY("tenant_id","sha256")
);
--> statement-breakpoint
CREATE TABLE "reviews" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"external_id" text,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamptz(3) NOT NULL,
	"updated_at" timestamptz(3) NOT NULL,
	"deleted_at" timestamptz(3),
	"review_cycle_id" uuid NOT NULL,
	"subject_id" uuid NOT NULL,
	"relationship" text NOT NULL,
	"reviewer_id" uuid NOT NULL,
	"state" text NOT NULL,
	"due_on" date,
	"answers" jsonb NOT NULL,
	"rating" jsonb,
	"summary" text,
	"final_rating" jsonb,
	"calibration" jsonb,
	"goal_snapshot_sha256" text,
	"goal_snapshot_at" timestamptz(3),
	"submitted_at" timestamptz(3),
	"shared_at" timestamptz(3),
	"acknowledged_at" timestamptz(3),
	"acknowledgement" text,
	"external_refs" jsonb NOT NULL,
	"reminded" text,
	CONSTRAINT "reviews_tenant_id_id_pk" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "reviews_relationship" CHECK ("reviews"."relationship" in ('self', 'manager', 'peer', 'upward')),
	CONSTRAINT "reviews_state" CHECK ("reviews"."state" in ('pending', 'in_progress', 'submitted', 'shared', 'acknowledged')),
	CONSTRAINT "reviews_reminded" CHECK ("reviews"."reminded" in ('due_soon', 'overdue')),
	CONSTRAINT "reviews_self" CHECK (("reviews"."relationship" = 'self') = ("reviews"."subject_id" = "reviews"."reviewer_id"))
);
--> statement-breakpoint
ALTER TABLE "organizations" ADD COLUMN "feedback_retention_months" integer;--> statement-breakpoint
ALTER TABLE "organizations" ADD COLUMN "review_retention_months" integer;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "scim" jsonb;--> statement-breakpoint
ALTER TABLE "feedback" ADD CONSTRAINT "feedback_from" FOREIGN KEY ("tenant_id","from_id") REFERENCES "public"."users"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "feedback" ADD CONSTRAINT "feedback_about" FOREIGN KEY ("tenant_id","about_id") REFERENCES "public"."users"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "feedback" ADD CONSTRAINT "feedback_objective" FOREIGN KEY ("tenant_id","objective_id") REFERENCES "public"."objectives"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "review_cycles" ADD CONSTRAINT "review_cycles_template" FOREIGN KEY ("tenant_id","template_id") REFERENCES "public"."review_templates"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reviews" ADD CONSTRAINT "reviews_review_cycle" FOREIGN KEY ("tenant_id","review_cycle_id") REFERENCES "public"."review_cycles"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reviews" ADD CONSTRAINT "reviews_subject" FOREIGN KEY ("tenant_id","subject_id") REFERENCES "public"."users"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reviews" ADD CONSTRAINT "reviews_reviewer" FOREIGN KEY ("tenant_id","reviewer_id") REFERENCES "public"."users"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "feedback_external_id" ON "feedback" USING btree ("tenant_id","external_id") WHERE "feedback"."external_id" is not null and "feedback"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "feedback_updated_at" ON "feedback" USING btree ("tenant_id","updated_at");--> statement-breakpoint
CREATE INDEX "feedback_about_id" ON "feedback" USING btree ("tenant_id","about_id");--> statement-breakpoint
CREATE INDEX "feedback_from_id" ON "feedback" USING btree ("tenant_id","from_id");--> statement-breakpoint
CREATE UNIQUE INDEX "review_cycles_external_id" ON "review_cycles" USING btree ("tenant_id","external_id") WHERE "review_cycles"."external_id" is not null and "review_cycles"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "review_cycles_updated_at" ON "review_cycles" USING btree ("tenant_id","updated_at");--> statement-breakpoint
CREATE INDEX "review_cycles_template_id" ON "review_cycles" USING btree ("tenant_id","template_id");--> statement-breakpoint
CREATE UNIQUE INDEX "review_templates_external_id" ON "review_templates" USING btree ("tenant_id","external_id") WHERE "review_templates"."external_id" is not null and "review_templates"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "review_templates_updated_at" ON "review_templates" USING btree ("tenant_id","updated_at");--> statement-breakpoint
CREATE UNIQUE INDEX "reviews_external_id" ON "reviews" USING btree ("tenant_id","external_id") WHERE "reviews"."external_id" is not null and "reviews"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "reviews_updated_at" ON "reviews" USING btree ("tenant_id","updated_at");--> statement-breakpoint
CREATE UNIQUE INDEX "reviews_once" ON "reviews" USING btree ("tenant_id","review_cycle_id","subject_id","reviewer_id","relationship") WHERE "reviews"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "reviews_subject_id" ON "reviews" USING btree ("tenant_id","subject_id");--> statement-breakpoint
CREATE INDEX "reviews_reviewer_id" ON "reviews" USING btree ("tenant_id","reviewer_id");