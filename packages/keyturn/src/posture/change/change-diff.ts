/** A prepared change as people review it: a unified diff a file, as the files lie in a project. No secret is in it. */
import type { MetadataBody, MetadataValue } from '../../org/metadata-component.ts'
import type { ComponentEdit } from './org-change.ts'
import { readType } from './prepare-change.ts'
import type { PreparedChange } from './prepare-change.ts'
import { sameValue } from './same-body.ts'
import { isSecretElement } from './secret-element.ts'
import { unifiedDiff } from './unified-diff.ts'

export interface FileDiff {
  readonly path: string
  readonly diff: string
}

/** Folder and ending of each type, as describeMetadata and projects have them. */
const places: Readonly<Record<string, readonly [folder: string, ending: string]>> = {
  Settings: ['settings', 'settings'],
  ConnectedApp: ['connectedApps', 'connectedApp'],
  ExternalClientApplication: ['externalClientApps', 'eca'],
  ExtlClntAppOauthSettings: ['extlClntAppOauthSettings', 'ecaOauth'],
  ExtlClntAppGlobalOauthSettings: ['extlClntAppGlobalOauthSets', 'ecaGlblOauth'],
  ExtlClntAppOauthConfigurablePolicies: ['extlClntAppOauthPolicies', 'ecaOauthPlcy'],
  ExtlClntAppConfigurablePolicies: ['extlClntAppPolicies', 'ecaPlcy'],
  ExtlClntAppOauthSecuritySettings: ['extlClntAppOauthSecuritySettings', 'ecaOauthSecurity'],
  Profile: ['profiles', 'profile'],
  PermissionSet: ['permissionsets', 'permissionset'],
  ProfilePasswordPolicy: ['profilePasswordPolicies', 'profilePasswordPolicy'],
  ProfileSessionSetting: ['profileSessionSettings', 'profileSessionSetting'],
  RemoteSiteSetting: ['remoteSiteSettings', 'remoteSite'],
  Certificate: ['certs', 'crt'],
  OauthCustomScope: ['oauthcustomscopes', 'oauthcustomscope'],
}

export const pathOf = ({ type, fullName }: ComponentEdit): string => {
  const [folder, ending] = places[type] ?? [type, type]
  return `${folder}/${fullName.replaceAll('%', '%25').replaceAll('/', '%2F')}.${ending}`
}

const isEmpty = (value: MetadataValue): boolean => sameValue(value, undefined)

type Redact = (name: string, value: string) => string

const elementLines = (name: string, value: MetadataValue, indent: string, redact: Redact): readonly string[] => {
  if (isEmpty(value)) return []
  if (Array.isArray(value))
    return (value as readonly MetadataValue[]).flatMap((one) => elementLines(name, one, indent, redact))
  if (typeof value === 'object')
    return [`${indent}<${name}>`, ...bodyLines(value as MetadataBody, `${indent}    `, redact), `${indent}</${name}>`]
  // A certificate goes over many lines; so does its element in a file.
  return `${indent}<${name}>${redact(name, String(value))}</${name}>`.split('\n')
}

const bodyLines = (body: MetadataBody, indent: string, redact: Redact): readonly string[] =>
  Object.keys(body)
    .filter((name) => name !== '$')
    .toSorted()
    .flatMap((name) => elementLines(name, body[name], indent, redact))

const shown = (root: string, body: MetadataBody, redact: Redact): string =>
  [`<${root}>`, ...bodyLines(body, '    ', redact), `</${root}>`, ''].join('\n')

/** The texts of elements of this name: a secret that is new shows that it is, and nothing else. */
const textsOf = (value: MetadataValue, name: string, own = ''): ReadonlySet<string> => {
  if (value === null || value === undefined) return new Set()
  if (Array.isArray(value))
    return new Set((value as readonly MetadataValue[]).flatMap((one) => [...textsOf(one, name, own)]))
  if (typeof value === 'object')
    return new Set(Object.entries(value as MetadataBody).flatMap(([element, one]) => [...textsOf(one, name, element)]))
  return own === name ? new Set([String(value)]) : new Set()
}

export const changeDiff = ({ components }: PreparedChange): readonly FileDiff[] =>
  components.map(({ edit, before, after }) => {
    const old: Redact = (name, value) => (isSecretElement(name, value) ? '[secret]' : value)
    const fresh: Redact = (name, value) =>
      !isSecretElement(name, value) ? value : textsOf(before, name).has(value) ? '[secret]' : '[another secret]'
    const root = readType(edit)
    const path = pathOf(edit)
    const text = before === null ? null : shown(root, before, old)
    return { path, diff: unifiedDiff(path, text, shown(root, after, fresh)) }
  })
