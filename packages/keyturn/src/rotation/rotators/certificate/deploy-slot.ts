/** One deployment of the app's certificate as part of a step: started once, kept by its id, asked for until it ended. */
import { KeyturnError } from '@keyturn/tokens'
import { appCertificate, withCertificate } from '../../../org/app-certificate.ts'
import { deploymentOf, startDeployment } from '../../../org/metadata-deploy.ts'
import type { StepContext, StepOutcome } from '../../rotator.ts'
import type { CertificateSettings } from './settings.ts'

const pace = 5_000

/** What it is for; also where its id is kept in the run's data. */
type Errand = 'dryRun' | 'deployment' | 'restoration'

/** Null: it is done. Everything else of the component is deployed as it is read now. */
export const deploySlot = async (
  context: StepContext<CertificateSettings>,
  errand: Errand,
  pem: string,
): Promise<StepOutcome | null> => {
  const { settings, ports, data, keep } = context
  const org = ports.org(settings.org)
  const known = data[errand]
  let id = typeof known === 'string' ? known : null
  if (id === null) {
    const slot = await appCertificate(org, settings.app)
    id = await startDeployment(org, [withCertificate(slot, pem)], { checkOnly: errand === 'dryRun' })
    await keep({ data: { [errand]: id } })
  }
  const state = await deploymentOf(org, id)
  switch (state.is) {
    case 'running':
      return { is: 'later', after: pace, why: `the org works on deployment ${id} (${state.status})` }
    case 'succeeded':
      return null
    case 'unclear':
      // Whether it was done is seen in the slot, before another one is started.
      await keep({ data: { [errand]: null } })
      throw new KeyturnError('ORG_UNAVAILABLE', `Deployment ${id} ended in an error of the platform: ${state.why}`)
    case 'failed':
      await keep({ data: { [errand]: null } })
      return {
        is: 'failed',
        problem: {
          code: 'DEPLOYMENT_REFUSED',
          text: `The org refused deployment ${id}: ${state.problems.join('; ')}`,
          next: 'Remove what the org names (Setup → Deployment Status shows it, too), and start again.',
        },
      }
    default:
      return state satisfies never
  }
}
