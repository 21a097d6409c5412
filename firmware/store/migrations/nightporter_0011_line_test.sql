-- What line tests have found: of each port the latest results.
CREATE TABLE line_test (
    port    TEXT NOT NULL,
    tested  INTEGER NOT NULL,
    verdict TEXT NOT NULL,
    -- The measurements, as JSON.
    found   TEXT NOT NULL,
    text    TEXT NOT NULL,
    PRIMARY KEY (port, tested)
) STRICT;
