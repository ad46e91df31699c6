-- Which cases an account may see at all, as JSON; see RowScope.to_text.
ALTER TABLE account ADD COLUMN rows TEXT NOT NULL DEFAULT '{"where": {}, "since": null, "until": null}';
