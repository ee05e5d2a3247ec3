/** Certificates of Certificate and Key Management. Those pasted into apps are facts of the apps. */
import type { Collector } from '../collector.ts'
import { attempt } from './attempt.ts'
import { moment, number, text } from './cells.ts'

export const collectCertificates: Collector<'certificates'> = ({ ask, own }) =>
  attempt({ what: 'certificates', anyOf: ['ViewSetup'] }, own, async () => {
    const soql = 'SELECT DeveloperName, ExpirationDate, KeySize FROM Certificate'
    return (await ask.rows(soql, { tooling: true })).map((one) => ({
      name: text(one, 'DeveloperName'),
      notAfter: moment(one, 'ExpirationDate'),
      keyBits: number(one, 'KeySize'),
      usedBy: [],
    }))
  })
