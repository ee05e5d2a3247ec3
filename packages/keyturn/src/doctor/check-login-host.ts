/** Can Salesforce be reached from here, and do the two clocks agree? A JWT is good for three minutes only. */
import { resolve } from 'node:path'
import { KeyturnError, systemClock } from '@keyturn/tokens'
import { span } from '../output/moment.ts'
import type { Settings } from '../settings.ts'
import { check } from './check.ts'
import type { Check } from './check.ts'

const patience = 10_000
/** Beyond this a JWT assertion may be refused (Salesforce grants three minutes). */
const tolerable = 60_000

export const checkLoginHost = async (loginUrl: string, settings: Settings): Promise<readonly Check[]> => {
  const { prepareNetwork, request } = await import('@keyturn/tokens/maintenance')
  const host = new URL(loginUrl).host
  const { caFile } = settings.config
  try {
    const network = await prepareNetwork({
      clock: systemClock,
      env: settings.env,
      connectTimeout: patience,
      ...(caFile === undefined ? {} : { caFile: resolve(settings.folder, caFile) }),
    })
    try {
      const before = systemClock.wall()
      const answer = await request(
        new URL('/.well-known/openid-configuration', loginUrl),
        { timeout: patience },
        network,
      )
      const after = systemClock.wall()
      const reached = check(
        `login-host.${host}`,
        answer.status < 500 ? 'ok' : 'warning',
        `answers (HTTP ${answer.status}, ${span(after - before)})`,
        answer.status < 500 ? null : 'See status.salesforce.com; wait.',
      )
      return [reached, clockCheck(host, answer.headers['date'], (before + after) / 2)]
    } finally {
      network.close()
    }
  } catch (error) {
    if (!(error instanceof KeyturnError)) throw error
    return [check(`login-host.${host}`, 'bad', error.message, error.fix)]
  }
}

const clockCheck = (host: string, date: string | undefined, now: number): Check => {
  const theirs = date === undefined ? Number.NaN : Date.parse(date)
  if (Number.isNaN(theirs)) return check(`clock.${host}`, 'unknown', 'the answer has no date')
  const skew = now - theirs
  if (Math.abs(skew) <= tolerable) return check(`clock.${host}`, 'ok', 'this clock and theirs agree')
  return check(
    `clock.${host}`,
    'bad',
    `this clock is ${span(skew)} ${skew > 0 ? 'ahead' : 'behind'}`,
    'Set the clock (NTP): JWT assertions of a wrong time are refused as "expired authorization code".',
  )
}
