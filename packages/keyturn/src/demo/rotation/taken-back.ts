/**
 * A certificate whose deployment is reported as done and reverted by somebody who deploys the app, too: noticed, taken
 * back, and the old key proved.
 */
import { runReport } from '../../rotation/report/run-report.ts'
import { outcomes } from '../../rotation/report/wording.ts'
import { METADATA_JOB } from './org.ts'
import { problemsOf } from './turn.ts'
import type { Turn } from './turn.ts'
import { turnUnderLoad } from './under-load.ts'
import { credentials, grants } from './world.ts'
import type { World } from './world.ts'

export const takenBack = async (world: World): Promise<Turn> => {
  const { sim, rotation, keyturn } = world
  const credential = credentials.reverted
  const inSlot = (): string => {
    const app = sim.control.components({ type: 'ConnectedApp' }).find(({ fullName }) => fullName === 'Billing')
    const { oauthConfig } = (app?.body ?? {}) as { readonly oauthConfig?: { readonly certificate?: unknown } }
    return String(oauthConfig?.certificate)
  }
  const old = inSlot()
  let reverted = false
  const { turn, run, complaints } = await turnUnderLoad(world, {
    ...{ credential, grant: grants.reverted, wanted: 'rolled-back' },
    meanwhile() {
      if (reverted) return
      sim.clock.advance(METADATA_JOB)
      if (inSlot() === old) return
      sim.control.changeApp({ app: 'Billing', publicKey: world.billingCertificate })
      reverted = true
    },
  })
  const { kind, title, steps } = await rotation.rotatorOf(credential)
  const does = (step: string): string => steps.find(({ name }) => name === step)?.does ?? ''
  const { state, problem } = await runReport(keyturn.store, { credential, kind, title, does, run })
  const shown = { ...turn, report: problem === null ? null : `${outcomes[state]} ${problem.text}.` }
  const problems = [...problemsOf(shown, complaints)]
  if (!reverted) problems.push('nothing was deployed that could be reverted')
  if (problem?.code !== 'DEPLOYMENT_REVERTED') problems.push(`the report does not say what was done: ${shown.report}`)
  if ((await keyturn.grants.show(grants.reverted)).former !== null) problems.push('the grant still has two keys')
  return { ...shown, problems }
}
