/**
 * Secret, password and stable refresh token of one of the broker's callers. Here everything is observable: both values
 * work during the overlap, and whoever still shows the old one is counted. There is no way back behind the change, and
 * none is needed: the old value goes on until the overlap ends.
 */
import { Secret } from '@keyturn/tokens'
import { drainOf } from '../../common-settings.ts'
import { defineRotator } from '../../rotator.ts'
import type { OldUse, RotationStep, StepContext } from '../../rotator.ts'
import { distribute } from '../../steps/distribute.ts'
import { drain } from '../../steps/drain.ts'
import { callerSecretSettings } from './settings.ts'
import type { CallerSecretSettings } from './settings.ts'

type Step = RotationStep<CallerSecretSettings>
type Context = StepContext<CallerSecretSettings>

const letters = 'abcdefghijkmnpqrstuvwxyz23456789'

const stage: Step = {
  name: 'stage',
  does: 'Makes a new secret and stores it',
  reaches: 'staged',
  undo: 'nothing',
  async run(context) {
    if ((await context.secret(context.to, 'secret')) !== null) return { is: 'done', note: 'stored already' }
    const { id, hasPassword } = await context.ports.callers.show(context.settings.caller)
    const secret = new Secret(`kts_${Buffer.from(context.random(32)).toString('base64url')}`)
    const password = new Secret([...context.random(32)].map((byte) => letters[byte % letters.length]).join(''))
    await context.keep({
      version: { caller: id },
      secrets: { clientId: new Secret(id), secret, ...(hasPassword ? { password } : {}) },
    })
    return { is: 'done', note: hasPassword ? 'a secret and a password' : 'a secret' }
  },
}

const activate: Step = {
  name: 'change',
  does: 'Lets the broker take the new secret beside the old one',
  reaches: null,
  undo: 'impossible',
  async run(context) {
    const secret = await context.secret(context.to, 'secret')
    const password = await context.secret(context.to, 'password')
    if (secret === null) {
      const text = 'The new secret is not in the store'
      return { is: 'halt', problem: { code: 'DEFECT', text, next: 'Cancel this run and start another.' } }
    }
    const { atMost } = drainOf(context.common)
    const { refreshToken } = await context.ports.callers.rotate(context.settings.caller, { secret, password }, atMost)
    await context.keep({ active: true, ...(refreshToken === null ? {} : { secrets: { refreshToken } }) })
    return { is: 'done', note: 'both are taken until the old one ends' }
  },
}

const verify: Step = {
  name: 'verify',
  does: 'Looks that the broker knows the new secret',
  reaches: 'verified',
  undo: 'nothing',
  async run(context) {
    const secret = await context.secret(context.to, 'secret')
    const { since } = await context.ports.callers.show(context.settings.caller)
    if (secret === null || since < context.startedAt) {
      const text = 'The caller was not changed'
      return {
        is: 'halt',
        problem: { code: 'CALLER_UNCHANGED', text, next: 'See `keyturn caller show`; then resume.' },
      }
    }
    return { is: 'done', note: 'the broker’s record has it; a login is made by the caller only' }
  },
}

const useNew: Step = {
  name: 'activate',
  does: 'Makes the new secret the one that counts',
  reaches: 'active',
  undo: 'nothing',
  run: async () => ({ is: 'done', note: 'consumers have it' }),
}

const oldUse = async (context: Context): Promise<OldUse> => {
  const { caller } = context.settings
  const { id } = await context.ports.callers.show(caller)
  const at = await context.ports.callers.formerUsedAt(id, context.since)
  const users = at === null ? [] : [{ name: caller, how: 'showed the old secret', lastAt: at }]
  return { observable: true, users, blindTo: 'virtual sessions that were begun with it live to their end' }
}

const retire: Step = {
  name: 'retire',
  does: 'Ends the old secret',
  reaches: 'retired',
  undo: 'impossible',
  async run(context) {
    const secret = await context.secret(context.to, 'secret')
    if (secret !== null) await context.ports.callers.endFormer(context.settings.caller, secret)
    return { is: 'done', note: 'the broker takes the old one no more' }
  },
}

export const callerSecret = defineRotator<CallerSecretSettings>({
  kind: 'caller-secret',
  title: 'Secret of a caller of the broker',
  settings: callerSecretSettings,
  fields: ['clientId', 'secret', 'password', 'refreshToken'],
  steps: [stage, activate, verify, distribute(), useNew, drain(oldUse), retire],
  exposure: null,
  person: null,
  orgOf: () => null,
  async preflight({ ports, settings }) {
    await ports.callers.show(settings.caller)
    return []
  },
  async age({ ports, settings }) {
    const { since } = await ports.callers.show(settings.caller)
    return { basis: 'known', since, why: 'the broker’s record says when it was made' }
  },
})
