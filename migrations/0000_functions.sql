-- The health timeline of a stored score as two lists of equal length, ascending by day, so that SQL finds the health of a
-- day by halving. What the segments are is the scoring core's business.
CREATE FUNCTION timeline_days(score jsonb) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN (
	SELECT array_agg(coalesce(segment ->> 'from', '') ORDER BY place)
	FROM jsonb_array_elements(score -> 'timeline') WITH ORDINALITY AS s (segment, place)
);
--> statement-breakpoint
CREATE FUNCTION timeline_healths(score jsonb) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN (
	SELECT array_agg(segment ->> 'effective' ORDER BY place)
	FROM jsonb_array_elements(score -> 'timeline') WITH ORDINALITY AS s (segment, place)
);
--> statement-breakpoint
