/** Types that are kept and given back, and otherwise do nothing here. */
import type { ComponentType } from '../../component-type.ts'
import { componentType } from '../../component-type.ts'
import type { Elements, JsonObject } from '../../elements.ts'
import { ComponentProblem, all, flag, integer, oneOf, required, text, textAt } from '../../elements.ts'
import { keep, renameRow, storedOnly } from '../../store.ts'

interface StoredDeclaration {
  readonly name: string
  readonly directory: string
  readonly suffix: string
  readonly since: number
  readonly idPrefix: string
  readonly needs: ComponentType['needs']
  readonly elements: Elements
  readonly check?: (fullName: string, body: JsonObject) => void
  /** What the Setup Audit Trail says; null: its action was never seen. */
  readonly audit: readonly [action: string, section: string, what: string]
}

function storedType({ check, audit, ...declared }: StoredDeclaration): ComponentType {
  const [action, section, what] = audit
  const type: ComponentType = componentType({
    ...declared,
    ...storedOnly(declared.name),
    apply: (context, fullName, body, before) => {
      check?.(fullName, body)
      keep(context, type, fullName, { ...before, ...body })
      const verb = before === undefined ? 'Created' : 'Changed'
      context.audit([{ action, section, display: `${verb} ${what} ${fullName}` }])
    },
    remove: (context, fullName) => {
      storedOnly(declared.name).remove(context, fullName)
      context.audit([{ action, section, display: `Deleted ${what} ${fullName}` }])
    },
    rename: ({ org }, fullName, to) => renameRow(org, declared.name, fullName, to),
  })
  return type
}

export const remoteSiteSetting = storedType({
  name: 'RemoteSiteSetting',
  directory: 'remoteSiteSettings',
  suffix: 'remoteSite',
  since: 19,
  idPrefix: '0rp',
  needs: ['CustomizeApplication'],
  elements: {
    ...all(required(flag), 'disableProtocolSecurity', 'isActive'),
    description: text,
    url: required(text),
  },
  check: (_fullName, body) => {
    if (!/^https?:\/\/[^/\s]+/.test(textAt(body, 'url') ?? ''))
      throw new ComponentProblem('Remote Site URL: invalid URL')
  },
  audit: ['remoteproxy', 'Security Controls', 'Remote Site'],
})

export const oauthCustomScope = storedType({
  name: 'OauthCustomScope',
  directory: 'oauthcustomscopes',
  suffix: 'oauthcustomscope',
  since: 46,
  idPrefix: '1CV',
  needs: ['ManageRemoteAccess'],
  elements: {
    ...all(required(text), 'description', 'developerName', 'masterLabel'),
    assignedTo: text,
    isProtected: required(flag),
    isPublic: flag,
  },
  check: (_fullName, body) => {
    const description = textAt(body, 'description') ?? ''
    if (description.length > 60 || !/^[A-Za-z0-9 ]+$/.test(description))
      throw new ComponentProblem('The description can contain only alphanumeric characters, and at most 60')
  },
  audit: ['oauthCustomScope', 'OAuth Custom Scopes', 'OAuth custom scope'], // guessed
})

export const profileSessionSetting = storedType({
  name: 'ProfileSessionSetting',
  directory: 'profileSessionSettings',
  suffix: 'profileSessionSetting',
  since: 40,
  idPrefix: '0Yh',
  needs: ['ManageProfilesPermissionsets'],
  elements: {
    ...all(flag, 'externalCommunityUserIdentityVerif', 'forceLogout', 'sessionPersistence', 'sessionTimeoutWarning'),
    requiredSessionLevel: oneOf('SessionSecurityLevel', 'LOW', 'STANDARD', 'HIGH_ASSURANCE'),
    sessionTimeout: integer,
    profile: required(text),
  },
  audit: ['sessiontimeoutForProfile', 'Session Settings', 'session settings'],
})
