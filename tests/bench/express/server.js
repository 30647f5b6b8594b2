/* A peer: what is usual. Each request is one transaction, durable before it is answered.
 * Usage: node server.js PORT DATABASE */
'use strict';
const Database = require('better-sqlite3');
const express = require('express');

const [port, path] = process.argv.slice(2);
const database = new Database(path);
database.pragma('journal_mode = WAL');
database.pragma('synchronous = FULL');
database.exec('CREATE TABLE remarks(id INTEGER PRIMARY KEY, round TEXT NOT NULL, text TEXT NOT NULL, at TEXT NOT NULL)');
const insert = database.prepare('INSERT INTO remarks(round, text, at) VALUES(?, ?, ?)');

const app = express();
app.disable('x-powered-by');
app.use(express.json());
app.post('/api/v1/rounds/:id/remarks', (request, response) => {
    const at = new Date().toISOString();
    const { lastInsertRowid: id } = insert.run(request.params.id, request.body.text, at);
    response.status(201).json({ id, at });
});
app.listen(Number(port), '127.0.0.1', () => console.log('ready'));
