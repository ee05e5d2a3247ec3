/** Who still signs in with the password that was replaced: failed logins of the user in Login History. */
import { failedLogins } from '../../org/failed-logins.ts'
import type { OldUse } from '../rotator.ts'
import { orgOf, userIdOf } from './subject.ts'
import type { Context } from './subject.ts'

/** Of the org’s clock against ours. */
const skew = 5_000

const blindTo =
  'sessions that are still open; who holds the old value and does not try it; whether a refused login brought the old password or another wrong one'

export const oldPasswordUse = async (context: Context): Promise<OldUse> => {
  const since = Number(context.data['firstSentAt'] ?? context.startedAt)
  const found = await failedLogins(orgOf(context), await userIdOf(context), since)
  if (found === null)
    return {
      observable: false,
      why: 'this user may not read Login History (“Manage Users” or “Monitor Login History”)',
    }
  const tries = Array.isArray(context.data['tries'])
    ? (context.data['tries'] as readonly { from: number; to: number }[])
    : []
  const ours = (at: number): boolean => tries.some(({ from, to }) => at >= from - skew && at <= to + skew)
  const users = new Map<string, { readonly name: string; readonly how: string; readonly lastAt: number }>()
  for (const { at, address, application, how } of found) {
    if (ours(at)) continue
    const name = `${application === 'N/A' ? 'a program' : application} at ${address}`
    const known = users.get(name)
    if (known === undefined || known.lastAt < at)
      users.set(name, { name, how: how === '' ? 'failed login' : how, lastAt: at })
  }
  return { observable: true, users: [...users.values()], blindTo }
}
