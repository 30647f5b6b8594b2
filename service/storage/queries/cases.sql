-- Cases, their numbers, and who must not be called. Parameters are bound by number, in the order of their first appearance.

-- name: case_put_new
INSERT INTO cases (
    team_id, state, from_utc, until_utc, account_id, appointment_utc, appointment_account, freed_utc, final_utc, language,
    code, why, campaign_id, case_no, unit, shuffle
)
VALUES (
    :team_id, :state, :from_utc, :until_utc, :account_id, :appointment_utc, :appointment_account, :freed_utc, :final_utc,
    :language, :code, :why, :campaign_id, :case_no, :unit, :shuffle
);

-- name: case_put
-- The parameters of case_put_new, up to why.
UPDATE cases SET
    team_id = ?1, state = ?2, from_utc = ?3, until_utc = ?4, account_id = ?5, appointment_utc = ?6,
    appointment_account = ?7, freed_utc = ?8, final_utc = ?9, language = ?10, code = ?11, why = ?12
WHERE id = ?13;

-- name: case_put_held
-- The hot one: of the indexes only that of what ends knows these columns.
UPDATE cases SET until_utc = ?2, appointment_utc = nullif(?3, 0), appointment_account = ?4 WHERE id = ?1;

-- name: case_get
SELECT id, campaign_id, case_no, unit, shuffle, team_id, language, state, from_utc, until_utc, account_id, appointment_utc,
    appointment_account, freed_utc, code, final_utc, why
FROM cases
WHERE id = :id;

-- name: case_get_by_no
SELECT id, campaign_id, case_no, unit, shuffle, team_id, language, state, from_utc, until_utc, account_id, appointment_utc,
    appointment_account, freed_utc, code, final_utc, why
FROM cases
WHERE campaign_id = :campaign_id AND case_no = :case_no;

-- name: case_find_own_appointment
SELECT id, campaign_id, case_no, unit, shuffle, team_id, language, state, from_utc, until_utc, account_id, appointment_utc,
    appointment_account, freed_utc, code, final_utc, why
FROM cases
WHERE state = 'appointment' AND account_id <> 0 AND account_id = :account_id AND campaign_id = :campaign_id
  AND team_id = :team_id AND from_utc <= :now_utc AND until_utc > :now_utc
ORDER BY from_utc, id LIMIT 1;

-- name: case_find_due
-- The first condition is that of the index.
SELECT id, campaign_id, case_no, unit, shuffle, team_id, language, state, from_utc, until_utc, account_id, appointment_utc,
    appointment_account, freed_utc, code, final_utc, why
FROM cases
WHERE state IN ('appointment', 'waiting')
  AND campaign_id = :campaign_id AND state = :state AND team_id = :team_id AND language = :language
  AND (from_utc, id) > (:after_utc, :after_id) AND from_utc <= :now_utc AND until_utc > :now_utc
  AND (account_id = 0 OR account_id = :account_id OR appointment_utc <= :left_utc)
ORDER BY from_utc, id LIMIT 1;

-- name: case_next_due
SELECT from_utc FROM cases
WHERE state IN ('appointment', 'waiting')
  AND campaign_id = :campaign_id AND state = :state AND team_id = :team_id AND language = :language
  AND from_utc > :now_utc
ORDER BY from_utc LIMIT 1;

-- name: case_find_queued
SELECT id, campaign_id, case_no, unit, shuffle, team_id, language, state, from_utc, until_utc, account_id, appointment_utc,
    appointment_account, freed_utc, code, final_utc, why
FROM cases
WHERE state = 'queued' AND campaign_id = :campaign_id AND unit = :unit AND team_id = :team_id AND language = :language
  AND shuffle > :after_shuffle AND (account_id <> :account_id OR from_utc <= :now_utc)
ORDER BY shuffle LIMIT 1;

-- name: case_find_leased
SELECT id, campaign_id, case_no, unit, shuffle, team_id, language, state, from_utc, until_utc, account_id, appointment_utc,
    appointment_account, freed_utc, code, final_utc, why
FROM cases
WHERE state = 'leased' AND account_id = :account_id;

-- name: case_find_ended
SELECT id, campaign_id, case_no, unit, shuffle, team_id, language, state, from_utc, until_utc, account_id, appointment_utc,
    appointment_account, freed_utc, code, final_utc, why
FROM cases
WHERE state <> 'queued' AND state <> 'final' AND until_utc <= :now_utc
ORDER BY until_utc LIMIT 1;

-- name: cases_each
SELECT id, campaign_id, case_no, unit, shuffle, team_id, language, state, from_utc, until_utc, account_id, appointment_utc,
    appointment_account, freed_utc, code, final_utc, why
