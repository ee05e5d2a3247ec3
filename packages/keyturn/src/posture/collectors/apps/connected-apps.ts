/**
 * Connected apps: their rows, and their files. PKCE, rotation, scopes, callbacks and IP relaxation are in no column of
 * any object, only in metadata.
 */
import { known, unknown } from '../../fact.ts'
import type { Fact } from '../../fact.ts'
import { elementsOf, isOn, textOf } from '../../../org/metadata-component.ts'
import type { MetadataBody } from '../../../org/metadata-component.ts'
import type { Row } from '../../../org/connection.ts'
import type { Collecting } from '../../collector.ts'
import { attempt } from '../attempt.ts'
import { seesApps } from '../needs.ts'
import { flag, maybeMoment, maybeNumber, maybeText, text } from '../cells.ts'
import { rangesOf } from '../profiles/profiles.ts'
import type { AppSettings } from './app-settings.ts'
import { commonOauth, flagOf, flowsOf, listOf, minutesOf, noSettings, textFact } from './app-settings.ts'
import { refreshTokenPolicy } from './refresh-token-policy.ts'

/** A row of ConnectedApplication: installed apps only. */
interface ConnectedRow {
  readonly id: string
  readonly label: string
  /** Null: only the Tooling API knows it, and that was refused. */
  readonly name: string | null
  readonly adminApproved: boolean
  readonly blocked: boolean | null
  readonly sessionTimeout: number | null
  /** Epoch ms; null: as with the name. */
  readonly created: number | null
}

const rowOf = (one: Row, tooling: boolean): ConnectedRow => ({
  id: text(one, 'Id'),
  label: text(one, 'Name'),
  name: tooling ? maybeText(one, 'DeveloperName') : null,
  adminApproved: flag(one, 'OptionsAllowAdminApprovedUsersOnly'),
  blocked: tooling ? maybeText(one, 'SessionPolicyAction') === 'Block' : null,
  sessionTimeout: tooling ? maybeNumber(one, 'SessionTimeout') : null,
  created: tooling ? maybeMoment(one, 'CreatedDate') : null,
})

export const readConnectedRows = async ({ ask, own }: Collecting): Promise<Fact<readonly ConnectedRow[]>> => {
  const needs = seesApps
  const common = 'SELECT Id, Name, OptionsAllowAdminApprovedUsersOnly'
  const more = ', DeveloperName, SessionPolicyAction, SessionTimeout, CreatedDate FROM ConnectedApplication'
  const found = await attempt(needs, own, async () =>
    (await ask.rows(`${common}${more}`, { tooling: true })).map((one) => rowOf(one, true)),
  )
  if (found.is === 'known' || found.why === 'cap') return found
  return attempt(needs, own, async () =>
    (await ask.rows(`${common} FROM ConnectedApplication`)).map((one) => rowOf(one, false)),
  )
}

export const connectedSettings = (body: MetadataBody, row: ConnectedRow | undefined): AppSettings => {
  const session = elementsOf(body['sessionPolicy'])
  const ofApp = {
    blocked: known(textOf(session['policyAction']) === 'Block'),
    sessionTimeoutMinutes: minutesOf(session, 'sessionTimeout'),
    trustedIpRanges: known(rangesOf(body['ipRanges'], 'start', 'end')),
  }
  const none = unknown('not-provisioned', 'the app has no OAuth settings')
  if (body['oauthConfig'] === undefined) return { ...noSettings(none), ...ofApp, oauth: known(false) }
  const oauth = elementsOf(body['oauthConfig'])
  const policy = elementsOf(body['oauthPolicy'])
  const common = commonOauth(oauth)
  const admin = flagOf(oauth, 'isAdminApproved')
  const declared = textFact(policy, 'refreshTokenPolicy')
  const clientCredentials = isOn(oauth['isClientCredentialEnabled'])
  return {
    ...ofApp,
    ...common,
    oauth: known(true),
    scopes: known(listOf(oauth['scopes'])),
    permittedUsers:
      admin.is === 'known'
        ? known(admin.value ? 'admin' : 'all')
        : row === undefined
          ? admin
          : known(row.adminApproved ? 'admin' : 'all'),
    ipRelaxation: textFact(policy, 'ipRelaxation'),
    refreshTokenPolicy: declared.is === 'known' ? refreshTokenPolicy(declared.value, common.idleTtl) : declared,
    tokenIpRanges: unknown('not-provisioned', 'no metadata of connected apps shows the refresh-token IP allowlist'),
    flows: flowsOf(common, {
      device: flagOf(oauth, 'isDeviceFlowEnabled'),
      clientCredentials,
      tokenExchange: isOn(oauth['isTokenExchangeEnabled']),
      codeCredential: isOn(oauth['isCodeCredentialEnabled']),
    }),
    runsAs: known(clientCredentials ? textOf(oauth['oauthClientCredentialUser']) : null),
  }
}

/** What the row says, where the file can't be had. */
export const settingsOfRow = (row: ConnectedRow, why: Parameters<typeof noSettings>[0]): AppSettings => ({
  ...noSettings(why),
  permittedUsers: known(row.adminApproved ? 'admin' : 'all'),
  ...(row.blocked === null ? {} : { blocked: known(row.blocked) }),
  ...(row.sessionTimeout === null ? {} : { sessionTimeoutMinutes: known(row.sessionTimeout) }),
})
