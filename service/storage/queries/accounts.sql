-- Accounts, teams, sessions, tokens. Parameters are bound by number, in the order of their first appearance.

-- name: account_get
SELECT
    a.id, a.name, a.display_name, a.role, a.team_id, t.name, t.kind, t.until_day, a.unit_code, a.password,
    a.password_utc, a.must_change, a.totp, a.totp_is_confirmed, a.totp_step, a.failures, a.failed_utc,
    a.locked_until_utc, a.disabled_utc, a.signed_in_utc, a.created_utc, a.created_by
FROM accounts AS a LEFT JOIN teams AS t ON t.id = a.team_id WHERE a.name = :name;

-- name: account_get_by_id
SELECT
    a.id, a.name, a.display_name, a.role, a.team_id, t.name, t.kind, t.until_day, a.unit_code, a.password,
    a.password_utc, a.must_change, a.totp, a.totp_is_confirmed, a.totp_step, a.failures, a.failed_utc,
    a.locked_until_utc, a.disabled_utc, a.signed_in_utc, a.created_utc, a.created_by
FROM accounts AS a LEFT JOIN teams AS t ON t.id = a.team_id WHERE a.id = :id;

-- name: accounts_each
SELECT
    a.id, a.name, a.display_name, a.role, a.team_id, t.name, t.kind, t.until_day, a.unit_code, a.password,
    a.password_utc, a.must_change, a.totp, a.totp_is_confirmed, a.totp_step, a.failures, a.failed_utc,
    a.locked_until_utc, a.disabled_utc, a.signed_in_utc, a.created_utc, a.created_by
FROM accounts AS a LEFT JOIN teams AS t ON t.id = a.team_id
WHERE a.name > :after ORDER BY a.name LIMIT :limit;

-- name: account_put_new
-- No row comes back when the name is taken.
INSERT INTO accounts (
    display_name, role, team_id, unit_code, password, password_utc, must_change, totp, totp_is_confirmed, totp_step,
    failures, failed_utc, locked_until_utc, disabled_utc, signed_in_utc, name, created_utc, created_by
)
VALUES (
    :display_name, :role, :team_id, :unit_code, :password, :password_utc, :must_change, :totp, :totp_is_confirmed,
    :totp_step, :failures, :failed_utc, :locked_until_utc, :disabled_utc, :signed_in_utc, :name, :created_utc,
    :created_by
)
ON CONFLICT (name) DO NOTHING
RETURNING id;

-- name: account_put
UPDATE accounts SET
    display_name = :display_name, role = :role, team_id = :team_id, unit_code = :unit_code, password = :password,
    password_utc = :password_utc, must_change = :must_change, totp = :totp, totp_is_confirmed = :totp_is_confirmed,
    totp_step = :totp_step, failures = :failures, failed_utc = :failed_utc, locked_until_utc = :locked_until_utc,
    disabled_utc = :disabled_utc, signed_in_utc = :signed_in_utc
WHERE id = :id
RETURNING id;

-- name: accounts_count_of_role
SELECT count(*) FROM accounts WHERE role = :role AND disabled_utc IS NULL;

-- name: accounts_have_role
SELECT count(*) FROM (SELECT id FROM accounts WHERE role = :role LIMIT 1) AS a;

-- name: accounts_count_of_team
SELECT count(*) FROM accounts WHERE team_id = :team_id AND disabled_utc IS NULL;

-- name: team_get
SELECT id, name, kind, until_day, max_accounts, created_utc FROM teams WHERE name = :name;

-- name: teams_each
SELECT id, name, kind, until_day, max_accounts, created_utc FROM teams ORDER BY name;

-- name: team_store
INSERT INTO teams (name, kind, until_day, max_accounts, created_utc)
VALUES (:name, :kind, :until_day, :max_accounts, :created_utc)
ON CONFLICT (name) DO UPDATE SET
    kind = excluded.kind, until_day = excluded.until_day, max_accounts = excluded.max_accounts;

-- name: session_put_new
INSERT INTO sessions (account_id, secret_sha256, csrf, stage, created_utc, seen_utc, address, agent)
VALUES (:account_id, :secret_sha256, :csrf, :stage, :created_utc, :seen_utc, :address, :agent)
RETURNING id;

