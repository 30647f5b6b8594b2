-- Everything that lies sealed: read in the order of its primary key, and put back sealed anew. Parameters are bound by number:
-- ?1 to ?4 are the primary key (what a table lacks is not used), ?5 the limit, or the sealed bytes, ?6 the blind index.

-- name: sealed_orders_each
SELECT id, 0, 0, 0, id, sealed, phone_key FROM orders
WHERE (id, 0, 0, 0) > (:first, :second, :third, :fourth) AND id >= :first AND sealed IS NOT NULL
ORDER BY id LIMIT :limit;

-- name: sealed_orders_put
UPDATE orders SET sealed = ?5, phone_key = ?6
WHERE id = ?1;

-- name: sealed_order_versions_each
SELECT id, changed_by, 0, 0, id, sealed, phone_key FROM order_versions
WHERE (id, changed_by, 0, 0) > (:first, :second, :third, :fourth) AND id >= :first AND sealed IS NOT NULL
ORDER BY id, changed_by LIMIT :limit;

-- name: sealed_order_versions_put
UPDATE order_versions SET sealed = ?5, phone_key = ?6
WHERE id = ?1 AND changed_by = ?2;

-- name: sealed_rejects_each
SELECT id, 0, 0, 0, id, sealed, 0 FROM rejects
WHERE (id, 0, 0, 0) > (:first, :second, :third, :fourth) AND id >= :first AND sealed IS NOT NULL
ORDER BY id LIMIT :limit;

-- name: sealed_rejects_put
UPDATE rejects SET sealed = ?5
WHERE id = ?1 AND ?6 IS NULL;

-- name: sealed_attempts_each
SELECT drawn_id, called_at, no, 0, drawn_id * 4096 + no, sealed, 0 FROM attempts
WHERE (drawn_id, called_at, no, 0) > (:first, :second, :third, :fourth) AND drawn_id >= :first AND sealed IS NOT NULL
ORDER BY drawn_id, called_at, no LIMIT :limit;

-- name: sealed_attempts_put
UPDATE attempts SET sealed = ?5
WHERE drawn_id = ?1 AND called_at = ?2 AND no = ?3 AND ?6 IS NULL;

-- name: sealed_attempt_versions_each
SELECT drawn_id, called_at, no, changed_by, drawn_id * 4096 + no, sealed, 0 FROM attempt_versions
WHERE (drawn_id, called_at, no, changed_by) > (:first, :second, :third, :fourth) AND drawn_id >= :first AND sealed IS NOT NULL
ORDER BY drawn_id, called_at, no, changed_by LIMIT :limit;

-- name: sealed_attempt_versions_put
UPDATE attempt_versions SET sealed = ?5
WHERE drawn_id = ?1 AND called_at = ?2 AND no = ?3 AND changed_by = ?4 AND ?6 IS NULL;

-- name: sealed_outcome_rejects_each
SELECT id, 0, 0, 0, id, sealed, 0 FROM outcome_rejects
WHERE (id, 0, 0, 0) > (:first, :second, :third, :fourth) AND id >= :first AND sealed IS NOT NULL
ORDER BY id LIMIT :limit;

-- name: sealed_outcome_rejects_put
UPDATE outcome_rejects SET sealed = ?5
WHERE id = ?1 AND ?6 IS NULL;

-- name: sealed_frames_each
SELECT round_id, no, 0, 0, round_id * 65536 + no, sealed_secret, 0 FROM frames
WHERE (round_id, no, 0, 0) > (:first, :second, :third, :fourth) AND round_id >= :first AND sealed_secret IS NOT NULL
ORDER BY round_id, no LIMIT :limit;

-- name: sealed_frames_put
UPDATE frames SET sealed_secret = ?5
WHERE round_id = ?1 AND no = ?2 AND ?6 IS NULL;

