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

-- When the last resync went through.
CREATE TABLE pms_link (
    link     TEXT PRIMARY KEY,
    resynced INTEGER
) STRICT;
