/** People who may use the API. */
import { holdersControl } from '../holders-control.ts'

export const permission = 'ApiEnabled'

export const control = holdersControl({
  id: 'people-api-access',
  title: 'People who may use the API have a reason to',
  severity: 'medium',
  why: 'Most people never need the API; for whoever steals their session it is the fastest way to copy everything.',
  remedy: 'Take API Enabled from profiles of people, and give it by a permission set to those who use a tool.',
  effort: 'days',
  catalogues: { sbs: ['SBS-ACS-002'] },
  profiles: {
    strict: { documented: [] },
    sbs: { documented: [], because: 'reasons are named here or as waivers; the org itself records none' },
  },
  permission,
  wrong: 'may use the API, without a reason on record',
  except: ({ nature, userType }) => nature.is === 'machine' || userType !== 'Standard',
})
