-- The telephone company's records, and packages. Parameters are bound by number, in the order of their first appearance.

-- name: call_record_file_put_new
INSERT INTO call_record_files (imported_utc, rows, matched, unmatched, rejected, file_name, sha256, who)
VALUES (:imported_utc, :rows, :matched, :unmatched, :rejected, :file_name, :sha256, :who);

-- name: call_record_file_put_counts
UPDATE call_record_files SET rows = ?2, matched = ?3, unmatched = ?4, rejected = ?5 WHERE id = ?1;

-- name: call_record_files_each
SELECT id, file_name, sha256, imported_utc, who, rows, matched, unmatched, rejected FROM call_record_files
ORDER BY id DESC;

-- name: call_record_next_id
SELECT coalesce(max(id), 0) + 1 FROM call_records;

-- name: call_record_put_new
INSERT INTO call_records (id, file_id, line, phone_key, started_utc, seconds, dial_id, sealed, line_name)
VALUES (:id, :file_id, :line, :phone_key, :started_utc, :seconds, :dial_id, :sealed, :line_name);

-- name: call_record_find_dial
SELECT d.id FROM dials AS d
WHERE d.phone_key = :phone_key AND d.started_utc BETWEEN :at_utc - :within_s AND :at_utc + :within_s
  AND NOT EXISTS (SELECT 1 FROM call_records AS r WHERE r.dial_id = d.id)
ORDER BY abs(d.started_utc - :at_utc), d.id LIMIT 1;

-- name: call_record_find_first
SELECT id, dial_id FROM call_records WHERE phone_key = :phone_key AND started_utc = :started_utc ORDER BY id LIMIT 1;

-- name: call_record_put_dial
UPDATE call_records SET dial_id = ?2 WHERE id = ?1;

-- name: call_record_spans_each
SELECT min(r.started_utc), max(r.started_utc), f.imported_utc
FROM call_records AS r CROSS JOIN call_record_files AS f ON f.id = r.file_id
GROUP BY r.file_id ORDER BY 1, 2;

-- name: dials_count_of_team
SELECT count(*)
FROM accounts AS a CROSS JOIN dials AS d ON d.account_id = a.id CROSS JOIN cases AS c ON c.id = d.case_id
WHERE a.team_id = :team_id AND c.campaign_id = :campaign_id AND d.ended_utc IS NOT NULL
  AND d.started_utc BETWEEN :from_utc AND :to_utc;

-- name: call_records_each_unmatched
SELECT id, file_id, line, phone_key, sealed, started_utc, seconds, line_name, dial_id FROM call_records
WHERE dial_id = 0 AND id > :after_id ORDER BY id LIMIT :limit;

-- name: call_records_each_unmatched_newest
SELECT id, file_id, line, phone_key, sealed, started_utc, seconds, line_name, dial_id FROM call_records
WHERE dial_id = 0 ORDER BY id DESC LIMIT :limit;

-- name: call_records_count_unmatched
SELECT count(*) FROM call_records WHERE dial_id = 0;

-- name: dials_each_unmatched
SELECT d.id, d.case_id, d.account_id, a.name, d.code, a.team_id, d.recheck_id, d.started_utc, d.ended_utc
FROM dials AS d CROSS JOIN cases AS c ON c.id = d.case_id CROSS JOIN accounts AS a ON a.id = d.account_id
WHERE d.id > :after_id AND c.campaign_id = :campaign_id AND d.ended_utc IS NOT NULL
  AND d.started_utc BETWEEN :from_utc AND :to_utc
  AND NOT EXISTS (SELECT 1 FROM call_records AS r WHERE r.dial_id = d.id)
ORDER BY d.id LIMIT :limit;

-- name: package_put_new
INSERT INTO packages (campaign_id, team_id, cases, made_utc, until_day, mark, made_by)
VALUES (:campaign_id, :team_id, :cases, :made_utc, :until_day, :mark, :made_by);

-- name: package_get_by_mark
SELECT p.id, p.campaign_id, p.team_id, t.name, p.mark, p.cases, p.made_utc, p.made_by, p.until_day, 0
FROM packages AS p JOIN teams AS t ON t.id = p.team_id
WHERE p.mark = :mark;

-- name: package_case_put
INSERT INTO package_cases (package_id, case_id) VALUES (:package_id, :case_id);

-- name: package_cases_each
SELECT case_id FROM package_cases WHERE package_id = :package_id ORDER BY case_id;

-- name: packages_each
-- Out is what has no disposition yet, was not taken back, and is in no later package.
SELECT p.id, p.campaign_id, p.team_id, t.name, p.mark, p.cases, p.made_utc, p.made_by, p.until_day,
    (SELECT count(*)
     FROM package_cases AS o CROSS JOIN cases AS c ON c.id = o.case_id
     WHERE o.package_id = p.id AND c.state = 'final' AND c.code = ''
       AND NOT EXISTS (SELECT 1 FROM package_cases AS l WHERE l.case_id = o.case_id AND l.package_id > o.package_id))
FROM packages AS p JOIN teams AS t ON t.id = p.team_id
WHERE p.campaign_id = :campaign_id ORDER BY p.id;

-- name: package_order_put
INSERT INTO package_orders (package_id, case_id, no, drawn_id) VALUES (:package_id, :case_id, :no, :drawn_id);

-- name: package_get_of_case
SELECT p.id, p.campaign_id, p.team_id, t.name, p.mark, p.cases, p.made_utc, p.made_by, p.until_day, 0
FROM package_cases AS c JOIN packages AS p ON p.id = c.package_id JOIN teams AS t ON t.id = p.team_id
WHERE c.case_id = :case_id ORDER BY c.package_id DESC LIMIT 1;

-- name: package_order_get
SELECT d.order_no
FROM package_orders AS o JOIN drawn_orders AS d ON d.id = o.drawn_id
WHERE o.package_id = :package_id AND o.case_id = :case_id AND o.no = :no;
