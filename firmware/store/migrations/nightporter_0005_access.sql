-- Sessions of people: who is logged in. Only hashes of what a browser holds are here.
CREATE TABLE session (
    id      TEXT PRIMARY KEY,
    hash    BLOB NOT NULL UNIQUE,
    user    TEXT NOT NULL REFERENCES user (name) ON DELETE CASCADE,
    address TEXT NOT NULL,
    created INTEGER NOT NULL,
    used    INTEGER NOT NULL
) STRICT;
CREATE INDEX session_user ON session (user, used);

-- Browsers in which somebody has logged in: what others try elsewhere does not make them wait.
CREATE TABLE known_browser (
    user TEXT NOT NULL REFERENCES user (name) ON DELETE CASCADE,
    hash BLOB NOT NULL,
    used INTEGER NOT NULL,
    PRIMARY KEY (user, hash)
) STRICT;
