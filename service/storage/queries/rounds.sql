-- Rounds, what closed ones froze, and calendar layers. Parameters are bound by number, in the order of their first
-- appearance.

-- name: round_put_new
-- No row comes back when the name is taken.
INSERT INTO rounds (name, kind, from_day, to_day, as_of_utc, rules, is_accumulated, state)
VALUES (:name, :kind, :from_day, :to_day, :as_of_utc, :rules, :is_accumulated, :state)
ON CONFLICT (name) DO NOTHING
RETURNING id;

-- name: round_get
SELECT id, name, kind, from_day, to_day, as_of_utc, rules, is_accumulated, state FROM rounds WHERE name = :name;

-- name: rounds_each
SELECT id, name, kind, from_day, to_day, as_of_utc, rules, is_accumulated, state FROM rounds ORDER BY from_day, name;

-- name: round_get_id
SELECT id FROM rounds WHERE name = :name;

-- name: round_get_previous
-- Rounds may overlap: of those that were over before, the one that ended last.
SELECT id, name, kind, from_day, to_day, as_of_utc, rules, is_accumulated, state FROM rounds
WHERE kind = :kind AND to_day < :from_day
ORDER BY to_day DESC, from_day DESC, id DESC LIMIT 1;

-- name: round_put_state
UPDATE rounds SET state = :state, as_of_utc = :as_of_utc WHERE id = :id;

-- name: round_part_put
INSERT INTO round_parts (round_id, part_id) VALUES (:round_id, :part_id);

-- name: round_parts_each
SELECT r.id, r.name, r.kind, r.from_day, r.to_day, r.as_of_utc, r.rules, r.is_accumulated, r.state
FROM round_parts AS p JOIN rounds AS r ON r.id = p.part_id
WHERE p.round_id = :round_id ORDER BY r.from_day, r.name;

-- name: round_sums_each
SELECT r.id, r.name, r.kind, r.from_day, r.to_day, r.as_of_utc, r.rules, r.is_accumulated, r.state
FROM round_parts AS p JOIN rounds AS r ON r.id = p.round_id
WHERE p.part_id = :part_id ORDER BY r.from_day, r.name;

-- name: round_step_put
INSERT INTO round_steps (round_id, step, at_utc, who, why) VALUES (:round_id, :step, :at_utc, :who, :why);

-- name: round_steps_each
-- As they were taken, whatever the clock said.
SELECT step, at_utc, who, why FROM round_steps WHERE round_id = :round_id ORDER BY id;

-- name: round_fact_put
INSERT INTO round_facts (
    round_id, merged_repeat, judgement, id, unit_name_id, received_at, due_at, closed_at, submitted_at, traits,
    dispatched_at, extended_due_at, extension_asked_at, extension_count
)
VALUES (
    :round_id, :merged_repeat, :judgement, :id, :unit_name_id, :received_at, :due_at, :closed_at, :submitted_at, :traits,
    :dispatched_at, :extended_due_at, :extension_asked_at, :extension_count
);

-- name: round_facts_each
SELECT
    merged_repeat, id, unit_name_id, received_at, due_at, closed_at, submitted_at, traits, dispatched_at,
    extended_due_at, extension_asked_at, extension_count
FROM round_facts WHERE round_id = :round_id AND id >= :from_id AND id < :end_id ORDER BY id;

-- name: round_fact_get
SELECT
    merged_repeat, id, unit_name_id, received_at, due_at, closed_at, submitted_at, traits, dispatched_at,
    extended_due_at, extension_asked_at, extension_count, judgement
FROM round_facts WHERE round_id = :round_id AND id = :handling_id;

-- name: round_facts_delete
DELETE FROM round_facts WHERE round_id = :round_id;

-- name: round_units_delete
DELETE FROM round_units WHERE round_id = :round_id;

-- name: round_unit_names_delete
DELETE FROM round_unit_names WHERE round_id = :round_id;

-- name: judged_each
-- EXISTS keeps the index of facts outside, which gives the ids in order: nothing is sorted or held.
SELECT DISTINCT f.id FROM round_facts AS f
WHERE f.judgement BETWEEN :low AND :high
  AND EXISTS (SELECT 1 FROM rounds AS r
              WHERE r.id = f.round_id AND r.id <> :round_id AND r.kind = :kind AND r.state IN ('closed', 'scored'))
ORDER BY f.id;

-- name: judged_get
SELECT 1 FROM round_facts AS f JOIN rounds AS r ON r.id = f.round_id
WHERE f.judgement BETWEEN :low AND :high AND r.id <> :round_id AND r.kind = :kind AND r.state IN ('closed', 'scored')
  AND f.id = :handling_id
LIMIT 1;

-- name: round_unit_put
INSERT INTO round_units (round_id, code, name, class, class_position)
VALUES (:round_id, :code, :name, :class, :class_position);

-- name: round_units_each
SELECT code, name, class, class_position FROM round_units WHERE round_id = :round_id ORDER BY class_position, code;

-- name: round_unit_name_put
INSERT INTO round_unit_names (round_id, unit_name_id, code) VALUES (:round_id, :unit_name_id, :code);

-- name: round_unit_names_each
SELECT unit_name_id, code FROM round_unit_names WHERE round_id = :round_id ORDER BY unit_name_id;

-- name: round_score_put_new
INSERT INTO round_scores (round_id, issue, scored_utc, who, program_version, csv)
VALUES (:round_id, :issue, :scored_utc, :who, :program_version, :csv);

-- name: round_score_get_last
SELECT issue, scored_utc, who, program_version, csv
FROM round_scores WHERE round_id = :round_id ORDER BY issue DESC LIMIT 1;

-- name: round_layer_put
INSERT INTO round_layers (round_id, name, csv)
SELECT :round_id, l.name, l.csv FROM calendar_layers AS l WHERE l.name = :name
ON CONFLICT DO NOTHING;

-- name: round_layer_get
SELECT csv FROM round_layers WHERE round_id = :round_id AND name = :name;

-- name: round_layers_delete
DELETE FROM round_layers WHERE round_id = :round_id;

-- name: calendar_layer_put
INSERT INTO calendar_layers (name, csv, imported_utc) VALUES (:name, :csv, :imported_utc)
ON CONFLICT (name) DO UPDATE SET csv = excluded.csv, imported_utc = excluded.imported_utc;

-- name: calendar_layer_get
SELECT csv FROM calendar_layers WHERE name = :name;
