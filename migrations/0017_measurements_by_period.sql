CREATE INDEX "measurements_kpi_period" ON "measurements" USING btree ("tenant_id","kpi_id","period_start","id") WHERE "measurements"."superseded_at" is null and "measurements"."deleted_at" is null;--> statement-breakpoint
-- Of whatever share of the rows one KPI has, its own index is the way to them: without this the points of an organization with
-- a single large KPI were read by the primary key, all of them to find those of a small one (decision 37).
DO $$
DECLARE
	partition regclass;
BEGIN
	FOR partition IN SELECT inhrelid FROM pg_inherits WHERE inhparent = 'measurements'::regclass LOOP
		EXECUTE format('alter table %s alter column kpi_id set (n_distinct = 100)', partition);
	END LOOP;
END
$$;
