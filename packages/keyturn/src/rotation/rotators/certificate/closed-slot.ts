/**
 * Some orgs keep the settings of external client apps, in which the certificate lies, closed while a switch is off that
 * hardening advice wants off. A run opens it for the steps that look into the slot or deploy it, where that is so.
 */
import { KeyturnError } from '@keyturn/tokens'
import { appCertificate, closedBy } from '../../../org/app-certificate.ts'
import type { SwitchName } from '../../../org/switches.ts'
import type { StepContext } from '../../rotator.ts'
import type { CertificateSettings } from './settings.ts'

export const isClosed = (error: unknown): boolean => error instanceof KeyturnError && error.data['switch'] === closedBy

/** Found out once in a run: while it is open it doesn't look closed. */
export const slotSwitches = async ({
  data,
  settings,
  ports,
  keep,
}: Omit<StepContext<CertificateSettings>, 'to'>): Promise<readonly SwitchName[]> => {
  // Put back: from then on the step only looks whether the old key signs in again.
  if (typeof data['restoredAt'] === 'number') return []
  const known = data['slotClosed']
  if (typeof known === 'boolean') return known ? [closedBy] : []
  const slotClosed = await appCertificate(ports.org(settings.org), settings.app).then(
    () => false,
    (error: unknown) => {
      if (!isClosed(error)) throw error
      return true
    },
  )
  await keep({ data: { slotClosed } })
  return slotClosed ? [closedBy] : []
}
