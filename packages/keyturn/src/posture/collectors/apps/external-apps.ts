/**
 * External client apps: one row, and up to five files each, tied to the app by an element and not by their names. Some
 * orgs show them by queries alone, some by metadata alone; the Tooling API knows the policies, too.
 */
import { known, unknown } from '../../fact.ts'
import type { Fact } from '../../fact.ts'
import type { AppFact, AppFiles, AppPart } from '../../facts.ts'
import { isOn, textOf } from '../../../org/metadata-component.ts'
import type { MetadataBody } from '../../../org/metadata-component.ts'
import type { Row } from '../../../org/connection.ts'
import type { Collecting } from '../../collector.ts'
import { attempt } from '../attempt.ts'
import type { Unknown } from '../attempt.ts'
import { maybeNumber, maybeText, text } from '../cells.ts'
import { rangesOf } from '../profiles/profiles.ts'
import { readsMetadata, seesExternalApps } from '../needs.ts'
import type { AppSettings } from './app-settings.ts'
import { commas, commonOauth, flagOf, flowsOf, minutesOf, noSettings, not, textFact } from './app-settings.ts'
import { policyText, refreshTokenPolicy } from './refresh-token-policy.ts'

interface ExternalRow {
  readonly id: string
  readonly name: string
  readonly label: string
  readonly distribution: string | null
  readonly namespace: string | null
}

export const readExternalRows = ({ ask, own }: Collecting): Promise<Fact<readonly ExternalRow[]>> =>
  attempt(seesExternalApps, own, async () => {
    const soql =
      'SELECT Id, DeveloperName, MasterLabel, DistributionState, NamespacePrefix FROM ExternalClientApplication'
    return (await ask.rows(soql)).map((one) => ({
      id: text(one, 'Id'),
      name: text(one, 'DeveloperName'),
      label: maybeText(one, 'MasterLabel') ?? '',
      distribution: maybeText(one, 'DistributionState'),
      namespace: maybeText(one, 'NamespacePrefix'),
    }))
  })

export const partTypes = {
  oauth: 'ExtlClntAppOauthSettings',
  global: 'ExtlClntAppGlobalOauthSettings',
  policies: 'ExtlClntAppOauthConfigurablePolicies',
  app: 'ExtlClntAppConfigurablePolicies',
  security: 'ExtlClntAppOauthSecuritySettings',
} as const satisfies Readonly<Record<AppPart, string>>
type Part = AppPart

interface PartFile {
  readonly fullName: string
  readonly body: MetadataBody
}

/** By the name of the app. */
type Parts = Readonly<Record<Part, Fact<ReadonlyMap<string, PartFile>>>>

const readPart = ({ ask, own }: Collecting, type: string): Promise<Fact<ReadonlyMap<string, PartFile>>> =>
  attempt(readsMetadata(type), own, async () => {
    const names = (await ask.listed(type)).map(({ fullName }) => fullName)
    const bodies = [...(await ask.components(type, names))]
    return new Map(
      bodies.flatMap(([fullName, body]) => {
        const app = textOf(body['externalClientApplication'])
        return app === null ? [] : [[app, { fullName, body }] as const]
      }),
    )
  })

export const readParts = async (collecting: Collecting): Promise<Parts> => {
  const read = await Promise.all(
    Object.entries(partTypes).map(async ([part, type]) => [part, await readPart(collecting, type)] as const),
  )
  return Object.fromEntries(read) as unknown as Parts
}

/** Rows of the policies by id of the app, for who may not read metadata. */
export const readPolicyRows = ({ ask, own }: Collecting): Promise<Fact<ReadonlyMap<string, Row>>> =>
  attempt({ ...seesExternalApps, what: 'policies of external client apps' }, own, async () => {
    const columns = [
      ...[
        'ExternalClientApplicationId',
        'PermittedUsersPolicyType',
        'IpRelaxationPolicyType',
        'RefreshTokenPolicyType',
      ],
      ...['RefreshTokenValidityPeriod', 'RefreshTokenValidityUnit', 'SessionTimeoutInMinutes'],
    ]
    const rows = await ask.rows(`SELECT ${columns.join(', ')} FROM ExtlClntAppOauthPlcyCnfg`, { tooling: true })
    return new Map(rows.map((one) => [text(one, 'ExternalClientApplicationId').slice(0, 15), one]))
  })

const permitted = (said: string | null): AppFact['permittedUsers'] =>
  said === 'AdminApprovedPreAuthorized'
    ? known('admin')
    : said === 'AllSelfAuthorized'
      ? known('all')
      : unknown('not-provisioned', 'the app’s policies don’t say who may use it')

const relaxation = (said: Fact<string>): Fact<string> => (said.is === 'known' ? known(said.value.toUpperCase()) : said)

type Found = { readonly is: 'found'; readonly body: MetadataBody } | { readonly is: 'none'; readonly why: Unknown }

