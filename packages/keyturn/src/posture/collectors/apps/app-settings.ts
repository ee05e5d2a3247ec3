/** The settings of an app as facts: those that both kinds have, and what all of them are where nothing can be read. */
import { known, unknown } from '../../fact.ts'
import type { Fact } from '../../fact.ts'
import type { AppFact, Flow } from '../../facts.ts'
import { certificateFacts } from '../../../org/certificate-pem.ts'
import { elementsOf, isOn, textOf } from '../../../org/metadata-component.ts'
import type { MetadataBody, MetadataValue } from '../../../org/metadata-component.ts'
import type { Unknown } from '../attempt.ts'

type Named = 'kind' | 'id' | 'name' | 'label' | 'namespace' | 'origin' | 'files' | 'created'
type Joined = 'permittedProfiles' | 'permittedPermissionSets' | 'permittedUserCount' | 'tokens' | 'lastLogin'

/** What the app's own files say. */
export type AppSettings = Omit<AppFact, Named | Joined>

export const noSettings = (why: Unknown): AppSettings => ({
  oauth: why,
  blocked: why,
  scopes: why,
  callbacks: why,
  permittedUsers: why,
  ipRelaxation: why,
  trustedIpRanges: why,
  refreshTokenPolicy: why,
  rotation: why,
  pkceRequired: why,
  secretRequiredForWebServer: why,
  secretRequiredForRefresh: why,
  idleTtl: why,
  tokenIpRanges: why,
  flows: why,
  secretRequiredForTokenExchange: why,
  runsAs: why,
  idToken: why,
  accessTokenFormat: why,
  sessionTimeoutMinutes: why,
  introspectsAllTokens: why,
  certificate: why,
})

const absent = (name: string): Unknown =>
  unknown('not-provisioned', `the app’s metadata has no ${name}: this org or this version of the API does not know it`)

export const flagOf = (body: MetadataBody, name: string): Fact<boolean> =>
  body[name] === undefined ? absent(name) : known(isOn(body[name]))

export const not = (fact: Fact<boolean>): Fact<boolean> => (fact.is === 'known' ? known(!fact.value) : fact)

export const textFact = (body: MetadataBody, name: string): Fact<string> => {
  const said = textOf(body[name])
  return said === null ? absent(name) : known(said)
}

export const minutesOf = (body: MetadataBody, name: string): Fact<number> => {
  const minutes = Number(textOf(body[name]) ?? Number.NaN)
  return Number.isFinite(minutes)
    ? known(minutes)
    : unknown('not-provisioned', 'the app sets no time-out of its own: the profile’s or the org’s holds')
}

export const listOf = (value: MetadataValue): readonly string[] => {
  const all = Array.isArray(value) ? (value as readonly MetadataValue[]) : [value]
  return all.flatMap((one) => textOf(one) ?? [])
}

export const commas = (text: string | null): readonly string[] =>
  (text ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')

/** What both kinds of app say in the same words, of the element that holds their OAuth settings. */
export const commonOauth = (
  oauth: MetadataBody,
): Pick<
  AppSettings,
  | 'accessTokenFormat'
  | 'callbacks'
  | 'certificate'
  | 'idToken'
  | 'idleTtl'
  | 'introspectsAllTokens'
  | 'pkceRequired'
  | 'rotation'
  | 'secretRequiredForRefresh'
  | 'secretRequiredForTokenExchange'
  | 'secretRequiredForWebServer'
> => {
  const jwt = flagOf(oauth, 'isNamedUserJwtEnabled')
  return {
    accessTokenFormat: jwt.is === 'known' ? known(jwt.value ? 'jwt' : 'opaque') : jwt,
    callbacks: known((textOf(oauth['callbackUrl']) ?? '').split(/\s+/).filter((url) => url !== '')),
    certificate: certificateOf(textOf(oauth['certificate'])),
    idToken: idTokenOf(oauth['idTokenConfig']),
    idleTtl: flagOf(oauth, 'isEnforceRefreshTokenTTL'),
    introspectsAllTokens: flagOf(oauth, 'isIntrospectAllTokens'),
    pkceRequired: flagOf(oauth, 'isPkceRequired'),
    rotation: flagOf(oauth, 'isRefreshTokenRotationEnabled'),
    secretRequiredForRefresh: flagOf(oauth, 'isSecretRequiredForRefreshToken'),
    secretRequiredForTokenExchange: flagOf(oauth, 'isSecretRequiredForTokenExchange'),
    secretRequiredForWebServer: not(flagOf(oauth, 'isConsumerSecretOptional')),
  }
}

const certificateOf = (pem: string | null): AppSettings['certificate'] => {
  if (pem === null) return known(null)
  const facts = certificateFacts(pem)
  if (facts === null) return unknown('refused', 'what the org shows as the app’s certificate is none')
  const { modulusLength, namedCurve } = facts.publicKey.asymmetricKeyDetails ?? {}
  const keyBits = modulusLength ?? Number(/\d{3}/.exec(namedCurve ?? '')?.[0] ?? 0)
  return known({ notAfter: facts.notAfter, keyBits, sha256: facts.fingerprint })
}

const idTokenOf = (config: MetadataValue): AppSettings['idToken'] => {
  if (config === undefined) return known(null)
  const { idTokenValidity, idTokenAudience } = elementsOf(config)
  // Two minutes where nothing is said, by the reference.
  const minutes = Number(textOf(idTokenValidity) ?? 2)
  const audiences = (textOf(idTokenAudience) ?? '').split(/[\s,]+/).filter((one) => one !== '')
  return Number.isFinite(minutes) ? known({ minutes, audiences }) : unknown('refused', 'idTokenValidity is no number')
}

interface FlowSwitches {
  readonly device: Fact<boolean>
  readonly clientCredentials: boolean
  readonly tokenExchange: boolean
  readonly codeCredential: boolean
}

/** The web-server flow is open to every app with a callback; JWT bearer to every app with a certificate. */
export const flowsOf = (
  { callbacks, certificate }: Pick<AppSettings, 'callbacks' | 'certificate'>,
  { device, clientCredentials, tokenExchange, codeCredential }: FlowSwitches,
): Fact<readonly Flow[]> => {
  if (device.is === 'unknown') return device
  const hasCallback = callbacks.is === 'known' && callbacks.value.length > 0
  const hasCertificate = certificate.is === 'unknown' || certificate.value !== null
  const flows: readonly (readonly [boolean, Flow])[] = [
    [hasCallback, 'web-server'],
    [device.value, 'device'],
    [hasCertificate, 'jwt-bearer'],
    [clientCredentials, 'client-credentials'],
    [tokenExchange, 'token-exchange'],
    [codeCredential, 'code-credential'],
  ]
  return known(flows.flatMap(([on, flow]) => (on ? [flow] : [])))
}
