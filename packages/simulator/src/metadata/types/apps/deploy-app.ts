/** What every kind of app goes through when metadata changes it: what can't be saved, what is locked, what it leaves. */
import { createPublicKey } from 'node:crypto'
import { endAccessToken } from '../../../sessions/access-tokens.ts'
import { allApps, appById } from '../../../state/apps.ts'
import type { AppChange, SimApp } from '../../../state/apps.ts'
import { certificateIn, isExpired } from '../../../state/certificates.ts'
import { knowsKey } from '../../../state/consumers.ts'
import { declaredApp, deployToApp } from '../../../state/pending-changes.ts'
import { appEntries } from '../../../state/setup-changes.ts'
import type { Context } from '../../component-type.ts'
import { ComponentProblem } from '../../elements.ts'

const certificateLimit = 4096
const key = /^[A-Za-z0-9._]{8,256}$/

export const namespaceOf = ({ org }: Context, app: SimApp): string | null => {
  const row = org.sql('SELECT NamespacePrefix AS ns FROM AppMenuItem WHERE Id = ?').get(app.menuItemId)
  return typeof row?.['ns'] === 'string' ? row['ns'] : null
}

export function fullNameOf(context: Context, app: SimApp): string {
  const namespace = namespaceOf(context, app)
  return namespace === null ? app.name : `${namespace}__${app.name}`
}

/** Apps that this org's metadata knows: not those that only use the org without being installed in it. */
export const appsOf = (context: Context, kind: SimApp['kind']): readonly SimApp[] =>
  allApps(context.org).filter((app) => app.kind === kind && app.settings.installed && app.clientId !== 'PlatformCLI')

/** The app as metadata declares it, changes that have not got around included. */
export function appNamed(context: Context, kind: SimApp['kind'], fullName: string): SimApp | undefined {
  const bare = /^[A-Za-z][A-Za-z0-9_]*?__(.+)$/.exec(fullName)?.[1]
  // Names first: asking for the namespace of every app would make a retrieve of many apps slow.
  const app = appsOf(context, kind).find(
    (one) => (one.name === fullName || one.name === bare) && fullNameOf(context, one) === fullName,
  )
  return app === undefined ? undefined : declaredApp(context.org, app)
}

export function checkConsumer(context: Context, clientId: string | undefined, clientSecret: string | undefined): void {
  if (clientId !== undefined && !key.test(clientId))
    throw new ComponentProblem('The consumer key is invalid: 8 to 256 alphanumeric characters')
  if (clientSecret !== undefined && !key.test(clientSecret))
    throw new ComponentProblem('The consumer secret is invalid: 8 to 256 alphanumeric characters')
  if (clientId !== undefined && context.orgs.some((org) => knowsKey(org, clientId)))
    throw new ComponentProblem('The consumer key is already taken.')
}

function checkCertificate({ org }: Context, pem: string): void {
  if (pem.includes('PRIVATE KEY')) throw new ComponentProblem('Invalid certificate: it contains a private key')
  if (Buffer.byteLength(pem) > certificateLimit)
    throw new ComponentProblem('Invalid certificate: its size exceeds 4 KB')
  const certificate = certificateIn(pem)
  if (certificate === undefined) throw new ComponentProblem('Invalid certificate: not a PEM-encoded X.509 certificate')
  if (createPublicKey(pem).asymmetricKeyType !== 'rsa')
    throw new ComponentProblem('Invalid certificate: its key is not an RSA key')
  if (!org.settings().expiredCertificateDeploys && isExpired(pem, org.now()))
    throw new ComponentProblem(`Invalid certificate: it expired on ${certificate.validTo}`)
}

/** Controls that Support has locked: a change that weakens them is refused, or seems to work. */
function withinLock(app: SimApp, change: AppChange): AppChange {
  const { lockedControls } = app.settings
  if (lockedControls === 'no') return change
  const weakened = Object.entries(change.settings ?? {}).filter(
    ([name, value]) =>
      ((name === 'pkceRequired' || name === 'rotation') && app.settings[name] && value === false) ||
      (name === 'idleLimitMs' && app.settings.idleLimitMs !== null && value === null),
  )
  if (weakened.length === 0) return change
  if (lockedControls === 'refused')
    throw new ComponentProblem(
      'The OAuth security controls of this app are locked. Contact Salesforce Customer Support.',
    )
  const names = new Set(weakened.map(([name]) => name))
  const settings = Object.fromEntries(Object.entries(change.settings ?? {}).filter(([name]) => !names.has(name)))
  return { ...change, settings }
}

export function changeByMetadata(context: Context, app: SimApp, wish: AppChange): void {
  const { org } = context
  if (typeof wish.publicKey === 'string' && wish.publicKey.trim() !== app.publicKey?.trim())
    checkCertificate(context, wish.publicKey)
  const change = withinLock(app, wish)
  const base = appById(org, app.id)
  if (base === undefined) throw new Error(`The app ${app.name} is gone`)
  const before = declaredApp(org, base)
  try {
    deployToApp(org, base, change)
  } catch (error) {
    throw new ComponentProblem(error instanceof Error ? error.message : String(error))
  }
  const after = declaredApp(org, appById(org, app.id) ?? base)
  context.audit(appEntries(before, after))
  if (!before.settings.blocked && after.settings.blocked) context.afterwards(() => endSessions(context, app.id))
}

function endSessions({ org }: Context, appId: string): void {
  for (const { id } of org.sql('SELECT id FROM sim_access_token WHERE appId = ? AND live = 1').all(appId))
    endAccessToken(org, String(id), 'blocked')
}
