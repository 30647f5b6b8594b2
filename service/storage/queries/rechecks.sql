-- Re-checks. Parameters are bound by number, in the order of their first appearance.

-- name: recheck_put_new
INSERT INTO rechecks (campaign_id, case_id, dial_id, caller_id, account_id, until_utc, tries, reason, state)
VALUES (:campaign_id, :case_id, :dial_id, :caller_id, :account_id, :until_utc, :tries, :reason, :state);

-- name: recheck_put
UPDATE rechecks SET
    account_id = ?2, until_utc = ?3, tries = ?4, compared = ?5, differing = ?6, done_utc = ?7, settled_utc = ?8,
    state = ?9, method = ?10, verdict = ?11, settled_by = ?12, settled_why = ?13, sealed = ?14
WHERE id = ?1;

-- name: recheck_get
SELECT r.id, r.campaign_id, r.case_id, r.dial_id, r.caller_id, a.name, k.name, r.reason, r.state, r.account_id,
    r.until_utc, r.tries, r.method, r.done_utc, r.compared, r.differing, r.sealed, r.verdict, r.settled_by, r.settled_why,
    r.settled_utc
FROM rechecks AS r CROSS JOIN accounts AS a ON a.id = r.caller_id LEFT JOIN accounts AS k ON k.id = r.account_id
WHERE r.id = :id;

-- name: recheck_find_due
SELECT r.id, r.campaign_id, r.case_id, r.dial_id, r.caller_id, a.name, k.name, r.reason, r.state, r.account_id,
    r.until_utc, r.tries, r.method, r.done_utc, r.compared, r.differing, r.sealed, r.verdict, r.settled_by, r.settled_why,
    r.settled_utc
FROM rechecks AS r CROSS JOIN accounts AS a ON a.id = r.caller_id
    CROSS JOIN campaigns AS p ON p.id = r.campaign_id LEFT JOIN accounts AS k ON k.id = r.account_id
WHERE r.state = 'queued' AND r.until_utc <= :now_utc AND r.caller_id <> :account_id
  AND p.ended_utc IS NULL AND p.is_paused = 0
ORDER BY r.until_utc, r.id LIMIT 1;

-- name: recheck_find_leased
SELECT r.id, r.campaign_id, r.case_id, r.dial_id, r.caller_id, a.name, k.name, r.reason, r.state, r.account_id,
    r.until_utc, r.tries, r.method, r.done_utc, r.compared, r.differing, r.sealed, r.verdict, r.settled_by, r.settled_why,
    r.settled_utc
FROM rechecks AS r CROSS JOIN accounts AS a ON a.id = r.caller_id LEFT JOIN accounts AS k ON k.id = r.account_id
WHERE r.state = 'leased' AND r.account_id = :account_id;

-- name: recheck_find_ended
SELECT r.id, r.campaign_id, r.case_id, r.dial_id, r.caller_id, a.name, k.name, r.reason, r.state, r.account_id,
    r.until_utc, r.tries, r.method, r.done_utc, r.compared, r.differing, r.sealed, r.verdict, r.settled_by, r.settled_why,
    r.settled_utc
FROM rechecks AS r CROSS JOIN accounts AS a ON a.id = r.caller_id LEFT JOIN accounts AS k ON k.id = r.account_id
WHERE r.state = 'leased' AND r.until_utc <= :now_utc ORDER BY r.until_utc LIMIT 1;

-- name: recheck_count_completes
SELECT count(*) FROM dials AS d CROSS JOIN cases AS c ON c.id = d.case_id
WHERE d.account_id = :caller_id AND d.code = '1.1' AND d.recheck_id = 0 AND c.campaign_id = :campaign_id;

-- name: recheck_count_chosen
SELECT count(*) FROM rechecks WHERE caller_id = :caller_id AND campaign_id = :campaign_id;

-- name: rechecks_each
SELECT r.id, r.campaign_id, r.case_id, r.dial_id, r.caller_id, a.name, k.name, r.reason, r.state, r.account_id,
    r.until_utc, r.tries, r.method, r.done_utc, r.compared, r.differing, r.sealed, r.verdict, r.settled_by, r.settled_why,
    r.settled_utc
FROM rechecks AS r CROSS JOIN accounts AS a ON a.id = r.caller_id CROSS JOIN cases AS c ON c.id = r.case_id
    LEFT JOIN accounts AS k ON k.id = r.account_id
WHERE r.campaign_id = :campaign_id AND r.id > :after_id AND (:team_id = -1 OR c.team_id = :team_id)
  AND (:state = '' OR r.state = :state OR (:state = 'over' AND r.state <> 'queued' AND r.state <> 'leased'))
ORDER BY r.id LIMIT :limit;

-- name: recheck_answer_put
INSERT INTO recheck_answers (recheck_id, drawn_id, item, value) VALUES (:recheck_id, :drawn_id, :item, :value)
ON CONFLICT (recheck_id, drawn_id, item) DO UPDATE SET value = excluded.value;

-- name: recheck_answers_drop
DELETE FROM recheck_answers WHERE recheck_id = :recheck_id;

-- name: recheck_answers_each
SELECT recheck_id, drawn_id, item, value FROM recheck_answers
WHERE recheck_id = :recheck_id ORDER BY drawn_id, item;
