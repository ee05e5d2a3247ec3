/** Who uses a certificate, as facts of a finding: nothing where it is not known, so that “none” is never read into it. */
import type { Evidence } from '../control.ts'
import type { CertificateFact } from '../facts.ts'

export const usedByIn = (usedBy: CertificateFact['usedBy']): Evidence['facts'] =>
  usedBy.is === 'known' ? { usedBy: usedBy.value.join(' ') } : {}
