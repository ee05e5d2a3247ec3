/**
 * What is to be done about people’s second factors, in the order that locks nobody out: register first, then end what is
 * let past, then ask everybody. Never “MFA for API Logins”: it replaces the security token that password logins through
 * the API need, and stops them.
 */
import { impactOf } from '../impact/impact-of.ts'
import type { Evidence } from '../impact/impact.ts'
import type { Snapshot } from '../snapshot.ts'
import { isPowerful } from './person.ts'
import type { OrgAsks, Person } from './person.ts'
import { impactCounts, typed } from './step.ts'
import type { Step } from './step.ts'

const names = (people: readonly Person[]): readonly string[] => people.map(({ username }) => username)
const lacks = ({ strength }: Person): boolean => strength === 'none' || strength === 'temporary-code'

/** Of those that are people for certain: what may be a machine is looked at first. */
export const peopleSteps = (
  seen: readonly Person[],
  orgAsks: OrgAsks,
  snapshot: Snapshot,
  grant: string | null,
): readonly Step[] => {
  const people = seen.filter(({ maybeMachine }) => !maybeMachine)
  const evidence: Evidence = {
    facts: snapshot.facts,
    callers: [],
    self: { username: snapshot.auditor.username, app: null, address: null, flow: null },
    takenAt: snapshot.takenAt,
  }
  const fix = (control: string): string => `keyturn fix ${typed(grant, 'GRANT')} ${control}`
  const weak = people.filter((one) => isPowerful(one) && ['none', 'temporary-code', 'phishable'].includes(one.strength))
  const without = people.filter((one) => lacks(one) && one.comes !== 'sso' && !weak.includes(one))
  const bypassing = people.filter(({ bypasses }) => bypasses?.includes('BypassMFAForUiLogins'))
  const skipping = people.filter(({ bypasses }) => bypasses?.includes('SkipIdentityConfirmation'))
  const unasked = people.filter(({ asked }) => asked === 'no')
  const powerfulUnasked = unasked.filter(isPowerful)
  const conflicting = seen.filter(({ hasApiMfa, needsSecurityToken }) => hasApiMfa && needsSecurityToken)
  const unclear = seen.filter(({ maybeMachine }) => maybeMachine)
  const steps: readonly Step[] = [
    {
      title: 'Administrators and privileged people register a factor that can’t be phished',
      why: 'A code or a push can be asked for by a false page. Salesforce demands it of them since July 2026.',
      users: names(weak),
      command: null,
      impact: null,
      next: 'Each registers a security key or the built-in authenticator of the device, two of them: their own settings, Advanced User Details. Allow both first: Setup › Identity Verification.',
    },
    {
      title: 'Everybody who logs in with a password registers a method',
      why: 'On the day the org asks, these people are stopped until they have a device to register.',
      users: names(without),
      command: null,
      impact: null,
      next: 'Ask them; Setup › Identity Verification History shows who did.',
    },
    {
      title: 'Nobody is let past the second factor',
      why: 'The permission was meant for a test or a machine and makes a password a key again.',
      users: names(bypassing),
      command: fix('user-mfa-bypass'),
      impact: impactCounts(
        impactOf({ is: 'permission-removed', permission: 'BypassMFAForUiLogins', users: names(bypassing) }, evidence),
      ),
      next: 'Machines become API-only users instead, tests register a method.',
    },
    {
      title: 'Nobody skips the check of new devices',
      why: 'Without it a password works from anywhere.',
      users: names(skipping),
      command: fix('user-skip-identity'),
      impact: impactCounts(
        impactOf(
          { is: 'permission-removed', permission: 'SkipIdentityConfirmation', users: names(skipping) },
          evidence,
        ),
      ),
      next: 'Trust the addresses of the office instead, narrowly.',
    },
    {
      title: 'First the powerful are asked, by a permission set',
      why: 'Whoever can change everything goes first; the others follow with the org’s setting.',
      users: names(orgAsks === 'no' ? powerfulUnasked : []),
      command: fix('people-mfa-asked'),
      impact: impactCounts(impactOf({ is: 'mfa', users: names(powerfulUnasked) }, evidence)),
      next: 'The permission is “Multi-Factor Authentication for User Interface Logins”. Not “… for API Logins”.',
    },
    {
      title: 'Then everybody is asked, by the org’s setting',
      why: 'One switch; logins by single sign-on are the identity provider’s to ask.',
      users: names(orgAsks === 'no' ? unasked : []),
      command: fix('mfa-required-for-org'),
      impact: impactCounts(impactOf({ is: 'mfa', users: null }, evidence)),
      next: 'Salesforce asks employees since July 2026 whatever the setting says; with the setting it is yours to prove.',
    },
    {
      title: 'Somebody says which of these are people',
      why: 'Nobody can tell by licence, permissions and logins: they stand in the table and in no step.',
      users: names(unclear),
      command: null,
      impact: null,
      next: 'Deactivate who is gone; make machines API-only users.',
    },
    {
      title: 'MFA for API Logins is in the way of a password login',
      why: 'With it the login wants a code of an authenticator behind the password, and no security token is taken.',
      users: names(conflicting),
      command: null,
      impact: null,
      next: 'Move the client off passwords first: `keyturn audit machines`; then the permission does no harm.',
    },
  ]
  return steps.filter(({ users }) => users.length > 0)
}