const partOf = (parts: Parts, part: Part, names: readonly string[]): Found => {
  const all = parts[part]
  if (all.is === 'unknown') return { is: 'none', why: all }
  const found = names.map((name) => all.value.get(name)).find((one) => one !== undefined)
  if (found !== undefined) return { is: 'found', body: found.body }
  return { is: 'none', why: unknown('not-provisioned', `this org shows no ${partTypes[part]} of the app`) }
}

/** Null: metadata can't be read, or the app has none here. */
export const filesOf = (parts: Parts, fullName: string | undefined): AppFiles | null => {
  if (fullName === undefined) return null
  const named = Object.entries(parts).flatMap(([part, all]) => {
    const file = all.is === 'known' ? all.value.get(fullName) : undefined
    return file === undefined ? [] : [[part, file.fullName] as const]
  })
  return { app: fullName, parts: Object.fromEntries(named) }
}

export const externalSettings = (parts: Parts, names: readonly string[], row: Row | undefined): AppSettings => {
  const [oauth, global, policies, app, security] = (['oauth', 'global', 'policies', 'app', 'security'] as const).map(
    (part) => partOf(parts, part, names),
  ) as unknown as readonly [Found, Found, Found, Found, Found]
  const of = <T>(part: Found, read: (body: MetadataBody) => Fact<T>): Fact<T> =>
    part.is === 'found' ? read(part.body) : part.why
  const blank = noSettings(global.is === 'none' ? global.why : unknown('not-provisioned', 'not said'))
  const common = global.is === 'found' ? commonOauth(global.body) : blank
  const policy = policies.is === 'found' ? policies.body : {}
  const declared = of(policies, (body) => {
    const type = textFact(body, 'refreshTokenPolicyType')
    const [period, unit] = [textOf(body['refreshTokenValidityPeriod']), textOf(body['refreshTokenValidityUnit'])]
    return type.is === 'known' ? known(policyText(type.value, period, unit)) : type
  })
  const settings: AppSettings = {
    ...blank,
    ...common,
    oauth: oauth.is === 'found' ? known(true) : of(app, (body) => flagOf(body, 'isOauthPluginEnabled')),
    blocked: of(app, (body) => not(flagOf(body, 'isEnabled'))),
    scopes: of(oauth, (body) => known(commas(textOf(body['commaSeparatedOauthScopes'])))),
    trustedIpRanges: of(oauth, (body) => known(rangesOf(body['trustedIpRanges'], 'startIpAddress', 'endIpAddress'))),
    permittedUsers: of(policies, (body) => permitted(textOf(body['permittedUsersPolicyType']))),
    ipRelaxation: relaxation(of(policies, (body) => textFact(body, 'ipRelaxationPolicyType'))),
    refreshTokenPolicy: declared.is === 'known' ? refreshTokenPolicy(declared.value, common.idleTtl) : declared,
    sessionTimeoutMinutes: of(policies, (body) => minutesOf(body, 'sessionTimeoutInMinutes')),
    // An app without a file of its own has no allowlist, if the org knows such files at all.
    tokenIpRanges:
      parts.security.is === 'unknown'
        ? parts.security
        : known(
            security.is === 'found' ? rangesOf(security.body['tokenIpRanges'], 'startIpAddress', 'endIpAddress') : [],
          ),
    flows: of(global, (body) =>
      flowsOf(common, {
        device: flagOf(body, 'isDeviceFlowEnabled'),
        clientCredentials: isOn(body['isClientCredentialsFlowEnabled']),
        tokenExchange: isOn(body['isTokenExchangeEnabled']),
        codeCredential: isOn(body['isCodeCredFlowEnabled']),
      }),
    ),
    clientCredentialsByPolicy: of(policies, (body) => flagOf(body, 'isClientCredentialsFlowEnabled')),
    runsAs: of(policies, () => known(textOf(policy['clientCredentialsFlowUser']))),
  }
  return row === undefined || policies.is === 'found' ? settings : { ...settings, ...ofPolicyRow(row, common.idleTtl) }
}

const ofPolicyRow = (row: Row, idleTtl: Fact<boolean>): Partial<AppSettings> => {
  const [ip, type] = [maybeText(row, 'IpRelaxationPolicyType'), maybeText(row, 'RefreshTokenPolicyType')]
  const period = maybeNumber(row, 'RefreshTokenValidityPeriod')
  const timeout = maybeNumber(row, 'SessionTimeoutInMinutes')
  const unit = maybeText(row, 'RefreshTokenValidityUnit')
  return {
    permittedUsers: permitted(maybeText(row, 'PermittedUsersPolicyType')),
    ...(ip === null ? {} : { ipRelaxation: known(ip.toUpperCase()) }),
    ...(type === null
      ? {}
      : {
          refreshTokenPolicy: refreshTokenPolicy(
            policyText(type, period === null ? null : String(period), unit),
            idleTtl,
          ),
        }),
    ...(timeout === null ? {} : { sessionTimeoutMinutes: known(timeout) }),
  }
}
