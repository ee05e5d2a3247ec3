/** Machines that must have broad permissions: then at least two things must limit what a theft costs. */
import type { AppFact, UserFact } from '../../facts.ts'
import { isBroad, sizeOf } from '../addresses.ts'
import type { Asked } from '../asked.ts'
import { profilesById, tokensByUser } from '../indexes.ts'
import { apart, given, right, unsure, wrong } from '../looks.ts'
import { numberIn } from '../parameters.ts'
import { broadForMachines } from '../permissions.ts'
import { userControl } from '../user-control.ts'

/** Null: nobody can tell. */
type Mitigated = boolean | null

const byAddress = ({ profileId }: UserFact, { facts: { profiles } }: Asked): Mitigated => {
  const ranges = profiles.is === 'known' ? profilesById(profiles.value).get(profileId)?.loginRanges : undefined
  if (ranges?.is !== 'known') return null
  return ranges.value.length > 0 && ranges.value.every((range) => sizeOf(range) !== null && !isBroad(range))
}

const appsOf = ({ username }: UserFact, { facts: { tokens } }: Asked): ReadonlySet<string> | null =>
  tokens.is === 'known' && tokens.value.complete
    ? new Set((tokensByUser(tokens.value.tokens).get(username) ?? []).map(({ app, appId }) => appId ?? app))
    : null

const byOneIdentity = (user: UserFact, asked: Asked): Mitigated => {
  if (user.permissions.is !== 'known') return null
  if (!user.permissions.value.includes('ApiUserOnly')) return false
  const apps = appsOf(user, asked)
  return apps === null ? null : apps.size <= 1
}

const limited = ({ scopes, refreshTokenPolicy }: AppFact, days: number): Mitigated => {
  if (scopes.is !== 'known' || refreshTokenPolicy.is !== 'known') return null
  const { idleDays, lifetimeDays } = refreshTokenPolicy.value
  return !scopes.value.includes('Full') && Math.min(idleDays ?? Infinity, lifetimeDays ?? Infinity) <= days
}

/** Narrow scopes and refresh tokens that end, in every app that holds a token of it. */
const byScopes = (user: UserFact, asked: Asked): Mitigated => {
  const used = appsOf(user, asked)
  const { apps } = asked.facts
  if (used === null || apps.is !== 'known') return null
  if (used.size === 0) return null
  const days = numberIn(asked.parameters, 'days', 90)
  const found = [...used].map((id) => apps.value.find((app) => app.id === id || app.name === id))
  const answers = found.map((app) => (app === undefined ? null : limited(app, days)))
  if (answers.includes(false)) return false
  return answers.includes(null) ? null : true
}

export const control = userControl({
  id: 'machine-mitigations',
  title: 'Where an integration must be powerful, two things limit a theft',
  severity: 'medium',
  why: 'Some integrations cannot do with less. Then a stolen token must at least be of no use elsewhere, short-lived, narrow, or plainly the integration’s.',
  remedy:
    'Give it two of: login IP ranges, narrow scopes with refresh tokens that end within 90 days, a user that no other app and no person shares. Rotation and monitoring count too and are judged by other controls.',
  effort: 'days',
  catalogues: { sbs: ['SBS-ACS-009'] },
  profiles: {
    baseline: { least: 1, days: 90, because: 'one is what most orgs can have within a quarter' },
    strict: { least: 2, days: 90 },
    sbs: { least: 2, days: 90 },
  },
  who: 'machines',
  families: ['profiles', 'tokens', 'apps'],
  wrong: 'powerful, and too little limits a theft',
  look: (user, asked) =>
    given(user.permissions, (held) => {
      if (!user.systemAdministrator && !held.some((permission) => broadForMachines.includes(permission))) return apart
      const answers = {
        addresses: byAddress(user, asked),
        identity: byOneIdentity(user, asked),
        scopes: byScopes(user, asked),
      }
      const all = Object.values(answers)
      const have = all.filter((one) => one === true).length
      const least = numberIn(asked.parameters, 'least', 2)
      if (have >= least) return right
      const open = all.filter((one) => one === null).length
      return have + open >= least
        ? unsure(`${have} of ${least} limits are known to hold, and ${open} could not be read.`, answers)
        : wrong(`${have} of ${least} limits hold.`, answers)
    }),
})
