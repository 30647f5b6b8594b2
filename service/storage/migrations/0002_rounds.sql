-- Rounds and what they froze.

-- Imported calendar layers, above the built-in ones.
CREATE TABLE calendar_layers (
    name         TEXT PRIMARY KEY CHECK (name <> ''),
    csv          TEXT NOT NULL,      -- date,type,name
    imported_utc INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- One evaluation of a period (评价期).
CREATE TABLE rounds (
    id        INTEGER PRIMARY KEY,
    name      TEXT NOT NULL UNIQUE CHECK (name <> ''), -- what people call it: 2024-05
    kind      TEXT NOT NULL CHECK (kind IN ('monthly', 'quarterly', 'midyear', 'yearend', 'other')),
    from_day  INTEGER NOT NULL,
    to_day    INTEGER NOT NULL,
    as_of_utc INTEGER,               -- NULL: the extraction time of the last dump that covers the period
    rules     TEXT NOT NULL,         -- canonical text, all keys
    state     TEXT NOT NULL CHECK (state IN ('draft', 'closed')),
    CHECK (from_day <= to_day)
) STRICT;

-- Who did what to a round, and when.
CREATE TABLE round_steps (
    id       INTEGER PRIMARY KEY,
    round_id INTEGER NOT NULL REFERENCES rounds (id),
    step     TEXT NOT NULL,
    at_utc   INTEGER NOT NULL,
    who      TEXT NOT NULL,
    why      TEXT NOT NULL DEFAULT ''
) STRICT;

-- The facts of a closed round, as they were: later imports change nothing of it. Only handlings that count in the round.
CREATE TABLE round_facts (
    round_id   INTEGER NOT NULL REFERENCES rounds (id),
    id         INTEGER NOT NULL,     -- the handling
    unit_name_id INTEGER, received_at INTEGER NOT NULL, due_at INTEGER, closed_at INTEGER, submitted_at INTEGER,
    traits INTEGER NOT NULL, dispatched_at INTEGER, extended_due_at INTEGER, extension_asked_at INTEGER,
    extension_count INTEGER NOT NULL,
    merged_repeat INTEGER NOT NULL,  -- 1: its first order stood open and counted
    judgement  INTEGER NOT NULL,     -- enum judgement, by the round's own rules
    PRIMARY KEY (round_id, id)
) STRICT, WITHOUT ROWID;
-- What closed rounds have judged, in the order in which a scan of the handlings meets it.
CREATE INDEX round_facts_by_handling ON round_facts (id, judgement);

-- Which register the closed round was counted by: the name a dump used, and the ranked unit it counted for.
CREATE TABLE round_units (
    round_id   INTEGER NOT NULL REFERENCES rounds (id),
    code       TEXT NOT NULL,
    name       TEXT NOT NULL,
    class      TEXT NOT NULL,
    class_position INTEGER NOT NULL,
    PRIMARY KEY (round_id, code)
) STRICT, WITHOUT ROWID;

CREATE TABLE round_unit_names (
    round_id     INTEGER NOT NULL REFERENCES rounds (id),
    unit_name_id INTEGER NOT NULL,
    code         TEXT NOT NULL,
    PRIMARY KEY (round_id, unit_name_id)
) STRICT, WITHOUT ROWID;
