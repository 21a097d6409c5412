-- Lines for accounting systems, until they are taken. Ids never come back: they are the order in which lines go out.
CREATE TABLE output_line (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    output TEXT NOT NULL,
    leg    TEXT NOT NULL,
    line   TEXT NOT NULL,
    kept   INTEGER NOT NULL,
    UNIQUE (output, leg)
) STRICT;
CREATE INDEX output_line_order ON output_line (output, id);

-- Of each output: how many lines found no room, and how long the file was when the last line in it was taken.
CREATE TABLE output_state (
    output TEXT PRIMARY KEY,
    lost   INTEGER NOT NULL DEFAULT 0,
    file   TEXT,
    size   INTEGER
) STRICT;
