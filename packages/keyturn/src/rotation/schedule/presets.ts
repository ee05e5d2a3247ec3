/**
 * Schedules by name, each with who says so and why: what an auditor asks for. Where a source gives a number for something
 * else only, the preset says so instead of borrowing its authority.
 */
const day = 86_400_000

interface Preset {
  /** Interval, ms. */
  readonly every: number
  /** Begins that long before, ms. */
  readonly lead: number
  readonly title: string
  readonly source: string
  readonly address: string | null
  readonly why: string
}

const sbs = 'Security Benchmark for Salesforce (SBS) 0.4.1'
const sbsAddress = 'https://securitybenchmark.dev/'
const help = (page: string): string => `https://help.salesforce.com/s/articleView?id=xcloud.${page}.htm&type=5`

export const presets = {
  'sbs-acs-009': {
    every: 90 * day,
    lead: 7 * day,
    title: 'Credentials of privileged machine users',
    source: `${sbs}, ACS-009`,
    address: sbsAddress,
    why: 'Rotation at least every 90 days is one of the mitigations of which a privileged non-human identity needs two.',
  },
  'sbs-dep-006': {
    every: 90 * day,
    lead: 7 * day,
    title: 'Refresh tokens of the Salesforce CLI’s app',
    source: `${sbs}, DEP-006`,
    address: sbsAddress,
    why: 'Refresh tokens of CLI apps are to end after 90 days at most; authorised anew a week before, nobody is locked out.',
  },
  'salesforce-passwords': {
    every: 90 * day,
    lead: 7 * day,
    title: 'Passwords, and the security tokens that go with them',
    source: 'Salesforce Help, hardening advice on password policies',
    address: help('shr_manage_user_passwords'),
    why: 'Passwords are to expire after 90 days; turned a week before, an integration never meets an expired one.',
  },
  'health-check-passwords': {
    every: 90 * day,
    lead: 7 * day,
    title: 'Passwords, as Health Check grades them',
    source: 'Salesforce Health Check, Standard Baseline: password expiration',
    address: null,
    why: '30, 60 and 90 days are compliant, six months a warning, a year or never critical; this is the longest compliant one.',
  },
  'health-check-certificates': {
    every: 180 * day,
    lead: 14 * day,
    title: 'Certificates that are good for a year or longer',
    source: 'Salesforce Health Check, Standard Baseline: days until certificate expiration',
    address: null,
    why: 'More than 180 days must be left. A certificate of a year, turned two weeks before half of it is over, always has them.',
  },
  'salesforce-app-secrets': {
    every: 90 * day,
    lead: 7 * day,
    title: 'Consumer keys and secrets of external client apps',
    source:
      'Salesforce Help, hardening advice: stage, rotate and delete OAuth credentials; the number is from SBS ACS-009',
    address: help('shr_configure_oauth_policies_stage_rotate_and_delete_oauth_credentials_for_an_external_client_app'),
    why: 'Credentials that never change stay good for a thief. Salesforce names no interval that we know of: 90 days is the benchmark’s.',
  },
  'keyturn-monthly': {
    every: 30 * day,
    lead: 3 * day,
    title: 'Anything that turns by itself and without downtime',
    source: 'Keyturn’s own advice; no standard asks for it',
    address: null,
    why: 'What costs nobody anything may happen often: a leaked value is worth less, and the way is known to work.',
  },
  'keyturn-yearly': {
    every: 365 * day,
    lead: 30 * day,
    title: 'Master keys and what only a person can turn',
    source: 'Keyturn’s own advice; no standard asks for it',
    address: null,
    why: 'A guided run takes somebody’s time and may revoke what others use: planned once a year, with a month to do it.',
  },
} as const satisfies Readonly<Record<string, Preset>>

export type PresetName = keyof typeof presets
export const presetNames = Object.keys(presets) as readonly PresetName[]
