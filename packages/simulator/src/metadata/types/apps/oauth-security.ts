/** ExtlClntAppOauthSecuritySettings: the addresses that may use the app's tokens. New with API 67; no sample was seen. */
import type { JsonObject } from '../../elements.ts'
import { ComponentProblem, listAt, many, oneOf, present, text } from '../../elements.ts'
import { rangeOf, rangesShown, sizeOf } from './address-ranges.ts'
import { appPart } from './app-part.ts'
import { changeByMetadata } from './deploy-app.ts'
import { ipRange, names } from './oauth-settings.ts'

const limits = { ranges: 128, addresses: 256 }

export const oauthSecurity = appPart({
  name: 'ExtlClntAppOauthSecuritySettings',
  directory: 'extlClntAppOauthSecuritySettings',
  suffix: 'ecaOauthSecurity',
  since: 67,
  idPrefix: '1zc',
  nameEnd: '_oauthSecurity',
  needs: ['CustomizeApplication', 'ExternalClientAppDeveloper'],
  elements: {
    tlsClientAuthCertParamType: oneOf(
      'TlsClientAuthCertParamType',
      'tls_client_auth_subject_dn',
      'tls_client_auth_san_dns',
      'tls_client_auth_san_uri',
      'tls_client_auth_san_ip',
      'tls_client_auth_san_email',
      'tls_client_auth_san_spiffe',
    ),
    tlsClientAuthCertParamValue: text,
    tokenIpRanges: many(ipRange),
  },
  isAvailable: ({ org }) => org.settings().newOauthElements === 'present',
  read: (_context, app, kept) => {
    const list = app.settings.refreshTokenIpAllowlist
    const tokenIpRanges = list === null ? undefined : rangesShown(list, listAt(kept, 'tokenIpRanges'), names)
    return present({ ...kept, tokenIpRanges })
  },
  apply: (context, app, body) => {
    const ranges = (listAt(body, 'tokenIpRanges') ?? []).map((range) => rangeOf(range as JsonObject, names))
    if (ranges.length > limits.ranges) throw new ComponentProblem(`There are more than ${limits.ranges} IP ranges`)
    if (ranges.reduce((sum, range) => sum + sizeOf(range), 0) > limits.addresses)
      throw new ComponentProblem(`The IP ranges hold more than ${limits.addresses} addresses`)
    changeByMetadata(context, app, { settings: { refreshTokenIpAllowlist: ranges.length === 0 ? null : ranges } })
    return body
  },
})
