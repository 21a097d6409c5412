-- What a text says that a page in another language says in its own words.
-- The facts of an alarm by name, as JSON.
ALTER TABLE alarm ADD COLUMN facts TEXT NOT NULL DEFAULT '{}';
-- How a line test has ended; NULL: it is from before.
ALTER TABLE line_test ADD COLUMN outcome TEXT;
