/**
 * A platform of the test's own, as simple as one can be: slots by name, a list of effects. What the machine promises
 * (journal, resume, roll back, lease) is judged by what happened to it.
 */
import * as z from 'zod'
import { Secret } from '@keyturn/tokens'
import { defineRotator } from '../../src/rotation/rotator.ts'
import type { OldUse, Rotator, RotationStep, StepContext, StepOutcome } from '../../src/rotation/rotator.ts'
import { distribute } from '../../src/rotation/steps/distribute.ts'
import { drain } from '../../src/rotation/steps/drain.ts'

export interface Platform {
  staged: string | null
  current: string
  old: string | null
  readonly effects: string[]
  /** Verdict of the login with the new value. */
  verdict: 'fine' | 'refused'
  /** Runs before an effect, by its name. */
  before: (effect: string) => void
  /** Runs after an effect: a lost answer throws here. */
  after: (effect: string) => void
}

export const newPlatform = (): Platform => ({
  staged: null,
  current: 'first',
  old: null,
  effects: [],
  verdict: 'fine',
  before: () => undefined,
  after: () => undefined,
})

export const toyRotator = (
  platform: Platform,
  oneWay = false,
  seen: () => OldUse = () => ({ observable: false, why: 'a toy' }),
): Rotator => {
  const act = (effect: string, change: () => void): void => {
    platform.before(effect)
    platform.effects.push(effect)
    change()
    platform.after(effect)
  }
  const done = (note: string): StepOutcome => ({ is: 'done', note })
  const stage: RotationStep<object> = {
    name: 'stage',
    does: 'Stages a value',
    reaches: 'staged',
    async run(context) {
      const kept = await context.secret(context.to, 'value')
      const value = kept ?? new Secret(`value-${context.to.n}`)
      if (kept === null) await context.keep({ secrets: { value } })
      if (platform.staged !== value.reveal()) act('stage', () => (platform.staged = value.reveal()))
      return done('staged')
    },
    async undo() {
      if (platform.staged !== null) act('unstage', () => (platform.staged = null))
      return done('no longer staged')
    },
  }
  const activate: RotationStep<object> = {
    name: 'activate',
    does: 'Cuts over',
    reaches: null,
    async run(context) {
      const value = await context.secret(context.to, 'value')
      if (value === null) throw new Error('nothing is staged')
      if (platform.current !== value.reveal()) {
        await context.keep({ exposed: 'from the cut-over to the login' })
        act('activate', () => {
          platform.old = platform.current
          platform.current = value.reveal()
          platform.staged = null
        })
      }
      await context.keep({ active: true })
      return done('active')
    },
    undo: oneWay
      ? 'impossible'
      : async () => {
          if (platform.old !== null)
            act('restore', () => {
              platform.current = platform.old ?? platform.current
              platform.old = null
            })
          return done('restored')
        },
  }
  const verify: RotationStep<object> = {
    name: 'verify',
    does: 'Logs in',
    reaches: 'verified',
    async run(context: StepContext<object>) {
      act('login', () => undefined)
      if (platform.verdict === 'refused')
        return { is: 'failed', problem: { code: 'LOGIN_REFUSED', text: 'the login was refused', next: 'Look.' } }
      await context.keep({ verified: true, exposed: null })
      return done('works')
    },
    undo: 'nothing',
  }
  const retire: RotationStep<object> = {
    name: 'retire',
    does: 'Removes the old value',
    reaches: 'retired',
    async run() {
      if (platform.old !== null) act('retire', () => (platform.old = null))
      return done('gone')
    },
    undo: 'impossible',
  }
  const activeNow: RotationStep<object> = {
    name: 'settle',
    does: 'Makes it the current one',
    reaches: 'active',
    run: async () => done('the current one'),
    undo: 'nothing',
  }
  const oldUse = async (): Promise<OldUse> => seen()
  return defineRotator({
    kind: 'toy',
    title: 'Toy',
    settings: z.object({}),
    fields: ['value'],
    steps: [stage, activate, verify, distribute(), activeNow, drain(oldUse), retire],
    exposure: 'from the cut-over to the login',
    person: null,
    orgOf: () => null,
    preflight: async () => [],
  })
}
