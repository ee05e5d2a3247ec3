/** The steps behind which there is no way back: the staged pair is rotated in, and proved until every server must know it. */
import type { StepOutcome } from '../../rotator.ts'
import { findPlace, rotateIn, stagedPair } from './consumers.ts'
import { newPair, orgOf, placeOf, switches, tried } from './pair.ts'
import type { Context, Step } from './pair.ts'

const defaultPropagation = 600_000

export const rotate: Step = {
  name: 'rotate',
  does: 'Rotates the staged pair in; the old one goes on for as long as the platform lets it',
  reaches: null,
  needs: switches,
  // No command takes a rotated pair out again.
  undo: 'impossible',
  async run(context) {
    const org = orgOf(context)
    const place = await placeOf(context)
    const id = String(context.data['staged'])
    const { key } = await newPair(context)
    if ((await findPlace(org, place.app, place.consumer)).key !== key) {
      const staged = await stagedPair(org, place, id)
      // Behind a lost answer, before every server shows the new key.
      const rotated = staged?.state === 'Rotated'
      if (staged === null || staged.state === 'Expired') {
        return {
          is: 'halt',
          unchanged: true,
          problem: {
            code: 'STAGED_PAIR_GONE',
            text: 'The staged pair was deleted or expired before it was rotated in',
            next: 'Cancel this run and start a new one; the pair in use was not touched.',
          },
        }
      }
      await context.keep({ exposed: 'from the rotation until the new pair was proved' })
      if (!rotated) await rotateIn(org, place, id)
    }
    await context.keep({ active: true, data: { rotatedAt: context.clock.wall() } })
    return { is: 'done', note: 'the new pair is the primary one' }
  },
}

const propagationOf = ({ settings }: Context): number => settings.propagation ?? defaultPropagation

export const verify: Step = {
  name: 'verify',
  does: 'Signs in with the new pair, until every server must know it',
  reaches: 'verified',
  undo: 'nothing',
  async run(context): Promise<StepOutcome> {
    const propagation = propagationOf(context)
    const age = context.clock.wall() - Number(context.data['rotatedAt'] ?? context.since)
    const seen = await tried(context)
    if (seen.is === 'works') {
      if (context.to.verifiedAt === null || age >= propagation) await context.keep({ verified: true })
      if (age >= propagation) {
        await context.keep({ exposed: null })
        return { is: 'done', note: `works (${seen.by})`, facts: { by: seen.by } }
      }
      const why = 'it works; the platform may need ten minutes until every server knows it'
      return { is: 'later', after: Math.min(60_000, propagation - age), why }
    }
    if (age < propagation * 1.5) return { is: 'later', after: 15_000, why: `not known yet (${seen.why})` }
    const text = `The new pair is refused ${Math.round(age / 60_000)} minutes after the rotation: ${seen.why}`
    const next =
      'Consumers still have the old pair, which the platform lets live for a while. See in Setup which pair is in force; then resume, or abandon this run and start another.'
    return { is: 'halt', problem: { code: 'NEW_PAIR_REFUSED', text, next } }
  },
}
