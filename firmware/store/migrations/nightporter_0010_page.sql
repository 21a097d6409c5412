-- What the page keeps of who uses it: the language, and the second factor (RFC 6238) with its recovery codes.
ALTER TABLE user ADD COLUMN language TEXT;
CREATE TABLE second_factor (
    user      TEXT PRIMARY KEY REFERENCES user (name) ON DELETE CASCADE,
    -- Base32; whoever checks codes must have it in clear.
    secret    TEXT NOT NULL,
    -- Since 1970, the steps of 30 seconds up to that of the last code used: it and all before are used up.
    used_step INTEGER NOT NULL
) STRICT;
CREATE TABLE recovery_code (
    user TEXT NOT NULL REFERENCES second_factor (user) ON DELETE CASCADE,
    hash BLOB NOT NULL,
    PRIMARY KEY (user, hash)
) STRICT;
