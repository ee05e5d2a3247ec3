/** Certificates of the org that end soon. */
import { usedByIn } from '../certificate-use.ts'
import { counted } from '../counted.ts'
import { listControl } from '../list-control.ts'
import { apart, right, wrong } from '../looks.ts'
import { numberIn } from '../parameters.ts'

const day = 86_400_000

export const control = listControl({
  id: 'certificate-expiring',
  title: 'No certificate of the org ends soon',
  severity: 'medium',
  why: 'The day a certificate ends is the day single sign-on and integrations stop, and partners need weeks to take a new one.',
  remedy:
    'Make the next certificate, hand it to those who check it, and switch over (`keyturn rotate` for those of JWT logins).',
  effort: 'hours',
  catalogues: { healthCheck: ['CertificateAndKeyManagement.certExpiration'] },
  profiles: {
    baseline: { days: 30 },
    strict: { days: 90 },
    'health-check': { days: 180, because: 'the baseline calls more than 180 days compliant, and only informs' },
  },
  family: 'certificates',
  noun: ['certificate', 'certificates'],
  wrong: 'near their end',
  subject: ({ name }) => `certificate:${name}`,
  look: ({ notAfter, usedBy }, { takenAt, parameters }) => {
    // What has ended is another control's.
    if (notAfter <= takenAt) return apart
    const left = Math.floor((notAfter - takenAt) / day)
    return left >= numberIn(parameters, 'days', 30)
      ? right
      : wrong(`Ends in ${counted(left, 'day')}.`, { daysLeft: left, ...usedByIn(usedBy) })
  },
})
