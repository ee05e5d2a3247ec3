/**
 * Who still signs with the old key: logins of the app that are refused for their signature since consumers have the new
 * one. Salesforce does not say by which certificate a login was verified, nor that each refused signature leaves a row in
 * Login History: rows prove use, and that there are none proves nothing.
 */
import { certificateFacts } from '../../../org/certificate-pem.ts'
import { appLogins, isForSignature, refusedUsers } from '../../../org/failed-logins.ts'
import type { OldUse, StepContext } from '../../rotator.ts'
import { text } from './prove.ts'
import type { CertificateSettings } from './settings.ts'
import { spareUsers } from './sign-in.ts'

/** Of the org's clock against ours; our own logins with the old key are right before. */
const skew = 5_000

/** How far back a program's address is looked for, ms. */
const lookBack = 30 * 86_400_000

const isSuccess = ({ status }: { readonly status: string }): boolean => /^success$/i.test(status)

const unseen = 'Salesforce shows no login by the certificate that verified it'

export const oldKeyUse = async (context: StepContext<CertificateSettings>): Promise<OldUse> => {
  const { settings, ports, data, since, clock } = context
  const org = ports.org(settings.org)
  const names = [settings.app, text(data['label']) ?? settings.app]
  const seen = await appLogins(org, names, { since: since + skew })
  const refused = seen?.filter(isForSignature) ?? []
  if (seen === null || refused.length === 0) {
    const why =
      seen === null
        ? 'this user may not read Login History (“Manage Users” or “Monitor Login History”)'
        : 'no login of the app was refused for its signature, which need not leave a row'
    const spares = await spareUsers(context, text(data['consumerKey']) ?? '')
    const also = spares.length === 0 ? '' : `; spares with a key of their own: ${spares.join(', ')}`
    return { observable: false, why: `${unseen}; ${why}${also}` }
  }
  // Anybody who knows the consumer key, which is no secret, can be refused as often as he likes, and who stole the old key is:
  // a rate is made only of logins from where programs of this app came in before.
  const before = (await appLogins(org, names, { since: since - lookBack, until: since })) ?? []
  const known = new Set(before.filter(isSuccess).map(({ address }) => address))
  const counted = seen.filter(({ address }) => known.has(address))
  // No rate takes a run back to nothing, or to a certificate that ran out and is refused: those it would stop, too.
  const old = certificateFacts(text(data['oldCertificate']) ?? '')
  const isWayBack = old !== null && old.notAfter > clock.wall()
  return {
    observable: true,
    users: await refusedUsers(org, refused),
    ...(isWayBack
      ? { calls: { worked: counted.filter(isSuccess).length, failed: counted.filter(isForSignature).length } }
      : {}),
    blindTo: 'a refused signature that Login History has no row of',
  }
}
