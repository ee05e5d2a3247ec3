/** Connected apps of every shape, from a fixed seed. */
import fc from 'fast-check'
import { elementsOf } from '../../../src/org/metadata-component.ts'
import type { MetadataBody } from '../../../src/org/metadata-component.ts'

const some = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined })

const url = fc.integer({ min: 1, max: 999 }).map((n) => `https://app${n}.example.com/callback`)
const urls = fc.uniqueArray(url, { minLength: 1, maxLength: 3 }).map((all) => all.join('\n'))

const scopes = fc.uniqueArray(
  fc.constantFrom('Api', 'Basic', 'Chatter', 'CustomPermissions', 'Full', 'OpenID', 'RefreshToken', 'Wave', 'Web'),
  { minLength: 1, maxLength: 5 },
)

const policy = fc.oneof(
  fc.constantFrom('infinite', 'zero'),
  fc
    .tuple(
      fc.constantFrom('lifetime', 'inactivity'),
      fc.integer({ min: 1, max: 400 }),
      fc.constantFrom('HOURS', 'DAYS', 'MONTHS'),
    )
    .map(([kind, count, unit]) => `specific_${kind}:${count}:${unit}`),
)

const range = fc.tuple(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 0, max: 55 })).map(([from, more]) => ({
  start: `203.0.113.${from}`,
  end: `203.0.113.${from + more}`,
}))

const flag = some(fc.boolean())
const switches = [
  ...['isAdminApproved', 'isConsumerSecretOptional', 'isDeviceFlowEnabled', 'isIntrospectAllTokens'],
  ...['isNamedUserJwtEnabled', 'isPkceRequired', 'isRefreshTokenRotationEnabled', 'isSecretRequiredForRefreshToken'],
  ...['isSecretRequiredForTokenExchange', 'isTokenExchangeEnabled', 'isCodeCredentialEnabled'],
  ...['isCodeCredentialPostOnly', 'isEnforceRefreshTokenTTL'],
]

const without = (body: MetadataBody): MetadataBody =>
  Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined))

const idToken = fc.record({
  idTokenAudience: fc.constantFrom('https://api.example.com', 'partner'),
  idTokenValidity: fc.integer({ min: 1, max: 720 }),
  idTokenIncludeAttributes: fc.boolean(),
})

const oauthConfig = (user: string, certificate: string): fc.Arbitrary<MetadataBody> =>
  fc
    .tuple(
      fc.record(Object.fromEntries(switches.map((name) => [name, flag]))),
      fc.record({
        callbackUrl: urls,
        scopes,
        idTokenConfig: some(idToken),
        certificate: some(fc.constant(certificate)),
        singleLogoutUrl: some(url),
      }),
      fc.boolean(),
    )
    .map(([on, rest, machine]) =>
      without({
        ...on,
        ...rest,
        ...(machine ? { isClientCredentialEnabled: true, oauthClientCredentialUser: user } : {}),
      }),
    )

export interface AppWorld {
  readonly permissionSets: readonly string[]
  readonly profiles: readonly string[]
  readonly runsAs: string
  /** PEM. */
  readonly certificate: string
}

const body = ({ permissionSets, profiles, runsAs, certificate }: AppWorld): fc.Arbitrary<MetadataBody> =>
  fc
    .record({
      label: fc.integer({ min: 1, max: 99_999 }).map((n) => `App ${n}`),
      contactEmail: fc.constant('ops@example.com'),
      description: some(fc.constantFrom('Nightly sync', 'A <b>bold</b> & “quoted” one')),
      contactPhone: some(fc.constant('+49 30 0000')),
      infoUrl: some(url),
      startUrl: some(url),
      mobileStartUrl: some(url),
      canvas: some(fc.constant('https://canvas.example.com')),
      plugin: some(fc.constant('OldPlugin')),
      attributes: some(
        fc.constant([
          { formula: '$User.Department', key: 'department' },
          { formula: '$User.Title', key: 'title' },
        ]),
      ),
      ipRanges: some(fc.uniqueArray(range, { minLength: 1, maxLength: 3, selector: ({ start }) => start })),
      permissionSetName: some(fc.uniqueArray(fc.constantFrom(...permissionSets), { minLength: 1 })),
      profileName: some(fc.uniqueArray(fc.constantFrom(...profiles), { minLength: 1 })),
      oauthConfig: oauthConfig(runsAs, certificate),
      oauthPolicy: fc.record({
        ipRelaxation: fc.constantFrom('ENFORCE', 'BYPASS', 'BYPASS_2FACTOR', 'ENFORCE_RELAXREFRESH'),
        refreshTokenPolicy: policy,
      }),
      sessionPolicy: some(
        fc
          .record({
            policyAction: some(fc.constantFrom('Block', 'RaiseSessionLevel')),
            sessionTimeout: some(fc.constantFrom(15, 30, 120, 720)),
          })
          .map((one) => without(one)),
      ),
    })
    .map((one) => without(one))

/** The platform saves no policy of inactivity that is longer than its own limit, where that is on. */
const savable = (app: MetadataBody): MetadataBody => {
  const { refreshTokenPolicy, ...others } = elementsOf(app['oauthPolicy'])
  const limited = elementsOf(app['oauthConfig'])['isEnforceRefreshTokenTTL'] === true
  const idle = limited && String(refreshTokenPolicy).startsWith('specific_inactivity')
  return { ...app, oauthPolicy: { ...others, refreshTokenPolicy: idle ? 'infinite' : refreshTokenPolicy } }
}

export const generatedApps = (world: AppWorld, count: number): readonly MetadataBody[] =>
  fc.sample(body(world), { seed: 2026, numRuns: count }).map(savable)
