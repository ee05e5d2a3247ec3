/** The certificate in an app: when it ends, the integration ends. */
import { counted } from '../counted.ts'
import { appControl } from '../app-control.ts'
import { apart, given, right, wrong } from '../looks.ts'
import { numberIn } from '../parameters.ts'

const day = 86_400_000

export const control = appControl({
  id: 'app-certificate-expiry',
  title: 'Certificates of apps do not end soon',
  severity: 'high',
  why: 'Setup does not list the certificate of an app and nobody is told when it ends; the integration stops that minute.',
  remedy: 'Rotate the certificate: `keyturn rotate` deploys the new one and proves it by a login.',
  effort: 'hours',
  catalogues: {},
  profiles: { baseline: { days: 30 }, strict: { days: 90 } },
  wrong: 'the certificate has ended or ends soon',
  changedBy: 'owner',
  look: ({ certificate }, { takenAt, parameters }) =>
    given(certificate, (found) => {
      if (found === null) return apart
      const left = Math.floor((found.notAfter - takenAt) / day)
      if (left >= numberIn(parameters, 'days', 30)) return right
      return wrong(left < 0 ? `It ended ${counted(-left, 'day')} ago.` : `It ends in ${counted(left, 'day')}.`, {
        daysLeft: left,
      })
    }),
})
