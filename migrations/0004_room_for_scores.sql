-- Scores are rewritten with every check-in, in columns no index holds. With room on the page the new version stays beside
-- the old one (HOT) and no index is touched.
ALTER TABLE "key_results" SET (fillfactor = 60);
--> statement-breakpoint
ALTER TABLE "objectives" SET (fillfactor = 60);
--> statement-breakpoint
ALTER TABLE "goal_graphs" SET (fillfactor = 50);
