/**
 * The step that puts the new certificate into the app's one slot, and back: the old one is deployed again and proved by
 * a login. Whatever answers are lost, the slot itself says what is in it; an org carries deployments out one after the
 * other, so a restoration comes behind whatever may still be under way.
 */
import { appCertificate } from '../../../org/app-certificate.ts'
import { certificateFacts } from '../../../org/certificate-pem.ts'
import type { Problem } from '../../credential.ts'
import type { RotationStep, StepContext, StepOutcome } from '../../rotator.ts'
import { slotSwitches } from './closed-slot.ts'
import { deploySlot } from './deploy-slot.ts'
import { look, looksInARow } from './look.ts'
import { exposure, moment, propagationOf, signIn, text } from './prove.ts'
import type { CertificateSettings } from './settings.ts'

type Context = StepContext<CertificateSettings>

const pace = 15_000

const problem = (code: string, what: string, next: string): Problem => ({ code, text: what, next })

/** Fingerprint of what the slot shows; null: nothing. */
const inSlot = async ({ ports, settings }: Context): Promise<string | null> => {
  const { pem } = await appCertificate(ports.org(settings.org), settings.app)
  return pem === null ? null : (certificateFacts(pem)?.fingerprint ?? 'not readable')
}

const oldPrint = ({ data }: Context): string | null =>
  certificateFacts(text(data['oldCertificate']) ?? '')?.fingerprint ?? null

export const putIn: RotationStep<CertificateSettings> = {
  name: 'deploy',
  does: 'Deploys the new certificate: the app has one slot, so the old one is over',
  reaches: null,
  needs: slotSwitches,
  async run(context): Promise<StepOutcome> {
    const { data, keep, clock, to } = context
    const mine = text(to.data['fingerprint'])
    const done = async (note: string): Promise<StepOutcome> => {
      await keep({ active: true, data: { deployedAt: clock.wall() } })
      return { is: 'done', note }
    }
    const before = await inSlot(context)
    if (before === mine) return done('the new certificate is in the slot')
    if (before !== null && before !== oldPrint(context)) {
      const what = 'Somebody else has put another certificate into the app since this run began'
      return { is: 'failed', problem: problem('CERTIFICATE_CHANGED', what, 'Find out who; then start again.') }
    }
    if (moment(data['askedAt']) === null) await keep({ exposed: exposure, data: { askedAt: clock.wall() } })
    const outcome = await deploySlot(context, 'deployment', text(data['newCertificate']) ?? '')
    if (outcome !== null) return outcome
    const after = await inSlot(context)
    if (after === mine) return done('the new certificate is in the slot')
    if (after === null) return done('deployed; the org does not show what is in the slot, so the login decides')
    await keep({ data: { deployment: null } })
    const what = 'The deployment was reported as done, and the slot holds another certificate all the same'
    const next = 'Somebody else deploys the app, or it comes from a package: only its owner can change it then.'
    return { is: 'failed', problem: problem('DEPLOYMENT_REVERTED', what, next) }
  },

  async undo(context): Promise<StepOutcome> {
    const { data, keep, clock, settings, to } = context
    if (moment(data['askedAt']) === null) return { is: 'done', note: 'nothing was deployed' }
    const known = text(data['oldCertificate'])
    if (known === null && settings.emptySlot !== true) {
      const what = 'The org did not show the old certificate and nobody adopted it: it cannot be put back'
      const next = `The new key is version ${to.n} in the store. Paste the old certificate in Setup, or resume forward.`
      return { is: 'halt', problem: problem('OLD_CERTIFICATE_UNKNOWN', what, next) }
    }
    if (moment(data['restoredAt']) === null) {
      const there = await inSlot(context)
      if (there !== null && there !== text(to.data['fingerprint']) && there !== oldPrint(context))
        return { is: 'done', note: 'the slot holds a certificate of somebody else, which is left alone' }
      const outcome = await deploySlot(context, 'restoration', known ?? '')
      if (outcome?.is === 'failed') {
        const next = `The key of what is in the slot is version ${to.n} in the store. Put a certificate in by hand, then resume.`
        return { is: 'halt', problem: problem('RESTORATION_REFUSED', outcome.problem.text, next) }
      }
      if (outcome !== null) return outcome
      const after = await inSlot(context)
      if (after !== null && after !== oldPrint(context)) {
        await keep({ data: { restoration: null } })
        const next = 'See the certificate of the app in Setup, put the right one in by hand, then resume.'
        return { is: 'halt', problem: problem('RESTORATION_REVERTED', 'The old certificate did not stay', next) }
      }
      await keep({ data: { restoredAt: clock.wall() } })
    }
    return known === null ? { is: 'done', note: 'the slot is empty again' } : provedOld(context)
  },
}

const provedOld = async (context: Context): Promise<StepOutcome> => {
  const { keep, clock, data } = context
  const propagation = propagationOf(context)
  const age = clock.wall() - (moment(data['restoredAt']) ?? context.since)
  const { login, oldKey } = await signIn(context)
  if (oldKey === null)
    return { is: 'done', note: 'the old certificate is back; not proved, for Keyturn does not have its key' }
  const { wanted, steady } = await look(context, login, oldKey, await context.secret(context.to, 'privateKey'))
  switch (wanted.is) {
    case 'works': {
      const agreed = steady ? (moment(data['agreedBack']) ?? 0) + 1 : 0
      await keep({ exposed: null, data: { agreedBack: agreed } })
      return agreed >= looksInARow || age >= propagation
        ? { is: 'done', note: `the old certificate is back, proved by a login as ${login.username}` }
        : { is: 'later', after: pace, why: 'the old key works again; some servers may still take the new one' }
    }
    case 'other':
      return { is: 'done', note: `the old certificate is back; its login is refused for another reason: ${wanted.why}` }
    case 'refused':
    case 'unclear': {
      if (age < propagation * 1.5) return { is: 'later', after: pace, why: `not back yet (${wanted.why})` }
      const what = `The old certificate is back in the slot, and its key is refused all the same: ${wanted.why}`
      const next = 'It may have run out (`keyturn credentials show`). Put a valid one in by hand, then resume.'
      return { is: 'halt', problem: problem('OLD_KEY_REFUSED', what, next) }
    }
    default:
      return wanted satisfies never
  }
}