-- name: sealed_draws_each
SELECT round_id, no, 0, 0, round_id * 65536 + no, sealed_salt_key, 0 FROM draws
WHERE (round_id, no, 0, 0) > (:first, :second, :third, :fourth) AND round_id >= :first AND sealed_salt_key IS NOT NULL
ORDER BY round_id, no LIMIT :limit;

-- name: sealed_draws_put
UPDATE draws SET sealed_salt_key = ?5
WHERE round_id = ?1 AND no = ?2 AND ?6 IS NULL;

-- name: sealed_accounts_each
SELECT id, 0, 0, 0, id, totp, 0 FROM accounts
WHERE (id, 0, 0, 0) > (:first, :second, :third, :fourth) AND id >= :first AND totp IS NOT NULL
ORDER BY id LIMIT :limit;

-- name: sealed_accounts_put
UPDATE accounts SET totp = ?5
WHERE id = ?1 AND ?6 IS NULL;

-- name: sealed_case_numbers_each
SELECT case_id, no, 0, 0, case_id * 16 + no, sealed, phone_key FROM case_numbers
WHERE (case_id, no, 0, 0) > (:first, :second, :third, :fourth) AND case_id >= :first
ORDER BY case_id, no LIMIT :limit;

-- name: sealed_case_numbers_put
UPDATE case_numbers SET sealed = ?5, phone_key = ?6
WHERE case_id = ?1 AND no = ?2;

-- name: sealed_dials_each
SELECT id, 0, 0, 0, id, sealed, 0 FROM dials
WHERE (id, 0, 0, 0) > (:first, :second, :third, :fourth) AND id >= :first AND sealed IS NOT NULL
ORDER BY id LIMIT :limit;

-- name: sealed_dials_put
UPDATE dials SET sealed = ?5
WHERE id = ?1 AND ?6 IS NULL;

-- name: sealed_answers_each
SELECT id, 0, 0, 0, id, sealed, 0 FROM answers
WHERE (id, 0, 0, 0) > (:first, :second, :third, :fourth) AND id >= :first AND sealed IS NOT NULL
ORDER BY id LIMIT :limit;

-- name: sealed_answers_put
UPDATE answers SET sealed = ?5
WHERE id = ?1 AND ?6 IS NULL;

-- name: sealed_do_not_call_each
SELECT id, 0, 0, 0, id, sealed, phone_key FROM do_not_call
WHERE (id, 0, 0, 0) > (:first, :second, :third, :fourth) AND id >= :first AND sealed IS NOT NULL
ORDER BY id LIMIT :limit;

-- name: sealed_do_not_call_put
UPDATE do_not_call SET sealed = ?5, phone_key = ?6
WHERE id = ?1;

-- name: sealed_rechecks_each
SELECT id, 0, 0, 0, id, sealed, 0 FROM rechecks
WHERE (id, 0, 0, 0) > (:first, :second, :third, :fourth) AND id >= :first AND sealed IS NOT NULL
ORDER BY id LIMIT :limit;

-- name: sealed_rechecks_put
UPDATE rechecks SET sealed = ?5
WHERE id = ?1 AND ?6 IS NULL;

-- name: sealed_call_records_each
SELECT id, 0, 0, 0, id, sealed, phone_key FROM call_records
WHERE (id, 0, 0, 0) > (:first, :second, :third, :fourth) AND id >= :first AND sealed IS NOT NULL
ORDER BY id LIMIT :limit;

-- name: sealed_call_records_put
UPDATE call_records SET sealed = ?5, phone_key = ?6
WHERE id = ?1;

-- name: person_orders_clear
DELETE FROM person_orders;

-- name: person_orders_fill
INSERT INTO person_orders (phone_key, order_id)
SELECT phone_key, id FROM orders WHERE phone_key IS NOT NULL ORDER BY phone_key, id;

-- name: dial_keys_fill
UPDATE dials SET phone_key = n.phone_key FROM case_numbers AS n
WHERE n.case_id = dials.case_id AND n.no = dials.number_no AND n.phone_key <> dials.phone_key;
