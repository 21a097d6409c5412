-- What PMS links are owed beside postings: `body` is JSON. Instants are milliseconds since 1970 in UTC.
CREATE TABLE pms_news (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    link    TEXT NOT NULL,
    kind    TEXT NOT NULL,
    room    TEXT NOT NULL,
    body    TEXT NOT NULL,
    created INTEGER NOT NULL
) STRICT;
CREATE INDEX pms_news_link ON pms_news (link, id);

-- A link that may have missed something asks for a resync when it is alive again.
CREATE TABLE pms_link (
    link       TEXT PRIMARY KEY,
    resync_due INTEGER NOT NULL DEFAULT 0,
    resynced   INTEGER
) STRICT;
