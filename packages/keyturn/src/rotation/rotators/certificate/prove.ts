/** The step that proves the new key by real logins, and watches the old one end: since when, until when, measured. */
import type { Json } from '@keyturn/tokens'
import { certificateFacts } from '../../../org/certificate-pem.ts'
import type { RotationStep, StepContext } from '../../rotator.ts'
import { look, looksInARow } from './look.ts'
import type { CertificateSettings } from './settings.ts'
import { formerKey, loginOf } from './sign-in.ts'

type Context = StepContext<CertificateSettings>

export const exposure = 'from the deployment until a login with the new key worked'

const defaultPropagation = 600_000
const pace = 15_000

export const propagationOf = ({ settings }: Context): number => settings.propagation ?? defaultPropagation

export const text = (value: Json | undefined): string | null =>
  typeof value === 'string' && value !== '' ? value : null
export const moment = (value: Json | undefined): number | null => (typeof value === 'number' ? value : null)

/** The key that was in use, and the login that tries it. */
export const signIn = async (context: Context) => {
  const consumerKey = text(context.data['consumerKey']) ?? ''
  const old = certificateFacts(text(context.data['oldCertificate']) ?? '')
  return { login: await loginOf(context, consumerKey), oldKey: await formerKey(context, consumerKey, old) }
}

const seconds = (ms: number): number => Math.round(ms / 1000)

export const prove: RotationStep<CertificateSettings> = {
  name: 'verify',
  does: 'Signs in with the new key, and with the old one, until the platform agrees with itself',
  reaches: 'verified',
  undo: 'nothing',
  async run(context) {
    const { clock, keep, data, settings } = context
    const propagation = propagationOf(context)
    const deployedAt = moment(data['deployedAt']) ?? context.since
    const newKey = await context.secret(context.to, 'privateKey')
    if (newKey === null) {
      const lost = { code: 'KEY_LOST', text: 'The new key is not in the store', next: 'Cancel this run.' }
      return { is: 'failed', problem: lost }
    }
    const { login, oldKey } = await signIn(context)
    const { wanted, otherWorks, steady } = await look(context, login, newKey, oldKey)
    const now = clock.wall()
    const age = now - deployedAt
    const worked = moment(data['newFrom']) ?? (wanted.is === 'works' ? now : null)
    // Servers that disagree can let the old one in again: it stopped when nothing was heard of it since.
    const stopped = otherWorks === false ? (moment(data['oldStopped']) ?? now) : null
    const agreed = steady ? (moment(data['agreed']) ?? 0) + 1 : 0
    const unsure = wanted.is === 'refused' ? exposure : wanted.is === 'works' ? null : undefined
    await keep({
      data: { newFrom: worked, oldStopped: stopped, agreed },
      ...(unsure === undefined ? {} : { exposed: unsure }),
      ...(wanted.is === 'works' ? { verified: true as const } : {}),
    })
    switch (wanted.is) {
      case 'works': {
        if (agreed < looksInARow && age < propagation)
          return { is: 'later', after: pace, why: 'the new key works; some servers may still take the old one' }
        const ended = stopped === null ? null : seconds(stopped - deployedAt)
        const old =
          oldKey === null
            ? 'the old key is not known here, so when it stopped was not seen'
            : ended === null
              ? 'the old key still works'
              : `the old key was first refused after ${ended} s`
        const began = seconds((worked ?? now) - deployedAt)
        return {
          is: 'done',
          note: `works as ${login.username}, first after ${began} s; ${old}`,
          facts: { newWorkedAfterSeconds: began, oldRefusedAfterSeconds: ended, oldKeyTried: oldKey !== null },
        }
      }
      case 'other': {
        const next = `Let ${login.username} use the app (Setup → the app → Policies), or name another \`username\`.`
        const problem = { code: 'LOGIN_REFUSED', text: `The login that proves the key is refused: ${wanted.why}`, next }
        return { is: 'failed', problem }
      }
      case 'refused':
      case 'unclear': {
        if (age < propagation * 1.5) return { is: 'later', after: pace, why: `not known yet (${wanted.why})` }
        const after = `${Math.round(age / 60_000)} minutes after the deployment`
        const next = `See the certificate of ${settings.app} in Setup before trying again.`
        return {
          is: 'failed',
          problem: { code: 'NEW_KEY_REFUSED', text: `No login with the new key ${after}: ${wanted.why}`, next },
        }
      }
      default:
        return wanted satisfies never
    }
  },
}
