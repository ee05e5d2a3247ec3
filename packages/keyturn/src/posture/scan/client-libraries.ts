/**
 * Salesforce clients by their package, and what becomes of each when a refresh token is rotated. Most were driven
 * against a server that rotates, or their source was read; the rest says that nobody has.
 */
import type { Basis, Ecosystem, Effect } from './scan-report.ts'

export interface Fate {
  readonly effect: Effect
  readonly basis: Basis
  readonly why: string
  readonly next: string
}

export interface ClientLibrary {
  readonly ecosystem: Ecosystem
  readonly name: string
  /** Versions before this one have another fate. */
  readonly since?: { readonly version: string; readonly before: Fate }
  readonly fate: Fate
  /** Not only for Salesforce: it counts where something else says Salesforce. */
  readonly general?: true
}

const fate = (effect: Effect, basis: Basis, why: string, next: string): Fate => ({ effect, basis, why, next })

const withKeyturn =
  'Let Keyturn hold the refresh token: `@keyturn/tokens` in Node.js, `keyturn exec` or the broker for everything else.'
const rehearse = 'Let it run against an org that rotates: `keyturn rehearse -- COMMAND`.'

const jsforce = fate(
  'depends',
  'ran',
  'It receives the new refresh token and does not keep it: the second refresh sends the old one and ends every token of the user and app. With a refreshFn that stores it under a lock it survives.',
  'Give the connection a refreshFn (`@keyturn/tokens/jsforce`) and no refresh token.',
)

const oldCore = fate(
  'breaks',
  'ran',
  'It writes the old refresh token back: locked out at the second refresh.',
  'Upgrade to 9.2.0 or later, in every plugin and tool that shares the auth files.',
)

const newCore = fate(
  'survives',
  'ran',
  'It stores the new token under a lock. It still loses access where an auth URL is used twice, where an older core reads the same files, with linked client apps, and when an answer is lost.',
  'Keep every tool that shares the auth files at 9.2.0 or later.',
)

const shipsOldCore = fate(
  'depends',
  'read',
  'The versions that were looked at bring a @salesforce/core before 9.2, which loses rotated tokens; whether they refresh at all was not tried.',
  'Look which @salesforce/core it brings (`npm ls @salesforce/core`), or give it an access token.',
)

const loginOnly = fate(
  'depends',
  'read',
  'It signs people in and hands the first refresh token over; refreshing, and keeping what comes, is left to the program.',
  `Look where the program keeps the token and refreshes. ${rehearse}`,
)

const noRefresh = fate(
  'unaffected',
  'read',
  'It has no refresh-token flow: rotation changes nothing for it.',
  'Look how it signs in instead: passwords through the API are being retired.',
)

const nobodyKnows = fate('unknown', 'none', 'A Salesforce client that nobody has tried under rotation.', rehearse)

const npm = (name: string, of: Fate, more: Partial<ClientLibrary> = {}): ClientLibrary => ({
  ecosystem: 'npm',
  name,
  fate: of,
  ...more,
})
const of = (ecosystem: Ecosystem, name: string, its: Fate, more: Partial<ClientLibrary> = {}): ClientLibrary => ({
  ecosystem,
  name,
  fate: its,
  ...more,
})

