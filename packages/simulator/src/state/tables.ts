/**
 * The tables in which the identity side keeps its state, one database per org; sobject tables belong to the data side.
 *
 * `OauthToken` is a view over the grants with the columns of the object reference: what an auditor sees is what is
 * there, not a copy of it. Deleting an AuthSession row ends the session behind it (a trigger), as at Salesforce.
 */
import type { DatabaseSync } from 'node:sqlite'

const schema = `
CREATE TABLE IF NOT EXISTS sim_meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sim_user (
  id TEXT PRIMARY KEY, username TEXT NOT NULL UNIQUE COLLATE NOCASE, password TEXT NOT NULL, securityToken TEXT NOT NULL,
  email TEXT NOT NULL, firstName TEXT NOT NULL, lastName TEXT NOT NULL, profile TEXT NOT NULL, profileId TEXT NOT NULL,
  active INTEGER NOT NULL, frozen INTEGER NOT NULL, apiOnly INTEGER NOT NULL, apiEnabled INTEGER NOT NULL,
  passwordExpired INTEGER NOT NULL, failedLogins INTEGER NOT NULL, lockedUntil INTEGER NOT NULL,
  loginAddresses TEXT, loginHours TEXT, hourStart INTEGER NOT NULL, hourLogins INTEGER NOT NULL,
  passwordChangedAt INTEGER NOT NULL, passwordQuestion TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sim_app (
  id TEXT PRIMARY KEY, kind TEXT NOT NULL DEFAULT 'connected', name TEXT NOT NULL,
  callbacks TEXT NOT NULL, scopes TEXT NOT NULL, publicKey TEXT, privateKey TEXT, menuItemId TEXT,
  shownMenuItemId TEXT GENERATED ALWAYS AS (CASE WHEN json_extract(settings, '$.installed') THEN menuItemId END),
  settings TEXT NOT NULL, UNIQUE (kind, name)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sim_pending_change (
  n INTEGER PRIMARY KEY, appId TEXT NOT NULL, since INTEGER NOT NULL, due INTEGER NOT NULL, change TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS sim_component (
  id TEXT PRIMARY KEY, type TEXT NOT NULL, fullName TEXT NOT NULL, body TEXT NOT NULL,
  content BLOB, createdAt INTEGER NOT NULL, createdById TEXT, modifiedAt INTEGER NOT NULL, modifiedById TEXT,
  UNIQUE (type, fullName)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sim_metadata_job (
  id TEXT PRIMARY KEY, kind TEXT NOT NULL, userId TEXT NOT NULL, version REAL NOT NULL, createdAt INTEGER NOT NULL,
  startAt INTEGER NOT NULL, endAt INTEGER NOT NULL, state TEXT NOT NULL, request TEXT NOT NULL, zip BLOB,
  result TEXT, resultZip BLOB, canceledById TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sim_consumer (
  id TEXT PRIMARY KEY, appId TEXT NOT NULL, name TEXT NOT NULL, main INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sim_key_pair (
  clientId TEXT PRIMARY KEY, clientSecret TEXT NOT NULL, appId TEXT NOT NULL, consumerId TEXT NOT NULL,
  slot TEXT NOT NULL, stagedId TEXT, createdAt INTEGER NOT NULL, createdBy TEXT, expiresAt INTEGER,
  countsFrom INTEGER, countsUntil INTEGER, ended INTEGER NOT NULL DEFAULT 0,
  used INTEGER NOT NULL DEFAULT 0, lastUsedAt INTEGER, refused INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS sim_key_pair_consumer ON sim_key_pair (consumerId, slot);
CREATE TABLE IF NOT EXISTS sim_former_secret (
  userId TEXT NOT NULL, kind TEXT NOT NULL, value TEXT NOT NULL, at INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS sim_mail (
  n INTEGER PRIMARY KEY, kind TEXT NOT NULL, userId TEXT NOT NULL, recipient TEXT NOT NULL, at INTEGER NOT NULL,
  state TEXT NOT NULL, error TEXT, raw TEXT NOT NULL, token TEXT);
CREATE TABLE IF NOT EXISTS sim_doom (
  due INTEGER NOT NULL, grantId TEXT NOT NULL, cascade TEXT NOT NULL, cause TEXT NOT NULL, request INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS sim_grant (
  id TEXT PRIMARY KEY, appId TEXT NOT NULL, userId TEXT NOT NULL, scopes TEXT NOT NULL, createdAt INTEGER NOT NULL,
  lastUsedAt INTEGER NOT NULL, useCount INTEGER NOT NULL, live INTEGER NOT NULL, cause TEXT, endedAt INTEGER,
  clientId TEXT, approval INTEGER NOT NULL DEFAULT 1, requestToken TEXT, deleteToken TEXT NOT NULL, rowId TEXT NOT NULL, rowCreatedAt INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS sim_grant_pair ON sim_grant (userId, appId, live);
CREATE INDEX IF NOT EXISTS sim_grant_app ON sim_grant (appId, live, createdAt);
CREATE UNIQUE INDEX IF NOT EXISTS sim_grant_delete ON sim_grant (deleteToken);
CREATE TABLE IF NOT EXISTS sim_refresh_token (
  token TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, grantId TEXT NOT NULL, state TEXT NOT NULL,
  createdAt INTEGER NOT NULL, endedAt INTEGER);
CREATE INDEX IF NOT EXISTS sim_refresh_token_grant ON sim_refresh_token (grantId, state);
CREATE TABLE IF NOT EXISTS sim_access_token (
  id TEXT PRIMARY KEY, token TEXT NOT NULL UNIQUE, fingerprint TEXT NOT NULL, grantId TEXT, userId TEXT NOT NULL,
  appId TEXT, scopes TEXT NOT NULL, kind TEXT NOT NULL, createdAt INTEGER NOT NULL, lastActivityAt INTEGER NOT NULL,
  expiresAt INTEGER, live INTEGER NOT NULL, cause TEXT, clientId TEXT) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS sim_access_token_grant ON sim_access_token (grantId, live);
CREATE INDEX IF NOT EXISTS sim_access_token_pair ON sim_access_token (userId, appId, live);
CREATE TABLE IF NOT EXISTS sim_code (
  code TEXT PRIMARY KEY, appId TEXT NOT NULL, userId TEXT NOT NULL, scopes TEXT NOT NULL, redirectUri TEXT NOT NULL,
  challenge TEXT, nonce TEXT, createdAt INTEGER NOT NULL, used INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sim_device (
  deviceCode TEXT PRIMARY KEY, userCode TEXT NOT NULL UNIQUE, appId TEXT NOT NULL, scopes TEXT NOT NULL,
  createdAt INTEGER NOT NULL, state TEXT NOT NULL, userId TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sim_event (n INTEGER PRIMARY KEY, json TEXT NOT NULL);
`

