/**
 * A refresh-token grant: authorised anew before its policy ends it, or on demand. A person signs in; that it happened is
 * read off the ledger, so it doesn't matter by which door (the broker's link, `keyturn connect`). The old authorisation
 * is revoked after the new one was proved, and the new one is proved again, because revoking may reach it, too.
 */
import type { LedgerEntry } from '@keyturn/tokens/ledger'
import type { Problem } from '../../credential.ts'
import { defineRotator } from '../../rotator.ts'
import type { RotationStep, StepContext } from '../../rotator.ts'
import { refreshTokenSettings } from './settings.ts'
import type { RefreshTokenSettings } from './settings.ts'

type Step = RotationStep<RefreshTokenSettings>
type Context = StepContext<RefreshTokenSettings>

const lookAgain = 60_000
const page = 1_000

const problem = (code: string, text: string, next: string): Problem => ({ code, text, next })

/** The new authorisation since the run began; null: none yet. */
const enrolled = async (context: Context): Promise<LedgerEntry | null> => {
  const { store, grants } = context.keyturn
  const { id } = await grants.show(context.settings.grant)
  for (let from = context.ledgerFrom + 1; ;) {
    const entries = await store.ledger(from, page)
    const found = entries.findLast(({ kind, grant }) => kind === 'enrolled' && grant === id)
    const last = entries.at(-1)
    if (found !== undefined || last === undefined || entries.length < page) return found ?? null
    from = last.seq + 1
  }
}

const ask: Step = {
  name: 'authorise',
  does: 'Asks a person to sign in again',
  reaches: 'staged',
  undo: 'nothing',
  async run(context) {
    const { grant } = context.settings
    const found = await enrolled(context)
    if (found !== null) {
      await context.keep({ active: true, version: { enrolled: found.seq } })
      return { is: 'done', note: `authorised anew (entry ${found.seq})` }
    }
    const asked = context.data['asked']
    const text = typeof asked === 'string' ? asked : (await context.ports.reauthorise(grant)).text
    if (asked === undefined) await context.keep({ data: { asked: text } })
    return {
      is: 'person',
      task: { what: `Authorise ${grant} again`, clicks: [text], asks: [] },
      recheck: lookAgain,
    }
  },
}

const verify: Step = {
  name: 'verify',
  does: 'Calls the org with the new authorisation',
  reaches: 'verified',
  undo: 'impossible',
  async run(context) {
    // `userinfo` wants a living token; the list of API versions would answer anybody.
    const { status } = await context.keyturn.fetch(context.settings.grant, '/services/oauth2/userinfo')
    if (status >= 400) {
      const text = `The org answers ${status} to the new authorisation`
      return {
        is: 'halt',
        problem: problem('NEW_AUTHORISATION_REFUSED', text, 'See `keyturn grants show`; then resume.'),
      }
    }
    await context.keep({ verified: true })
    return { is: 'done', note: 'works' }
  },
}

const useNew: Step = {
  name: 'activate',
  does: 'Makes it the one that counts: callers are served by it',
  reaches: 'active',
  undo: 'impossible',
  run: async () => ({ is: 'done', note: 'every caller gets its tokens from the new authorisation' }),
}

const retire: Step = {
  name: 'revoke-old',
  does: 'Revokes what is left of the old authorisation and proves the new one again',
  reaches: 'retired',
  undo: 'impossible',
  async run(context) {
    const { before, revoked, kept, after, why } = await context.keyturn.grants.endFormer(context.settings.grant)
    if (before === 'refused' || after === 'refused') {
      const text = `The new authorisation does not work ${after === 'refused' ? 'any more, now that the old one was revoked' : ''}`
      return {
        is: 'halt',
        problem: problem('NEW_AUTHORISATION_LOST', text.trim(), 'Authorise once more; then resume.'),
      }
    }
    if (before === 'unknown' || after === 'unknown')
      return { is: 'later', after: lookAgain, why: 'nobody could tell whether the new authorisation works' }
    const left = kept === 0 ? '' : `; ${kept} left alone: ${why ?? ''}`
    return {
      is: 'done',
      note: revoked === 0 && kept === 0 ? 'nothing was left of the old one' : `${revoked} revoked${left}`,
    }
  },
}

export const refreshToken = defineRotator<RefreshTokenSettings>({
  kind: 'refresh-token',
  title: 'Authorisation of a refresh-token grant',
  settings: refreshTokenSettings,
  fields: [],
  steps: [ask, verify, useNew, retire],
  exposure: null,
  person: 'Sign in as the grant’s user and allow access.',
  orgOf: () => null,
  async preflight({ keyturn, settings, common }) {
    const grant = await keyturn.grants.show(settings.grant)
    const problems: Problem[] = []
    if (grant.flow !== 'refresh_token') {
      const text = `${settings.grant} signs in by ${grant.flow}: there is no authorisation to renew`
      problems.push(problem('CONFIG_INVALID', text, 'Rotate its client instead (external-client-app, certificate).'))
    }
    if (common.destinations !== undefined && common.destinations.length > 0) {
      const text = 'A refresh token is not handed to destinations: two holders of a single-use token lose it'
      problems.push(problem('CONFIG_INVALID', text, 'Let consumers ask Keyturn (library, broker, `keyturn token`).'))
    }
    return problems
  },
  async age({ keyturn, settings }) {
    const { id } = await keyturn.grants.show(settings.grant)
    for (let from = 1, at: number | null = null; ;) {
      const entries = await keyturn.store.ledger(from, page)
      at = entries.findLast(({ kind, grant }) => grant === id && (kind === 'enrolled' || kind === 'added'))?.at ?? at
      const last = entries.at(-1)
      if (last !== undefined && entries.length === page) {
        from = last.seq + 1
        continue
      }
      return at === null
        ? { basis: 'unknown', why: 'the ledger does not say when it was authorised' }
        : { basis: 'known', since: at, why: 'the ledger says when it was authorised or imported' }
    }
  },
})
