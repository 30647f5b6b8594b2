-- Dials and answers. Parameters are bound by number, in the order of their first appearance.

-- name: dial_put_new
INSERT INTO dials (case_id, number_no, phone_key, account_id, recheck_id, day, started_utc)
VALUES (:case_id, :number_no, :phone_key, :account_id, :recheck_id, :day, :started_utc);

-- name: dial_put_end
UPDATE dials SET ended_utc = ?2, code = ?3, recording = ?4, sealed = ?5 WHERE id = ?1 AND ended_utc IS NULL;

-- name: dial_get
SELECT d.id, d.case_id, d.number_no, d.phone_key, d.account_id, a.name, d.recheck_id, d.day, d.started_utc, d.ended_utc,
    d.code, d.recording, d.sealed
FROM dials AS d CROSS JOIN accounts AS a ON a.id = d.account_id
WHERE d.id = :id;

-- name: dial_get_open
SELECT d.id, d.case_id, d.number_no, d.phone_key, d.account_id, a.name, d.recheck_id, d.day, d.started_utc, d.ended_utc,
    d.code, d.recording, d.sealed
FROM dials AS d CROSS JOIN accounts AS a ON a.id = d.account_id
WHERE d.case_id = :case_id AND d.ended_utc IS NULL;

-- name: dials_each_of_case
SELECT d.id, d.case_id, d.number_no, d.phone_key, d.account_id, a.name, d.recheck_id, d.day, d.started_utc, d.ended_utc,
    d.code, d.recording, d.sealed
FROM dials AS d CROSS JOIN accounts AS a ON a.id = d.account_id
WHERE d.case_id = :case_id ORDER BY d.id;

-- name: dials_each_of_campaign
SELECT d.id, d.case_id, d.number_no, d.phone_key, d.account_id, a.name, d.recheck_id, d.day, d.started_utc, d.ended_utc,
    d.code, d.recording, d.sealed
FROM dials AS d CROSS JOIN cases AS c ON c.id = d.case_id CROSS JOIN accounts AS a ON a.id = d.account_id
WHERE d.id > :after_id AND c.campaign_id = :campaign_id AND d.recheck_id = 0
ORDER BY d.id LIMIT :limit;

-- name: dials_count_of_number
SELECT count(*) FROM dials WHERE phone_key = :phone_key AND day = :day;

-- name: dial_work_each
-- Of the accounts from :first_account to :last_account. Refusals are AAPOR's 2.1.
SELECT a.id, a.name, a.display_name, d.day,
    count(*),
    count(*) FILTER (WHERE d.code = '1.1' AND d.recheck_id = 0),
    count(*) FILTER (WHERE d.code = '1.2' AND d.recheck_id = 0),
    count(*) FILTER (WHERE d.code GLOB '2.1*' AND d.recheck_id = 0),
    count(*) FILTER (WHERE d.code = '' AND d.recheck_id = 0 AND d.ended_utc IS NOT NULL),
    coalesce(sum(d.ended_utc - d.started_utc), 0),
    max(d.started_utc)
FROM accounts AS a
    CROSS JOIN dials AS d ON d.account_id = a.id
    CROSS JOIN cases AS c ON c.id = d.case_id
WHERE a.id BETWEEN :first_account AND :last_account AND d.day BETWEEN :from_day AND :to_day
  AND (:campaign_id = 0 OR c.campaign_id = :campaign_id)
GROUP BY a.id, d.day ORDER BY a.id, d.day;

-- name: completes_each
SELECT d.account_id, a.name, a.team_id, d.case_id, c.case_no, d.ended_utc - d.started_utc
FROM accounts AS a
    CROSS JOIN dials AS d INDEXED BY dials_complete ON d.account_id = a.id
    CROSS JOIN cases AS c ON c.id = d.case_id
WHERE d.code = '1.1' AND d.recheck_id = 0 AND c.campaign_id = :campaign_id
ORDER BY a.id, d.case_id;

-- name: answer_next_id
SELECT coalesce(max(id), 0) + 1 FROM answers;

-- name: answer_put
INSERT INTO answers (id, case_id, dial_id, drawn_id, at_utc, spent_ms, item, value, sealed)
VALUES (:id, :case_id, :dial_id, :drawn_id, :at_utc, :spent_ms, :item, :value, :sealed);

-- name: answers_each_of_case
SELECT id, case_id, dial_id, drawn_id, item, value, sealed, at_utc, spent_ms FROM answers
WHERE case_id = :case_id ORDER BY id;

-- name: last_answers_each
-- The other columns of an answer are those of the row that has max(): SQLite's bare columns.
SELECT c.id, c.case_no, c.unit, a.value, max(a.id)
FROM cases AS c CROSS JOIN answers AS a ON a.case_id = c.id
WHERE c.campaign_id = :campaign_id AND a.item = :item
GROUP BY c.id ORDER BY c.id;