-- name: session_get
SELECT
    s.id, s.account_id, a.name, s.secret_sha256, s.csrf, s.stage, s.created_utc, s.seen_utc, s.address, s.agent,
    s.ended_utc, s.ended_why
FROM sessions AS s INNER JOIN accounts AS a ON a.id = s.account_id WHERE s.id = :id;

-- name: session_put_stage
UPDATE sessions SET stage = :stage WHERE id = :id RETURNING id;

-- name: session_put_seen
-- Never back: a late writer may come after an early one.
UPDATE sessions SET seen_utc = :seen_utc WHERE id = :id AND seen_utc < :seen_utc;

-- name: session_put_ended
UPDATE sessions SET ended_utc = :ended_utc, ended_why = :ended_why WHERE id = :id AND ended_utc IS NULL;

-- name: sessions_put_ended
UPDATE sessions SET ended_utc = :ended_utc, ended_why = :ended_why
WHERE account_id = :account_id AND id <> :keep AND ended_utc IS NULL;

-- name: sessions_delete_ended
DELETE FROM sessions WHERE ended_utc IS NOT NULL AND ended_utc <= :before_utc;

-- name: sessions_each
-- By a range of accounts, for that is the way through the index of what is open: history is not looked at.
SELECT
    s.id, s.account_id, a.name, s.secret_sha256, s.csrf, s.stage, s.created_utc, s.seen_utc, s.address, s.agent,
    s.ended_utc, s.ended_why
FROM sessions AS s INNER JOIN accounts AS a ON a.id = s.account_id
WHERE s.ended_utc IS NULL AND s.account_id BETWEEN :first_account AND :last_account ORDER BY s.id DESC;

-- name: token_put_new
INSERT INTO tokens (name, secret_sha256, scopes, created_by, created_utc, expires_utc)
VALUES (:name, :secret_sha256, :scopes, :created_by, :created_utc, :expires_utc)
RETURNING id;

-- name: token_put_revoked
UPDATE tokens SET revoked_utc = COALESCE(revoked_utc, :revoked_utc) WHERE id = :id RETURNING id;

-- name: tokens_each
SELECT id, name, secret_sha256, scopes, created_by, created_utc, expires_utc, revoked_utc FROM tokens ORDER BY id;

-- name: recovery_codes_delete
DELETE FROM recovery_codes WHERE account_id = :account_id;

-- name: recovery_code_put
INSERT INTO recovery_codes (account_id, code_sha256) VALUES (:account_id, :code_sha256);

-- name: recovery_code_use
UPDATE recovery_codes SET used_utc = :used_utc
WHERE account_id = :account_id AND code_sha256 = :code_sha256 AND used_utc IS NULL
RETURNING account_id;

-- name: recovery_codes_left
SELECT count(*) FROM recovery_codes WHERE account_id = :account_id AND used_utc IS NULL;

-- name: role_limits_get
SELECT idle_s, absolute_s FROM role_limits WHERE role = :role;

-- name: role_limits_store
INSERT INTO role_limits (role, idle_s, absolute_s) VALUES (:role, :idle_s, :absolute_s)
ON CONFLICT (role) DO UPDATE SET idle_s = excluded.idle_s, absolute_s = excluded.absolute_s;

-- name: stranger_get
SELECT failures, failed_utc FROM strangers WHERE name_sha256 = :name_sha256;

-- name: stranger_store
INSERT INTO strangers (name_sha256, failures, failed_utc) VALUES (:name_sha256, :failures, :failed_utc)
ON CONFLICT (name_sha256) DO UPDATE SET failures = excluded.failures, failed_utc = excluded.failed_utc;

-- name: strangers_delete_before
DELETE FROM strangers WHERE failed_utc <= :before_utc;

-- name: strangers_delete_beyond
DELETE FROM strangers WHERE name_sha256 IN (
    SELECT name_sha256 FROM strangers ORDER BY failed_utc DESC, name_sha256 LIMIT :all OFFSET :most
);
