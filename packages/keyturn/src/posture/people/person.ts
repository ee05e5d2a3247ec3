/** What is known of a person’s second factor. */
import type { MfaMethod } from '../facts.ts'
import type { ComesBy } from '../login-way.ts'

export const rights = ['administrator', 'privileged', 'unknown', 'ordinary'] as const
export type Rights = (typeof rights)[number]

/** The worst first. */
export const strengths = ['none', 'temporary-code', 'unknown', 'phishable', 'phishing-resistant'] as const
export type Strength = (typeof strengths)[number]

/** Permissions that let somebody in with less, by what is left out. */
export const lighter = {
  BypassMFAForUiLogins: 'the second factor',
  SkipIdentityConfirmation: 'the check of new devices',
  BreakGlassLoginAllowed: 'the identity provider',
} as const
export type Lighter = keyof typeof lighter

export interface Person {
  readonly username: string
  readonly name: string
  readonly profile: string
  readonly rights: Rights
  /** Nobody can tell whether it is a person. */
  readonly maybeMachine: boolean
  /** Null: not read. */
  readonly methods: readonly MfaMethod[] | null
  readonly strength: Strength
  readonly comes: ComesBy
  /** Whether this org’s configuration asks for a second factor. */
  readonly asked: 'yes' | 'no' | 'bypassed' | 'unknown'
  /** Null: not read. */
  readonly bypasses: readonly Lighter[] | null
  /** Logs in through the API with a password, which needs its security token: never give it “MFA for API Logins”. */
  readonly needsSecurityToken: boolean | null
  readonly hasApiMfa: boolean | null
  readonly lastLogin: number | null
}

export type OrgAsks = 'yes' | 'no' | 'unknown'

export const isPowerful = ({ rights: held }: Person): boolean => held === 'administrator' || held === 'privileged'
