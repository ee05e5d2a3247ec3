/** The Setup Audit Trail of half a year, with the rows that somebody should have asked about. Many share a second. */
import { insertRow } from '../../data/index.ts'
import { userId } from './world.ts'
import type { World } from './world.ts'

type Entry = readonly [days: number, by: string, action: string, section: string | null, display: string]

const users = 'Manage Users'
const appsSection = 'Connected Apps'

const entries: readonly Entry[] = [
  [
    175,
    'consultant.old',
    'PermSetEnableUserPerm',
    users,
    'Changed permission set Data_Admin: Modify All Data permission was changed from disabled to enabled',
  ],
  [160, 'dmitri.dean', 'passwordexpiry', 'Password Policies', 'Changed password expiry policy from 90 days to never'],
  [
    160,
    'dmitri.dean',
    'passwordcomplexity',
    'Password Policies',
    'Changed password complexity policy from AlphaNumeric to NoRestriction',
  ],
  [160, 'dmitri.dean', 'passwordminlength', 'Password Policies', 'Changed minimum password length from 8 to 5'],
  [
    141,
    'clara.cole',
    'mFADirectUILoginOptInOnOff',
    'Identity Verification',
    'Organization setup action: mFADirectUILoginOptIn has changed.',
  ],
  [
    120,
    'jenkins.deploy',
    'changeIpRelaxationPolicy',
    appsSection,
    'Changed connected app ERP_Sync IP relaxation setting from Enforce IP restrictions to Relax IP restrictions',
  ],
  [
    120,
    'jenkins.deploy',
    'changeOauthDefaultScope',
    appsSection,
    'Changed connected app ERP_Sync scopes from api, refresh_token to full, refresh_token',
  ],
  [
    119,
    'jenkins.deploy',
    'changeUserRuntimeAccessPolicy',
    appsSection,
    'Changed connected app ERP_Sync Permitted Users setting from Admin approved users are pre-authorized to All users may self-authorize',
  ],
  [
    98,
    'bruno.berg',
    'insertConnectedApplication',
    appsSection,
    'Installed Connected App Drift_Connector to Salesforce',
  ],
  [75, 'bruno.berg', 'loginIpRange', users, 'Added Login Ip Range to Support Agent from 0.0.0.0 to 255.255.255.255'],
  [61, 'clara.cole', 'PermSetAssign', users, 'Permission set MFA_Exempt: assigned to user Support Shift'],
  [60, 'clara.cole', 'suOrgAdminLogin', users, 'Logged in using Login-As access for Xenia Xu'],
  [60, 'clara.cole', 'suOrgAdminLogout', users, 'Logged out using Login-As access for Xenia Xu'],
  [44, 'etl.loader', 'createduser', users, 'Created new user Release Robot'],
  [44, 'etl.loader', 'PermSetAssign', users, 'Permission set Data_Admin: assigned to user Release Robot'],
  [30, 'bruno.berg', 'deleteIpWhiteList', 'Security Controls', 'Deleted Ip AllowList from 203.0.113.0 to 203.0.113.63'],
  [21, 'contractor.one', 'namedCredentialInsert', 'Named Credentials', 'Created named credential: Geo'],
  [
    14,
    'bruno.berg',
    'generateOauthStagedCredential',
    'Oauth Staged Credential',
    'Generated temporary credentials for connected app Analytics_Bridge',
  ],
  [
    9,
    'contractor.one',
    'PermSetEnableUserPerm',
    users,
    'Changed permission set Developer_Access: Author Apex permission was changed from disabled to enabled',
  ],
  [6, 'drift.sync', 'export', 'Data Export', 'Requested an export'],
  [
    5,
    'clara.cole',
    'eventLogGenerationEnabledOnOff',
    'Event Manager',
    'Organization setup action: eventLogGenerationEnabled has changed.',
  ],
  [2, 'tina.thorn', 'resetpassword', users, 'Reset password for user Erp Sync'],
  [
    2,
    'tina.thorn',
    'changedemail',
    users,
    'Changed email for user Erp Sync from erp.sync@legacy.example to tina@attacker.example',
  ],
]

export function makeAuditTrail(world: World): void {
  const { org, ago, name, random } = world
  const add = (entry: Entry): void => {
    const [days, by, Action, Section, Display] = entry
    insertRow(org, 'SetupAuditTrail', {
      Action,
      Section,
      Display,
      CreatedDate: ago(days),
      CreatedById: userId(world, by),
      ...(Action.startsWith('suOrgAdmin') ? { DelegateUser: 'clara.cole@legacy.example' } : {}),
    })
  }
  for (const entry of entries) add(entry)
  add([1, 'contractor.one', 'PermSetCreate', users, `Created permission set ${name('Review', 'lines')}`])
  add([1, 'contractor.one', 'changeOauthDefaultScope', appsSection, name('Changed connected app scopes', 'link')])
  // A deployment writes hundreds of rows in one second: cursors by time alone lose or repeat some of them.
  for (const days of [90, 45, 10])
    for (let i = 0; i < 120; i++)
      add([
        days,
        'jenkins.deploy',
        'PermSetFlsChanged',
        users,
        `Changed field-level security for Account.Field_${i}__c`,
      ])
  for (let i = 0; i < 300; i++)
    add([
      random.below(178),
      random.pick(['ada.admin', 'bruno.berg', 'felix.fox']),
      'changedemail',
      users,
      `Changed email for user ${i}`,
    ])
}
