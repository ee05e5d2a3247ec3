/** Key sizes of the org's certificates. */
import { listControl } from '../list-control.ts'
import { right, wrong } from '../looks.ts'
import { numberIn } from '../parameters.ts'

export const control = listControl({
  id: 'certificate-key-size',
  title: 'Certificates of the org have large keys',
  severity: 'low',
  why: 'A key that can be worked out signs in the org’s name.',
  remedy: 'Make a certificate with a key of the size that is asked for and replace the old one.',
  effort: 'hours',
  catalogues: { healthCheck: ['CertificateAndKeyManagement.keySize'] },
  profiles: {
    baseline: { bits: 2048 },
    strict: { bits: 4096 },
    'health-check': { bits: 4096, because: 'the baseline takes 2048 for a warning' },
  },
  family: 'certificates',
  noun: ['certificate', 'certificates'],
  wrong: 'smaller keys than there should be',
  subject: ({ name }) => `certificate:${name}`,
  look: ({ keyBits }, { parameters }) =>
    keyBits >= numberIn(parameters, 'bits', 2048) ? right : wrong(`The key has ${keyBits} bits.`, { keyBits }),
})
