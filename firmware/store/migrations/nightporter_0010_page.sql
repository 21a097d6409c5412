-- What the page keeps of who uses it: the language, and the second factor (RFC 6238) with its recovery codes.
ALTER TABLE user ADD COLUMN language TEXT;
