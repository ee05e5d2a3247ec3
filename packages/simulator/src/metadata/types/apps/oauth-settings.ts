/** ExtlClntAppOauthSettings: scopes and trusted ranges of an external client app, as its developer set them. */
import { consumersOf } from '../../../state/consumers.ts'
import type { Element, JsonObject } from '../../elements.ts'
import {
  ComponentProblem,
  all,
  flag,
  group,
  integer,
  listAt,
  many,
  present,
  required,
  text,
  textAt,
} from '../../elements.ts'
import { rangeOf } from './address-ranges.ts'
import { appPart } from './app-part.ts'
import { changeByMetadata } from './deploy-app.ts'
import { isScope, metadataScopes, wireScopes } from './scopes.ts'

const commas = (value: string): readonly string[] =>
  value
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')

export const names = { start: 'startIpAddress', end: 'endIpAddress' } as const

export const ipRange: Element = group('ExtlClntAppOauthIpRange', {
  ...all(required(text), 'startIpAddress', 'endIpAddress'),
  description: text,
})

const rangeLimit = 128

export const oauthSettings = appPart({
  name: 'ExtlClntAppOauthSettings',
  directory: 'extlClntAppOauthSettings',
  suffix: 'ecaOauth',
  since: 59,
  idPrefix: '1zY',
  nameEnd: '_oauth',
  needs: ['CustomizeApplication', 'ExternalClientAppDeveloper'],
  elements: {
    ...all(text, 'commaSeparatedOauthScopes', 'commaSeparatedCustomScopes', 'oauthLink', 'singleLogoutUrl'),
    ...all(text, 'clientAssertionCertificate', 'assetTokenAudiences', 'assetTokenSigningCertificate'),
    ...all(flag, 'isFirstPartyAppEnabled', 'areAttributesIncludedInAssetToken', 'areCustomPermsIncludedInAssetToken'),
    assetTokenValidity: integer,
    trustedIpRanges: many(ipRange),
    customAttributes: many(group('ExtlClntAppOauthSettingsAttribute', all(required(text), 'formula', 'key'))),
  },
  read: ({ org }, app, kept) => {
    const consumer = consumersOf(org, app.id)[0]?.id ?? ''
    return present({
      isFirstPartyAppEnabled: false,
      ...kept,
      commaSeparatedOauthScopes: metadataScopes(app.scopes).join(', '),
      oauthLink: `${org.id.slice(0, 15)}:${consumer.slice(0, 15)}`,
    })
  },
  apply: (context, app, body) => {
    const scopes = textAt(body, 'commaSeparatedOauthScopes')
    if (scopes !== undefined) {
      const unknown = commas(scopes).find((scope) => !isScope(scope))
      if (unknown !== undefined) throw new ComponentProblem(`Invalid OAuth scope: ${unknown}`)
      changeByMetadata(context, app, { scopes: wireScopes(commas(scopes)) })
    }
    const ranges = listAt(body, 'trustedIpRanges') ?? []
    if (ranges.length > rangeLimit) throw new ComponentProblem(`There are more than ${rangeLimit} trusted IP ranges`)
    for (const range of ranges) rangeOf(range as JsonObject, names)
    const { oauthLink: _generated, ...open } = body
    return open
  },
})
