-- Where the rows of an import wait until all of it is there. COPY writes to no table with policies, so this one has none:
-- every statement names tenant and import, and an import's id never leaves the server. Lost with a crash, and nobody's loss.
CREATE UNLOGGED TABLE "measurement_staging" (
	"tenant_id" uuid NOT NULL,
	"import_id" uuid NOT NULL,
	"staged_at" timestamptz(3) NOT NULL DEFAULT now(),
	"line" bigint NOT NULL,
	"id" uuid NOT NULL,
	"kpi_id" uuid NOT NULL,
	"key" text NOT NULL,
	"period" text NOT NULL,
	"grain" text NOT NULL,
	"period_start" date NOT NULL,
	"period_end" date NOT NULL,
	"span_start" date,
	"value" double precision,
	"numerator" double precision,
	"denominator" double precision,
	"note" text
);
--> statement-breakpoint
CREATE INDEX "measurement_staging_import" ON "measurement_staging" USING btree ("tenant_id","import_id");