export const clientLibraries: readonly ClientLibrary[] = [
  npm(
    '@keyturn/tokens',
    fate('survives', 'ran', 'Keyturn holds the refresh token; programs get access tokens.', 'Nothing.'),
  ),
  npm('jsforce', jsforce),
  npm('@jsforce/jsforce-node', jsforce),
  npm('@ntegral/nestjs-force', jsforce),
  npm('@tsmztech/mcp-server-salesforce', jsforce),
  npm('@salesforce/core', newCore, { since: { version: '9.2.0', before: oldCore } }),
  npm('@salesforce/cli', newCore, { since: { version: '2.151.7', before: oldCore } }),
  npm('sfdx-cli', { ...oldCore, next: 'Replace it by @salesforce/cli 2.151.7 or later.' }),
  npm('@salesforce/mcp', shipsOldCore),
  npm('@flxbl-io/sfp', shipsOldCore),
  npm('sfdx-git-delta', shipsOldCore),
  npm('@jayree/sfdx-plugin-org', shipsOldCore),
  npm(
    'nforce',
    fate(
      'depends',
      'ran',
      'It keeps the new token in memory and waits for onRefresh before it goes on; without one that stores it the next start is locked out. Two calls at once refresh twice.',
      'Store both tokens in onRefresh, in one process only.',
    ),
  ),
  npm('salesforce-pubsub-api-client', { ...noRefresh, next: 'Give it an access token of Keyturn.' }),
  npm('passport-forcedotcom', loginOnly),
  npm('passport-salesforce', loginOnly),
  npm('passport-salesforce-oauth2', loginOnly),
  npm(
    'simple-oauth2',
    fate(
      'depends',
      'ran',
      'Each refresh gives a new object with the new token; refreshing the old object again locks out, and two at once are two requests.',
      'Keep the new object, store it, and refresh in one place.',
    ),
    { general: true },
  ),
  ...['openid-client', 'oauth4webapi'].map((name) =>
    npm(
      name,
      fate(
        'depends',
        'ran',
        'It returns the new token and keeps nothing: it survives where the program stores it and refreshes in one place.',
        withKeyturn,
      ),
      { general: true },
    ),
  ),
  ...['next-auth', '@auth/core'].map((name) =>
    npm(
      name,
      fate(
        'depends',
        'read',
        'Its Salesforce provider refreshes nothing; programs do it in a callback, where two tabs are two holders.',
        withKeyturn,
      ),
      { general: true },
    ),
  ),
  npm(
    '@nangohq/node',
    fate(
      'depends',
      'read',
      'Nango refreshes and keeps the token; a program that asks it for the refresh token is a second holder.',
      'Ask it for access tokens only.',
    ),
    { general: true },
  ),

  of('python', 'simple-salesforce', noRefresh),
  of(
    'python',
    'tap-salesforce',
    fate(
      'depends',
      'read',
      'It writes the new token into its configuration file and only warns when that fails; runners that hand it a temporary file lose the token.',
      rehearse,
    ),
  ),
  of(
    'python',
    'cumulusci',
    fate(
      'depends',
      'read',
      'It takes the new token, and stores it only where the caller saves the organisation, after two more calls; no lock.',
      rehearse,
    ),
  ),
  of(
    'python',
    'airbyte-source-salesforce',
    fate(
      'depends',
      'read',
      'From 2.8.0 it hands the new token to the platform; tokens that come during check and discover are lost.',
      rehearse,
    ),
    {
      since: {
        version: '2.8.0',
        before: fate('breaks', 'read', 'It drops the new token.', 'Upgrade to 2.8.0 or later.'),
      },
    },
  ),
  ...['salesforce-bulk', 'django-salesforce', 'aiosalesforce', 'beatbox', 'salesforce-api'].map((name) =>
    of('python', name, nobodyKnows),
  ),

  of(
    'ruby',
    'restforce',
    fate(
      'depends',
      'read',
      'Given a refresh token it sends that one for ever: locked out at the second refresh, with authentication_callback too.',
      'Leave refresh_token out and give it an access token (`keyturn exec`), or sign in by JWT or client credentials.',
    ),
  ),
  ...['omniauth-salesforce', 'databasedotcom', 'salesforce_bulk_api', 'active_force'].map((name) =>
    of('ruby', name, nobodyKnows),
  ),

  of('maven', 'com.force.api:force-wsc', noRefresh),
  of('maven', 'com.force.api:force-partner-api', noRefresh),
  of(
    'maven',
    'com.salesforce.mobilesdk:SalesforceSDK',
    fate('survives', 'documented', 'It keeps the new token.', 'Nothing.'),
    {
      since: {
        version: '13.2.1',
        before: fate(
          'breaks',
          'documented',
          'It does not keep the new token and signs the person out.',
          'Upgrade to a version after 13.2.0.',
        ),
      },
    },
  ),
  of('maven', 'org.apache.camel:camel-salesforce', nobodyKnows),
  of('maven', 'com.frejo:force-rest-api', nobodyKnows),

  of(
    'nuget',
    'NetCoreForce.Client',
    fate(
      'depends',
      'documented',
      'Up to 5.0.0 the old token overwrites the new one; later versions were not looked at.',
      rehearse,
    ),
    {
      since: {
        version: '5.0.1',
        before: fate(
          'breaks',
          'documented',
          'The old token overwrites the new one.',
          'Give it an access token (`keyturn exec`), or sign in by client credentials.',
        ),
      },
    },
  ),
  ...['DeveloperForce.Force', 'Salesforce.Force', 'NetCoreForce.Linq'].map((name) => of('nuget', name, nobodyKnows)),

  ...['omniphx/forrest', 'developerforce/force.com-toolkit-for-php', 'stevenmaguire/oauth2-salesforce'].map((name) =>
    of('composer', name, nobodyKnows),
  ),
  ...[
    'github.com/simpleforce/simpleforce',
    'github.com/k-capehart/go-salesforce',
    'github.com/k-capehart/go-salesforce/v2',
    'github.com/ForceCLI/force',
    'github.com/nimajalali/go-force',
  ].map((name) => of('go', name, nobodyKnows)),
]
