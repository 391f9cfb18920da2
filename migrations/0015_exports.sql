CREATE TABLE "export_chunks" (
	"tenant_id" uuid NOT NULL,
	"job_id" uuid NOT NULL,
	"number" integer NOT NULL,
	"bytes" "bytea" NOT NULL,
	CONSTRAINT "export_chunks_tenant_id_job_id_number_pk" PRIMARY KEY("tenant_id","job_id","number")
);
--> statement-breakpoint
CREATE TABLE "export_jobs" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"external_id" text,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamptz(3) NOT NULL,
	"updated_at" timestamptz(3) NOT NULL,
	"deleted_at" timestamptz(3),
	"table_name" text NOT NULL,
	"format" text NOT NULL,
	"compression" text NOT NULL,
	"updated_since" timestamptz(3),
	"include_deleted" boolean NOT NULL,
	"status" text NOT NULL,
	"attempt" integer DEFAULT 0 NOT NULL,
	"rows_written" bigint DEFAULT 0 NOT NULL,
	"rows_total" bigint,
	"bytes" bigint DEFAULT 0 NOT NULL,
	"started_at" timestamptz(3),
	"finished_at" timestamptz(3),
	"expires_at" timestamptz(3) NOT NULL,
	"synced_through" timestamptz(3),
	"error" text,
	"created_by" uuid NOT NULL,
	"only_open" boolean NOT NULL,
	CONSTRAINT "export_jobs_tenant_id_id_pk" PRIMARY KEY("tenant_id","id"),
	CONSTRAINT "export_jobs_format" CHECK ("export_jobs"."format" in ('csv', 'ndjson', 'parquet')),
	CONSTRAINT "export_jobs_compression" CHECK ("export_jobs"."compression" in ('none', 'gzip')),
	CONSTRAINT "export_jobs_status" CHECK ("export_jobs"."status" in ('queued', 'running', 'succeeded', 'failed', 'cancelled', 'expired'))
);
--> statement-breakpoint
ALTER TABLE "export_chunks" ADD CONSTRAINT "export_chunks_job" FOREIGN KEY ("tenant_id","job_id") REFERENCES "public"."export_jobs"("tenant_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "export_jobs_external_id" ON "export_jobs" USING btree ("tenant_id","external_id") WHERE "export_jobs"."external_id" is not null and "export_jobs"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "export_jobs_updated_at" ON "export_jobs" USING btree ("tenant_id","updated_at");--> statement-breakpoint
CREATE INDEX "export_jobs_expires_at" ON "export_jobs" USING btree ("tenant_id","expires_at");