-- What results are counted from has a stand: figures that were counted hold while it is the same.

CREATE TABLE results_stand (
    id     INTEGER PRIMARY KEY CHECK (id = 1),
    number INTEGER NOT NULL          -- one more by each transaction that writes what results are counted from
) STRICT;
INSERT INTO results_stand (id, number) VALUES (1, 0);
