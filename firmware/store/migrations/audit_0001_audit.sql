-- Who changed what, through what. `detail` is JSON; `at` is milliseconds since 1970 in UTC.
CREATE TABLE audit (
    id      INTEGER PRIMARY KEY,
    at      INTEGER NOT NULL,
    who     TEXT NOT NULL,
    through TEXT NOT NULL,
    action  TEXT NOT NULL,
    subject TEXT NOT NULL,
    room    TEXT,
    detail  TEXT NOT NULL
) STRICT;
CREATE INDEX audit_at ON audit (at, id);
