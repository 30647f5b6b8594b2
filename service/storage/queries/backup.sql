-- Files inside a backup. Parameters are bound by number, in the order of their first appearance.

-- name: backup_file_put
INSERT INTO backup_files (name, part, content) VALUES (:name, :part, :content);

-- name: backup_files_each
SELECT name, part, content FROM backup_files ORDER BY name, part;

-- name: backup_files_clear
DELETE FROM backup_files;
