"""Finding the right entry from everyday words. Pure (no database, no clock), except for the table of synonyms."""
