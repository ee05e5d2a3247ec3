/**
 * Login hours of a profile. Only the last login of each kind was kept with its time, so that of the others nobody can
 * say when they came; and whose refresh tokens are used outside the hours can’t be told either.
 */
import type { Judge, Verdict } from '../judge.ts'
import { asItsUser, certain, possible, unseen } from '../judge.ts'
import type { Use } from '../use.ts'

type Hours = Readonly<Record<string, readonly [from: number, to: number] | null>>

interface Clock {
  readonly format: Intl.DateTimeFormat
  /** False: the org’s own time zone is not known, and this is UTC. */
  readonly known: boolean
}

const clockIn = (timeZone: string): Intl.DateTimeFormat =>
  new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'long',
    hour: 'numeric',
    minute: 'numeric',
    hourCycle: 'h23',
  })

/** A name that this computer knows no time zone by is as good as none. */
const clockOf = (timeZone: string | undefined): Clock => {
  try {
    if (timeZone !== undefined) return { format: clockIn(timeZone), known: true }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
  }
  return { format: clockIn('UTC'), known: false }
}

const isInside = (at: number, hours: Hours, { format }: Clock): boolean => {
  const parts = format.formatToParts(at)
  const part = (type: string): string => parts.find((one) => one.type === type)?.value ?? ''
  const span = hours[part('weekday').toLowerCase()]
  const minute = Number(part('hour')) * 60 + Number(part('minute'))
  return span !== null && span !== undefined && minute >= span[0] && minute < span[1]
}

const judgeUse = (use: Use, hours: Hours, clock: Clock): Verdict => {
  if (use.from === 'caller') return asItsUser
  if (use.from === 'token')
    return use.last === null ? null : unseen('a refresh token does not show at which hours it is used')
  if (use.last === null) return unseen('when they log in was not seen')
  const inside = isInside(use.last, hours, clock)
  if (!inside && use.flow === 'refresh') return possible('It last refreshed its token outside the hours.')
  if (!inside)
    return clock.known
      ? certain('It last logged in outside the hours.')
      : possible('It last logged in outside the hours, if the org’s time is UTC: its time zone is not known.')
  return use.uses > 1
    ? possible('It last logged in within the hours; of its other logins the time is not known.')
    : null
}

export const loginHours: Judge<'login-hours'> = {
  needs: ['users', 'tokens', 'logins'],
  prepare: ({ profile, hours }, seen) => {
    const named = Object.fromEntries(Object.entries(hours).map(([day, span]) => [day.toLowerCase(), span]))
    // Login hours are in the time zone of the org.
    const clock = clockOf(seen.evidence.timeZone)
    return (use) => {
      const user = seen.userOf(use.user)
      if (user === undefined) return unseen('whose profile they have was not read')
      return [user.profile, user.profileId].includes(profile) ? judgeUse(use, named, clock) : null
    }
  },
}
