-- SPDX-License-Identifier: BSD-2-Clause
--
-- The state of mfad as its first schema had it; never changed.
PRAGMA journal_mode = WAL;
PRAGMA application_id = 0x50414d64;
PRAGMA user_version = 1;
CREATE TABLE host (
	id TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 24),
	name TEXT NOT NULL CHECK (length(name) > 0),
	key BLOB NOT NULL CHECK (length(key) = 32),
	old_key BLOB CHECK (old_key IS NULL OR length(old_key) = 32),
	old_until INTEGER NOT NULL DEFAULT 0,
	created INTEGER NOT NULL,
	seen INTEGER NOT NULL DEFAULT 0,
	revoked INTEGER) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX host_name ON host (name) WHERE revoked IS NULL;
CREATE TABLE join_token (
	id TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 24),
	hash BLOB NOT NULL CHECK (length(hash) = 32),
	name TEXT,
	created INTEGER NOT NULL,
	expires INTEGER NOT NULL,
	host TEXT UNIQUE REFERENCES host (id)) STRICT, WITHOUT ROWID;
CREATE INDEX join_token_expires ON join_token (expires);
CREATE TABLE user (
	name TEXT NOT NULL PRIMARY KEY CHECK (length(name) > 0),
	failures INTEGER NOT NULL DEFAULT 0 CHECK (failures >= 0),
	last_failure INTEGER NOT NULL DEFAULT 0,
	locked INTEGER,
	lock_reason TEXT NOT NULL DEFAULT '',
	push_locked INTEGER,
	push_lock_reason TEXT NOT NULL DEFAULT '',
	push_seq INTEGER NOT NULL DEFAULT 0,
	salt BLOB CHECK (salt IS NULL OR length(salt) = 16)) STRICT, WITHOUT ROWID;
CREATE TABLE enrolment (
	id TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 24),
	host TEXT NOT NULL REFERENCES host (id),
	user TEXT NOT NULL CHECK (length(user) > 0),
	created INTEGER NOT NULL,
	expires INTEGER NOT NULL,
	state INTEGER NOT NULL DEFAULT 0 CHECK (state BETWEEN 0 AND 2)) STRICT, WITHOUT ROWID;
CREATE INDEX enrolment_expires ON enrolment (expires);
CREATE TABLE device (
	id TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 24),
	user TEXT NOT NULL REFERENCES user (name),
	enrolment TEXT NOT NULL UNIQUE,
	name TEXT NOT NULL,
	kind TEXT NOT NULL,
	key TEXT NOT NULL,
	origin TEXT NOT NULL,
	proof TEXT NOT NULL,
	secret BLOB NOT NULL CHECK (length(secret) = 32),
	created INTEGER NOT NULL,
	used INTEGER NOT NULL DEFAULT 0,
	certificate TEXT,
	expires INTEGER,
	revoked INTEGER,
	CHECK ((certificate IS NULL) = (expires IS NULL))) STRICT, WITHOUT ROWID;
CREATE INDEX device_user ON device (user) WHERE revoked IS NULL;
CREATE INDEX device_waste ON device (created) WHERE certificate IS NULL;
CREATE TABLE revocation (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	device TEXT NOT NULL UNIQUE,
	user TEXT NOT NULL,
	at INTEGER NOT NULL,
	text TEXT NOT NULL) STRICT;
CREATE INDEX revocation_user ON revocation (user);
CREATE TABLE login (
	id TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 24),
	host TEXT NOT NULL REFERENCES host (id),
	user TEXT NOT NULL REFERENCES user (name),
	service TEXT NOT NULL,
	origin TEXT NOT NULL,
	nonce TEXT NOT NULL,
	digits INTEGER NOT NULL,
	push INTEGER NOT NULL CHECK (push IN (0, 1)),
	created INTEGER NOT NULL,
	expires INTEGER NOT NULL,
	state INTEGER NOT NULL DEFAULT 0 CHECK (state BETWEEN 0 AND 7),
	decision INTEGER CHECK (decision BETWEEN 1 AND 3),
	device TEXT,
	signature TEXT,
	authenticator_data TEXT,
	client_data TEXT,
	CHECK (state <> 0 OR decision IS NULL),
	CHECK (state <> 1 OR decision IS NOT NULL),
	CHECK ((decision IS NULL) = (device IS NULL))) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX login_live ON login (user) WHERE state = 0 AND push = 1;
CREATE INDEX login_recent ON login (user, created);
CREATE INDEX login_waiting ON login (expires) WHERE state = 0;
CREATE INDEX login_host ON login (host) WHERE state = 0;
CREATE INDEX login_created ON login (created);
CREATE TABLE token (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	user TEXT NOT NULL REFERENCES user (name),
	name TEXT NOT NULL,
	kind INTEGER NOT NULL,
	algorithm INTEGER NOT NULL,
	digits INTEGER NOT NULL,
	period INTEGER NOT NULL,
	sealed BLOB NOT NULL,
	last INTEGER NOT NULL DEFAULT -1,
	resync INTEGER NOT NULL DEFAULT -1,
	created INTEGER NOT NULL,
	used INTEGER NOT NULL DEFAULT 0,
	UNIQUE (user, name)) STRICT;
CREATE TABLE recovery (
	user TEXT NOT NULL REFERENCES user (name),
	hash BLOB NOT NULL CHECK (length(hash) = 32),
	created INTEGER NOT NULL,
	used INTEGER NOT NULL DEFAULT 0,
	PRIMARY KEY (user, hash)) STRICT, WITHOUT ROWID;
CREATE TABLE pass (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	user TEXT NOT NULL REFERENCES user (name),
	hash BLOB NOT NULL CHECK (length(hash) = 32),
	created INTEGER NOT NULL,
	expires INTEGER NOT NULL,
	uses INTEGER NOT NULL CHECK (uses >= 0),
	issuer TEXT NOT NULL,
	UNIQUE (user, hash)) STRICT;
CREATE INDEX pass_expires ON pass (expires);
CREATE TABLE answer (
	caller TEXT NOT NULL,
	key TEXT NOT NULL,
	request TEXT NOT NULL,
	body BLOB NOT NULL CHECK (length(body) = 32),
	at INTEGER NOT NULL,
	sealed BLOB NOT NULL,
	PRIMARY KEY (caller, key)) STRICT, WITHOUT ROWID;
CREATE INDEX answer_at ON answer (at);
CREATE TABLE audit (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	at INTEGER NOT NULL,
	event TEXT NOT NULL,
	user TEXT NOT NULL,
	host TEXT NOT NULL,
	service TEXT NOT NULL,
	origin TEXT NOT NULL,
	device TEXT NOT NULL,
	outcome TEXT NOT NULL,
	by TEXT NOT NULL) STRICT;
CREATE INDEX audit_user ON audit (user, id);
