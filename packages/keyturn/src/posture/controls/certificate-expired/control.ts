/** Certificates of the org that have ended. */
import { usedByIn } from '../certificate-use.ts'
import { listControl } from '../list-control.ts'
import { right, wrong } from '../looks.ts'

export const control = listControl({
  id: 'certificate-expired',
  title: 'No certificate of the org has ended',
  severity: 'high',
  why: 'Single sign-on, signed calls and JWT logins by it fail; what went on without it went on unsigned.',
  remedy: 'Make a new certificate, put it where the old one is used, delete the old one.',
  effort: 'hours',
  catalogues: { healthCheck: ['CertificateAndKeyManagement.expiredCert'] },
  profiles: { baseline: {}, strict: {}, 'health-check': {} },
  family: 'certificates',
  noun: ['certificate', 'certificates'],
  wrong: 'past their end',
  subject: ({ name }) => `certificate:${name}`,
  look: ({ notAfter, usedBy }, { takenAt }) =>
    notAfter > takenAt ? right : wrong(`Ended on ${new Date(notAfter).toISOString().slice(0, 10)}.`, usedByIn(usedBy)),
})
