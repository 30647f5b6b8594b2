-- Exclusions by request. Parameters are bound by number, in the order of their first appearance.

-- name: exclusion_put_new
-- No row comes back when one in force asks for the same handling.
INSERT INTO exclusions (
    round_id, handling_id, order_no, reason, effect, basis, file_name, file_sha256, state, requested_by, requested_utc
)
VALUES (
    :round_id, :handling_id, :order_no, :reason, :effect, :basis, :file_name, :file_sha256, 'requested', :requested_by,
    :requested_utc
)
ON CONFLICT (round_id, handling_id) WHERE state <> 'refused' DO NOTHING
RETURNING id;

-- name: exclusion_get
SELECT
    id, round_id, handling_id, order_no, reason, effect, basis, file_name, file_sha256, state, requested_by,
    requested_utc, decided_by, decided_utc, decision_why
FROM exclusions WHERE id = :id;

-- name: exclusion_put_decision
UPDATE exclusions SET state = :state, decided_by = :decided_by, decided_utc = :decided_utc, decision_why = :decision_why
WHERE id = :id AND state = 'requested';

-- name: exclusions_each
SELECT
    id, round_id, handling_id, order_no, reason, effect, basis, file_name, file_sha256, state, requested_by,
    requested_utc, decided_by, decided_utc, decision_why
FROM exclusions WHERE :round_id = 0 OR round_id = :round_id ORDER BY id;
