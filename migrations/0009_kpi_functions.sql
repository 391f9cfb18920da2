-- The statuses of a stored judgement, beside timeline_days.
CREATE FUNCTION timeline_statuses(judged jsonb) RETURNS text[] LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
	RETURN translate(jsonb_path_query_array(judged, '$.timeline[*].status')::text, '[]', '{}')::text[];
END
$$;
--> statement-breakpoint
-- A partition of measurements for each year; what lies outside stays in the default partition. For the owner.
CREATE FUNCTION make_measurement_partitions(first_year integer, last_year integer) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	FOR of_year IN first_year..last_year LOOP
		EXECUTE format('create table if not exists measurements_%s partition of measurements for values from (%L) to (%L)',
			of_year, make_date(of_year, 1, 1), make_date(of_year + 1, 1, 1));
	END LOOP;
END
$$;
