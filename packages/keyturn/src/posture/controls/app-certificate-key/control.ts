/** The key size of the certificate in an app. */
import { appControl } from '../app-control.ts'
import { apart, given, right, wrong } from '../looks.ts'
import { numberIn } from '../parameters.ts'

export const control = appControl({
  id: 'app-certificate-key',
  title: 'Certificates of apps have large keys',
  severity: 'low',
  why: 'A signature by this key is a login; a small key can be worked out.',
  remedy: 'Rotate the certificate with a key of the size that is asked for.',
  effort: 'hours',
  catalogues: {},
  profiles: {
    baseline: { bits: 2048 },
    strict: { bits: 4096, because: 'what Health Check takes for compliant, of certificates of the org' },
  },
  wrong: 'the key is smaller than it should be',
  changedBy: 'owner',
  look: ({ certificate }, { parameters }) =>
    given(certificate, (found) => {
      if (found === null) return apart
      const bits = numberIn(parameters, 'bits', 2048)
      // Keys on elliptic curves are small and strong.
      const strong = found.keyBits >= bits || [256, 384, 521].includes(found.keyBits)
      return strong ? right : wrong(`The key has ${found.keyBits} bits.`, { keyBits: found.keyBits })
    }),
})
