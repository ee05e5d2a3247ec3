/** Second factors that users have registered, by id of user. The object hands out 2,500 rows and then stops. */
import { known, unknown } from '../../fact.ts'
import type { Fact } from '../../fact.ts'
import type { MfaMethod } from '../../facts.ts'
import { attemptAll } from '../attempt.ts'
import { seesMethods } from '../needs.ts'
import { readCapped } from '../capped-rows.ts'
import { flag, text } from '../cells.ts'
import type { Collecting } from '../../collector.ts'

const columns: Readonly<Record<string, MfaMethod>> = {
  HasSecurityKey: 'security-key',
  HasU2F: 'security-key',
  HasBuiltInAuthenticator: 'built-in-authenticator',
  HasSalesforceAuthenticator: 'salesforce-authenticator',
  HasTotp: 'totp',
  HasTempCode: 'temporary-code',
}

/** A part would make the others look as if they had none, so there is all or nothing. */
export const readMethods = async ({
  ask,
  own,
  sources,
}: Pick<Collecting, 'ask' | 'own' | 'sources'>): Promise<Fact<ReadonlyMap<string, readonly MfaMethod[]>>> => {
  const methods = new Map<string, Set<MfaMethod>>()
  const read = await attemptAll(seesMethods, own, async () => {
    const there = await ask.fields('TwoFactorMethodsInfo')
    const asked = Object.entries(columns).filter(([column]) => there.has(column))
    return readCapped(ask, {
      object: 'TwoFactorMethodsInfo',
      fields: ['UserId', ...asked.map(([column]) => column)],
      users: async () => {
        const users = await sources.users()
        return users.is === 'known' ? [...users.value.keys()] : null
      },
      take: (rows) => {
        for (const one of rows) {
          const user = text(one, 'UserId')
          const mine = methods.get(user) ?? new Set()
          for (const [column, method] of asked) if (flag(one, column)) mine.add(method)
          methods.set(user, mine)
        }
      },
    })
  })
  if (read.is === 'unknown') return read
  if (!read.value.complete) return unknown('cap', `registered MFA methods: ${read.value.why}`)
  return known(new Map([...methods].map(([user, all]) => [user, [...all]])))
}
