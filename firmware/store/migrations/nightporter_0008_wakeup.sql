-- Wake-ups that recur, are put off and tried again, and those that are over. Instants are milliseconds since 1970 in UTC,
-- but within attempts, which are JSON; wall times are text.
ALTER TABLE wakeup ADD COLUMN rings TEXT;
ALTER TABLE wakeup ADD COLUMN put_off INTEGER;
ALTER TABLE wakeup ADD COLUMN attempts TEXT NOT NULL DEFAULT '[]';
ALTER TABLE wakeup ADD COLUMN snoozes INTEGER NOT NULL DEFAULT 0;
ALTER TABLE wakeup ADD COLUMN lang TEXT;
UPDATE wakeup SET rings = at WHERE state IN ('waiting', 'ringing');
DROP INDEX wakeup_state;
CREATE INDEX wakeup_rings ON wakeup (rings) WHERE rings IS NOT NULL;
CREATE INDEX wakeup_guest ON wakeup (guest) WHERE guest IS NOT NULL;

CREATE TABLE wakeup_occurrence (
    sequence INTEGER PRIMARY KEY,
    wakeup   TEXT NOT NULL,
    room     TEXT NOT NULL,
    guest    TEXT,
    name     TEXT,
    at       TEXT NOT NULL,
    repeat   TEXT NOT NULL,
    vip      INTEGER NOT NULL,
    state    TEXT NOT NULL,
    attempts TEXT NOT NULL,
    by       TEXT NOT NULL,
    through  TEXT NOT NULL,
    ordered  INTEGER NOT NULL,
    link     TEXT,
    ended    INTEGER
) STRICT;
CREATE INDEX wakeup_occurrence_at ON wakeup_occurrence (at, sequence);
CREATE INDEX wakeup_occurrence_room ON wakeup_occurrence (room, at);
CREATE INDEX wakeup_occurrence_order ON wakeup_occurrence (wakeup);
CREATE INDEX wakeup_occurrence_guest ON wakeup_occurrence (guest) WHERE guest IS NOT NULL;
