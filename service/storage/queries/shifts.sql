-- Attendance, and what callers speak. Parameters are bound by number, in the order of their first appearance.

-- name: shift_put_new
INSERT INTO shifts (account_id, day, started_utc) VALUES (:account_id, :day, :started_utc);

-- name: shift_put_end
UPDATE shifts SET ended_utc = ?2, ended_why = ?3 WHERE id = ?1 AND ended_utc IS NULL;

-- name: shift_put_confirmed
UPDATE shifts SET minutes = ?2, confirmed_utc = ?3, confirmed_by = ?4, note = ?5 WHERE id = ?1 AND ended_utc IS NOT NULL;

-- name: shift_get
SELECT s.id, s.account_id, a.name, a.display_name, t.name, a.team_id, s.day, s.started_utc, s.ended_utc, s.ended_why,
    s.minutes, s.confirmed_utc, s.confirmed_by, s.note, 0, 0
FROM shifts AS s CROSS JOIN accounts AS a ON a.id = s.account_id LEFT JOIN teams AS t ON t.id = a.team_id
WHERE s.id = :id;

-- name: shift_get_open
SELECT s.id, s.account_id, a.name, a.display_name, t.name, a.team_id, s.day, s.started_utc, s.ended_utc, s.ended_why,
    s.minutes, s.confirmed_utc, s.confirmed_by, s.note, 0, 0
FROM shifts AS s CROSS JOIN accounts AS a ON a.id = s.account_id LEFT JOIN teams AS t ON t.id = a.team_id
WHERE s.account_id = :account_id AND s.ended_utc IS NULL;

-- name: shifts_each
-- With the dials that began in it, and the completes among them that no re-check has made void.
SELECT s.id, s.account_id, a.name, a.display_name, t.name, a.team_id, s.day, s.started_utc, s.ended_utc, s.ended_why,
    s.minutes, s.confirmed_utc, s.confirmed_by, s.note,
    (SELECT count(*) FROM dials AS d
     WHERE d.account_id = s.account_id AND d.day BETWEEN s.day - 1 AND s.day + 2
       AND d.started_utc >= s.started_utc AND (s.ended_utc IS NULL OR d.started_utc <= s.ended_utc)),
    (SELECT count(*) FROM dials AS d
     WHERE d.account_id = s.account_id AND d.day BETWEEN s.day - 1 AND s.day + 2
       AND d.started_utc >= s.started_utc AND (s.ended_utc IS NULL OR d.started_utc <= s.ended_utc)
       AND d.code = '1.1' AND d.recheck_id = 0
       AND NOT EXISTS (SELECT 1 FROM rechecks AS r WHERE r.dial_id = d.id AND r.verdict = 'void'))
FROM shifts AS s CROSS JOIN accounts AS a ON a.id = s.account_id LEFT JOIN teams AS t ON t.id = a.team_id
WHERE s.day BETWEEN :from_day AND :to_day AND (:team_id = -1 OR coalesce(a.team_id, 0) = :team_id)
ORDER BY s.day, s.account_id, s.id;

-- name: shifts_each_forgotten
SELECT s.id, s.account_id, a.name, a.display_name, t.name, a.team_id, s.day, s.started_utc, s.ended_utc, s.ended_why,
    s.minutes, s.confirmed_utc, s.confirmed_by, s.note, 0, 0
FROM shifts AS s CROSS JOIN accounts AS a ON a.id = s.account_id LEFT JOIN teams AS t ON t.id = a.team_id
WHERE s.ended_utc IS NULL AND s.started_utc <= :before_utc ORDER BY s.account_id;

-- name: shift_last_dial
SELECT coalesce(max(coalesce(d.ended_utc, d.started_utc)), s.started_utc)
FROM shifts AS s LEFT JOIN dials AS d
    ON d.account_id = s.account_id AND d.day BETWEEN s.day - 1 AND s.day + 2 AND d.started_utc >= s.started_utc
WHERE s.id = :id;

-- name: caller_languages_clear
DELETE FROM caller_languages WHERE account_id = :account_id;

-- name: caller_language_put
INSERT INTO caller_languages (account_id, language) VALUES (:account_id, :language);

-- name: caller_languages_each
SELECT account_id, language FROM caller_languages
WHERE account_id BETWEEN :first_account AND :last_account ORDER BY account_id, language;
