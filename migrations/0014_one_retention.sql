-- The owner sees no tenant's rows while policies are forced; securing the tables after migrating forces them again.
ALTER TABLE "organizations" NO FORCE ROW LEVEL SECURITY;--> statement-breakpoint
-- Months become days, never fewer than they were.
UPDATE "organizations" SET "retention" = "retention" || jsonb_strip_nulls(jsonb_build_object(
  'feedback', ceil("feedback_retention_months" * 30.5)::int + 1,
  'reviews', ceil("review_retention_months" * 30.5)::int + 1))
WHERE "feedback_retention_months" IS NOT NULL OR "review_retention_months" IS NOT NULL;--> statement-breakpoint
ALTER TABLE "organizations" DROP COLUMN "feedback_retention_months";--> statement-breakpoint
ALTER TABLE "organizations" DROP COLUMN "review_retention_months";