const isoTime = (column: string): string =>
  `strftime('%Y-%m-%dT%H:%M:%S', ${column} / 1000, 'unixepoch') || '.000+0000'`

const setting = (name: string): string =>
  `(SELECT json_extract(value, '$.${name}') FROM sim_meta WHERE name = 'settings')`

/** Expressions that OauthToken shows and that its queries filter and sort by, with the indexes for that. */
const tokenTimes = { CreatedDate: isoTime('rowCreatedAt'), LastUsedDate: isoTime('lastUsedAt') }

const views = `
DROP VIEW IF EXISTS OauthToken;
CREATE VIEW OauthToken AS SELECT
  CASE WHEN ${setting('oauthTokenIds')} = 'all' OR (${setting('oauthTokenIds')} = 'some' AND unicode(substr(g.rowId, 15, 1)) % 2 = 0)
    THEN g.rowId END AS Id,
  (SELECT r.token FROM sim_refresh_token r WHERE r.grantId = g.id AND r.state = 'active') AS AccessToken,
  g.deleteToken AS DeleteToken, g.requestToken AS RequestToken, a.name AS AppName,
  CASE WHEN NOT (a.kind = 'external' AND ${setting('oauthTokenApps')} IS 'connected-only') THEN a.shownMenuItemId END
    AS AppMenuItemId,
  g.userId AS UserId, ${tokenTimes.LastUsedDate.replace('lastUsedAt', 'g.lastUsedAt')} AS LastUsedDate,
  g.useCount AS UseCount, ${tokenTimes.CreatedDate.replace('rowCreatedAt', 'g.rowCreatedAt')} AS CreatedDate,
  g.rowId AS sim_row
FROM sim_grant g JOIN sim_app a ON a.id = g.appId WHERE g.live = 1;
CREATE INDEX IF NOT EXISTS sim_grant_created ON sim_grant (${tokenTimes.CreatedDate}, rowId) WHERE live = 1;
CREATE INDEX IF NOT EXISTS sim_grant_row ON sim_grant (rowId) WHERE live = 1;
CREATE INDEX IF NOT EXISTS sim_grant_used ON sim_grant (${tokenTimes.LastUsedDate}, rowId) WHERE live = 1;
`

/** What the REST side does to these rows has consequences here. */
const triggers = `
CREATE TRIGGER IF NOT EXISTS sim_session_deleted AFTER DELETE ON AuthSession BEGIN
  UPDATE sim_access_token SET live = 0, cause = 'session deleted' WHERE id = OLD.Id AND live = 1;
END;
CREATE TRIGGER IF NOT EXISTS sim_user_activated AFTER UPDATE OF IsActive ON User BEGIN
  UPDATE sim_user SET active = NEW.IsActive WHERE id = NEW.Id;
END;
CREATE TRIGGER IF NOT EXISTS sim_user_email AFTER UPDATE OF Email ON User BEGIN
  UPDATE sim_user SET email = NEW.Email WHERE id = NEW.Id;
END;
CREATE TRIGGER IF NOT EXISTS sim_user_frozen AFTER UPDATE OF IsFrozen ON UserLogin BEGIN
  UPDATE sim_user SET frozen = NEW.IsFrozen WHERE id = NEW.UserId;
END;
CREATE TRIGGER IF NOT EXISTS sim_user_unlocked AFTER UPDATE OF IsPasswordLocked ON UserLogin
WHEN NEW.IsPasswordLocked = 0 BEGIN
  UPDATE sim_user SET lockedUntil = 0, failedLogins = 0 WHERE id = NEW.UserId AND lockedUntil > 0;
END;
`

export function createIdentityTables(db: DatabaseSync): void {
  db.exec(schema)
  db.exec(views)
}

/** After the data side made its tables. */
export const linkSobjects = (db: DatabaseSync): void => db.exec(triggers)
