"""The databases' schemas as numbered steps: <database>_<number>_<what>.sql, applied once each, in order."""
