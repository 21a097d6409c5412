-- What was said of a room; one that is not here has only what follows from its occupancy.
CREATE TABLE room (
    room  TEXT PRIMARY KEY,
    class TEXT
) STRICT;
