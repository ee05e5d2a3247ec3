/**
 * Who still shows the old pair: logins of the app that fail since consumers have the new one. Salesforce does not say whether a refused
 * pair leaves a row in Login History, and it can only where the user is known; that there is none proves nothing.
 */
import { KeyturnError } from '@keyturn/tokens'
import type { Row } from '../../../org/connection.ts'
import type { OldUse, StepContext } from '../../rotator.ts'
import type { ConnectedAppSettings } from './settings.ts'
import { labelOf } from './what-dies.ts'

const blindTo = 'a refused pair that Login History has no row of'

export const refusedSince = async ({ ports, settings, since }: StepContext<ConnectedAppSettings>): Promise<OldUse> => {
  // What failed before consumers had the new pair, this store's grants among them, says nothing about who has it now.
  const from = new Date(since).toISOString()
  const org = ports.org(settings.org)
  let found: readonly Row[]
  try {
    // Only user and time can be filtered by.
    const fields = 'UserId, LoginTime, Status, Application, SourceIp'
    found = await org.query(`SELECT ${fields} FROM LoginHistory WHERE LoginTime >= ${from}`)
  } catch (error) {
    if (!(error instanceof KeyturnError) || error.code !== 'ORG_REFUSED') throw error
    return { observable: false, why: `the org does not show its Login History: ${error.message}` }
  }
  const failed = found.filter((one) => one['Application'] === labelOf(settings) && /^fail/i.test(String(one['Status'])))
  if (failed.length === 0)
    return { observable: false, why: `no failed login of the app was seen, and ${blindTo} is not excluded` }
  const last = new Map<string, { readonly how: string; readonly lastAt: number }>()
  for (const { UserId, LoginTime, Status, SourceIp } of failed) {
    const name = String(UserId)
    const lastAt = Date.parse(String(LoginTime))
    if (lastAt >= (last.get(name)?.lastAt ?? 0))
      last.set(name, { how: `${String(Status)} from ${String(SourceIp)}`, lastAt })
  }
  return { observable: true, users: [...last].map(([name, seen]) => ({ name, ...seen })), blindTo }
}
