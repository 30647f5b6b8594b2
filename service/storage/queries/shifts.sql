-- Attendance, and what callers speak. Parameters are bound by number, in the order of their first appearance.

-- name: shift_put_new
INSERT INTO shifts (account_id, day, started_utc) VALUES (:account_id, :day, :started_utc);

-- name: shift_put_end
UPDATE shifts SET ended_utc = ?2, ended_why = ?3 WHERE id = ?1 AND ended_utc IS NULL;

-- name: shift_put_confirmed
UPDATE shifts SET minutes = ?2, confirmed_utc = ?3, confirmed_by = ?4, note = ?5 WHERE id = ?1 AND ended_utc IS NOT NULL;

-- name: shift_get
SELECT s.id, s.account_id, a.name, a.display_name, t.name, a.team_id, s.day, s.started_utc, s.ended_utc, s.ended_why,
    s.minutes, s.confirmed_utc, s.confirmed_by, s.note
FROM shifts AS s CROSS JOIN accounts AS a ON a.id = s.account_id LEFT JOIN teams AS t ON t.id = a.team_id
WHERE s.id = :id;

-- name: shift_get_open
SELECT s.id, s.account_id, a.name, a.display_name, t.name, a.team_id, s.day, s.started_utc, s.ended_utc, s.ended_why,
    s.minutes, s.confirmed_utc, s.confirmed_by, s.note
FROM shifts AS s CROSS JOIN accounts AS a ON a.id = s.account_id LEFT JOIN teams AS t ON t.id = a.team_id
WHERE s.account_id = :account_id AND s.ended_utc IS NULL;

-- name: shifts_each
SELECT s.id, s.account_id, a.name, a.display_name, t.name, a.team_id, s.day, s.started_utc, s.ended_utc, s.ended_why,
    s.minutes, s.confirmed_utc, s.confirmed_by, s.note
FROM shifts AS s CROSS JOIN accounts AS a ON a.id = s.account_id LEFT JOIN teams AS t ON t.id = a.team_id
WHERE s.day BETWEEN :from_day AND :to_day AND (:team_id = -1 OR coalesce(a.team_id, 0) = :team_id)
ORDER BY s.day, s.account_id, s.id;

-- name: shifts_each_forgotten
SELECT s.id, s.account_id, a.name, a.display_name, t.name, a.team_id, s.day, s.started_utc, s.ended_utc, s.ended_why,
    s.minutes, s.confirmed_utc, s.confirmed_by, s.note
FROM shifts AS s CROSS JOIN accounts AS a ON a.id = s.account_id LEFT JOIN teams AS t ON t.id = a.team_id
WHERE s.ended_utc IS NULL AND s.started_utc <= :before_utc ORDER BY s.account_id;

-- name: caller_languages_clear
DELETE FROM caller_languages WHERE account_id = :account_id;

-- name: caller_language_put
INSERT INTO caller_languages (account_id, language) VALUES (:account_id, :language);

-- name: caller_languages_each
SELECT account_id, language FROM caller_languages
WHERE account_id BETWEEN :first_account AND :last_account ORDER BY account_id, language;
