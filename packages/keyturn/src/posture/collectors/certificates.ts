/** Certificates of Certificate and Key Management. Those pasted into apps are facts of the apps. */
import type { Collector } from '../collector.ts'
import { unknown } from '../fact.ts'
import { attempt } from './attempt.ts'
import { seesCertificates } from './needs.ts'
import { moment, number, text } from './cells.ts'

// SAML configurations, named credentials and callouts in code would all have to be read for it.
const unread = unknown(
  'not-collected',
  'the org has no list of what uses a certificate, and nothing else was read for it',
)

export const collectCertificates: Collector<'certificates'> = ({ ask, own }) =>
  attempt(seesCertificates, own, async () => {
    const soql = 'SELECT DeveloperName, ExpirationDate, KeySize FROM Certificate'
    return (await ask.rows(soql, { tooling: true })).map((one) => ({
      name: text(one, 'DeveloperName'),
      notAfter: moment(one, 'ExpirationDate'),
      keyBits: number(one, 'KeySize'),
      usedBy: unread,
    }))
  })