FROM cases
WHERE campaign_id = :campaign_id AND id > :after_id
  AND (:unit = -1 OR unit = :unit) AND (:team_id = -1 OR team_id = :team_id)
  AND (:without_number = 0
       OR NOT EXISTS (SELECT 1 FROM case_numbers AS n WHERE n.case_id = cases.id AND n.is_dead = 0))
  AND (:state = '' OR state = :state) AND (:code = '' OR code = :code)
ORDER BY id LIMIT :limit;

-- name: cases_count
SELECT unit, state, code, count(*) FROM cases
WHERE campaign_id = :campaign_id
GROUP BY unit, state, code ORDER BY unit, state, code;

-- name: cases_count_in_work
-- Through the index of what has an end, which has no others; the sign keeps that of campaigns out.
SELECT
    state,
    EXISTS (SELECT 1 FROM dials AS d WHERE d.case_id = cases.id AND d.recheck_id = 0 AND d.code <> ''),
    EXISTS (SELECT 1 FROM case_numbers AS n WHERE n.case_id = cases.id AND n.is_dead = 0),
    count(*)
FROM cases INDEXED BY cases_ending
WHERE state <> 'queued' AND state <> 'final' AND until_utc > 0 AND +campaign_id = :campaign_id
GROUP BY 1, 2, 3;

-- name: case_orders_each
SELECT o.id, o.unit, o.handling_id, o.order_no
FROM drawn_orders AS o
    CROSS JOIN draw_units AS u ON u.round_id = o.round_id AND u.draw_no = o.draw_no AND u.unit = o.unit
WHERE o.round_id = :round_id AND o.draw_no = :draw_no AND o.case_no = :case_no AND o.position <= u.released
ORDER BY o.id;

-- name: case_file_codes_each
-- What loaded files say of a case's orders.
SELECT a.code
FROM drawn_orders AS o
    CROSS JOIN draw_units AS u ON u.round_id = o.round_id AND u.draw_no = o.draw_no AND u.unit = o.unit
    CROSS JOIN attempts AS a ON a.drawn_id = o.id
    CROSS JOIN outcome_files AS f ON f.id = a.file_id
WHERE o.round_id = :round_id AND o.draw_no = :draw_no AND o.case_no = :case_no AND o.position <= u.released
  AND f.kind = 'file'
ORDER BY a.drawn_id, a.called_at, a.no;

-- name: case_number_put_new
INSERT INTO case_numbers (case_id, no, phone_key, is_dead, sealed)
VALUES (:case_id, :no, :phone_key, :is_dead, :sealed);

-- name: case_number_put_dead
UPDATE case_numbers SET is_dead = ?3 WHERE case_id = ?1 AND no = ?2;

-- name: case_numbers_each
SELECT case_id, no, phone_key, sealed, is_dead FROM case_numbers
WHERE case_id = :case_id ORDER BY no;

-- name: case_number_is_leased
SELECT 1
FROM case_numbers AS own
    CROSS JOIN case_numbers AS other ON other.phone_key = own.phone_key AND other.case_id <> own.case_id
    CROSS JOIN cases AS c ON c.id = other.case_id
WHERE own.case_id = :case_id AND c.state = 'leased' LIMIT 1;

-- name: case_number_is_dialled
SELECT 1
FROM case_numbers AS own
    CROSS JOIN dials AS d ON d.phone_key = own.phone_key AND d.ended_utc IS NULL
WHERE own.case_id = :case_id AND d.case_id <> own.case_id LIMIT 1;

-- name: cases_each_with_number
SELECT c.id, c.campaign_id, c.case_no, c.unit, c.shuffle, c.team_id, c.language, c.state, c.from_utc, c.until_utc,
    c.account_id, c.appointment_utc, c.appointment_account, c.freed_utc, c.code, c.final_utc, c.why
FROM case_numbers AS n
    CROSS JOIN cases AS c ON c.id = n.case_id
    CROSS JOIN campaigns AS p ON p.id = c.campaign_id
WHERE n.phone_key = :phone_key AND c.state <> 'final' AND p.ended_utc IS NULL
ORDER BY n.case_id;

-- name: do_not_call_next_id
SELECT coalesce(max(id), 0) + 1 FROM do_not_call;

-- name: do_not_call_put
INSERT INTO do_not_call (id, phone_key, since_utc, sealed, who, why)
VALUES (:id, :phone_key, :since_utc, :sealed, :who, :why);

-- name: do_not_call_put_ended
UPDATE do_not_call SET ended_utc = ?2, ended_by = ?3, ended_why = ?4 WHERE id = ?1 AND ended_utc IS NULL;

-- name: do_not_call_has
SELECT 1 FROM do_not_call WHERE phone_key = :phone_key AND ended_utc IS NULL;

-- name: do_not_call_each
SELECT id, phone_key, sealed, since_utc, who, why, ended_utc, ended_by, ended_why FROM do_not_call
WHERE id > :after_id ORDER BY id LIMIT :limit;
