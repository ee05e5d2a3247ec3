/** The pure judgement: a table of stories. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DeathFacts } from '../../src/forensics/death-facts.ts'
import { judgeDeath } from '../../src/forensics/judge-death.ts'
import { added, at, bought, entries, facts, login, org, refused, setup, user, withDoubt } from './facts.ts'

const table: readonly (readonly [string, Partial<DeathFacts>, string, string, string])[] = [
  ['nothing but the refusal', {}, 'somebody-else', 'nobody-here-spent-it', 'likely'],
  [
    'an access token that ended within minutes',
    { story: entries(added, bought, [1.1, 'rejected', { generation: 1, age: 360_000 }], refused) },
    'somebody-else',
    'nobody-here-spent-it',
    'possible',
  ],
  ['a ledger that is not whole', { whole: false }, 'somebody-else', 'nobody-here-spent-it', 'possible'],
  ['no answer', { story: withDoubt('no-answer') }, 'own-attempt', 'lost-answer', 'likely'],
  ['a server error', { story: withDoubt('server-error') }, 'own-attempt', 'lost-answer', 'likely'],
  ['a process that died', { story: withDoubt('holder-died') }, 'own-attempt', 'crash', 'likely'],
  ['a process that vanished', { story: withDoubt('deadline-passed') }, 'own-attempt', 'second-writer', 'likely'],
  [
    'an answer that belongs nowhere',
    {
      story: entries(
        added,
        bought,
        [6, 'claimed', { attempt: 'a6', lineage: 'L1' }],
        [7, 'orphan-kept', { attempt: 'a6' }],
        refused,
      ),
    },
    'own-attempt',
    'second-writer',
    'likely',
  ],
  [
    'what an earlier authorisation left, kept and not yet revoked',
    { story: entries(added, bought, [1, 'orphan-kept', { attempt: 'former:e1' }], refused) },
    'somebody-else',
    'nobody-here-spent-it',
    'likely',
  ],
  [
    'what an earlier authorisation left, revoked by us',
    { story: entries(added, bought, [2, 'orphan-revoked', { attempt: 'former:e1' }], refused) },
    'own-attempt',
    'own-revocation',
    'likely',
  ],
  [
    'a store that was put back',
    { story: entries(added, bought, [6, 'restored', { lineage: 'L1' }], refused) },
    'own-attempt',
    'restored-copy',
    'likely',
  ],
  [
    'two grants of one family',
    {
      why: {
        code: 'expired-or-revoked',
        text: 'its successor is the refresh token that the grant other holds: use that one',
        at: at(9),
      },
    },
    'own-attempt',
    'held-twice',
    'certain',
  ],
  [
    'a token that was exported',
    { story: entries(added, bought, [5, 'exported', { to: 'a job', move: false }], refused) },
    'own-attempt',
    'exported-copy',
    'likely',
  ],
  ['the sf CLI beside us', { companion: 'sf:me@acme.example' }, 'own-attempt', 'shared-with-sf', 'possible'],
  [
    'an exchange from our own address, and the sf CLI beside us',
    { companion: 'sf:me@acme.example', org: org({ logins: [login(1), login(5)] }) },
    'own-attempt',
    'shared-with-sf',
    'likely',
  ],
  [
    'an exchange from elsewhere, and the sf CLI beside us',
    { companion: 'sf:me@acme.example', org: org({ logins: [login(1), login(5, { sourceIp: '203.0.113.9' })] }) },
    'somebody-else',
    'foreign-exchange',
    'certain',
  ],
  [
    'the sf CLI’s file that could not be written',
    { companion: 'sf:me', story: entries(added, bought, [1, 'companion-write-failed', { code: 'EACCES' }], refused) },
    'own-attempt',
    'shared-with-sf',
    'likely',
  ],
  [
    'a legacy client that showed its old token',
    { oldTokens: entries([5, 'old-token-used', { caller: 'c1', name: 'etl', why: 'from another place' }]) },
    'own-attempt',
    'legacy-client',
    'likely',
  ],
  [
    'an open take-over window',
    { takeOvers: [{ caller: 'etl', until: at(48) }] },
    'own-attempt',
    'legacy-client',
    'possible',
  ],
  [
    'a sibling’s replay',
    { family: [{ seq: 7, at: at(5), kind: 'replay-claimed', by: 'host-a/1', data: {}, grant: 'twin' }] },
    'own-attempt',
    'sibling-replay',
    'likely',
  ],
  [
    'a sibling that was ended here, and an access token that ended with it',
    {
      story: entries(added, bought, [1.1, 'rejected', { generation: 1, age: 360_000 }], refused),
      family: [{ seq: 7, at: at(1.05), kind: 'removed', by: 'host-a/1', data: {}, grant: 'twin' }],
    },
    'own-attempt',
    'own-revocation',
    'possible',
  ],
  [
    'five more approvals',
    {
      family: [1, 2, 3, 4, 5].map((n) => ({
        seq: 10 + n,
        at: at(2),
        kind: 'added',
        by: 'host-a/1',
        data: {},
        grant: `twin${n}`,
      })),
    },
    'known-cause',
    'approval-limit',
    'likely',
  ],
  [
    'thirty-one idle days',
    {
      story: entries(added, bought, [1 + 31 * 24, 'refused', { lineage: 'L1', text: 'expired access/refresh token' }]),
    },
    'known-cause',
    'idle-limit',
    'likely',
  ],
  [
    'an inactive user',
    { status: 'blocked', why: { code: 'invalid_grant', text: 'inactive user', at: at(9) } },
    'known-cause',
    'user-inactive',
    'certain',
  ],
  [
    'an address outside of the allowlist',
    { status: 'blocked', why: { code: 'invalid_grant', text: 'ip restricted', at: at(9) } },
    'known-cause',
    'address-not-allowed',
    'certain',
  ],
  [
    'an app that is not installed',
    { status: 'blocked', why: { code: 'invalid_client', text: 'app must be installed into org', at: at(9) } },
    'known-cause',
    'app-not-installed',
    'certain',
  ],
  [
    'a refusal nobody knows',
    { status: 'blocked', why: { code: 'invalid_grant', text: 'activation secret invalid', at: at(9) } },
    'undetermined',
    'invalid_grant',
    'possible',
  ],
  ['a living grant', { status: 'live', why: null }, 'undetermined', 'alive', 'certain'],
  ['a grant in doubt', { status: 'in-doubt' }, 'undetermined', 'in-doubt', 'certain'],
  ['no ledger at all', { story: [], lineage: 'L9' }, 'undetermined', 'not-seen', 'possible'],
  [
    'an exchange from elsewhere',
    { org: org({ logins: [login(1), login(5, { sourceIp: '203.0.113.9' })] }) },
    'somebody-else',
    'foreign-exchange',
    'certain',
  ],
  [
    'an exchange from elsewhere where our own left no row',
    { org: org({ logins: [login(5, { sourceIp: '203.0.113.9' })] }) },
    'somebody-else',
    'foreign-exchange',
    'possible',
  ],
  [
    'an exchange from elsewhere of some app, and a doubt of our own',
    { story: withDoubt('no-answer'), org: org({ logins: [login(5, { sourceIp: '203.0.113.9' })] }) },
    'own-attempt',
    'lost-answer',
    'likely',
  ],
  [
    'a refused token of some app where our own left no row',
    { org: org({ logins: [login(5, { status: 'Failed: Invalid Token', sourceIp: '203.0.113.9' })] }) },
    'somebody-else',
    'nobody-here-spent-it',
    'likely',
  ],
  [
    'an exchange from elsewhere, and nobody could see whether another program has a token of its own',
    { org: org({ logins: [login(1), login(5, { sourceIp: '203.0.113.9' })], approvals: null }) },
    'somebody-else',
    'foreign-exchange',
    'likely',
  ],
  [
    'an exchange from elsewhere, and another program with a token of its own',
    {
      org: org({
        logins: [login(1), login(5, { sourceIp: '203.0.113.9' })],
        approvals: [{ app: 'Web', createdAt: at(3) }],
      }),
    },
    'somebody-else',
    'foreign-exchange',
    'possible',
  ],
  [
    'an exchange from elsewhere, whose successor stands',
    {
      org: org({
        logins: [login(1), login(5, { sourceIp: '203.0.113.9' })],
        approvals: [{ app: 'Web', createdAt: at(5) }],
      }),
    },
    'somebody-else',
    'foreign-exchange',
    'certain',
  ],
  [
    'an exchange from elsewhere, and a token of the user for another app',
    {
      org: org({
        logins: [login(1), login(5, { sourceIp: '203.0.113.9' })],
        approvals: [{ app: 'Other', createdAt: at(3) }],
      }),
    },
    'somebody-else',
    'foreign-exchange',
    'certain',
  ],
  [
    'a Login History that does not reach back to when the token was good',
    { org: org({ loginsSince: at(3) }) },
    'somebody-else',
    'nobody-here-spent-it',
    'likely',
  ],
  [
    'an exchange of the same user with another app',
    { org: org({ logins: [login(1), login(5, { application: 'Dataloader', sourceIp: '203.0.113.9' })] }) },
    'known-cause',
    'ended-at-salesforce',
    'likely',
  ],
  [
    'an exchange of a sibling here',
    {
      org: org({ logins: [login(1), login(5)] }),
      family: [{ seq: 8, at: at(5), kind: 'exchanged', by: 'host-a/1', data: {}, grant: 'twin' }],
    },
    'known-cause',
    'ended-at-salesforce',
    'likely',
  ],
  [
    'an exchange from elsewhere before this token was bought',
    { org: org({ logins: [login(0.5, { sourceIp: '203.0.113.9' }), login(1)] }) },
    'known-cause',
    'ended-at-salesforce',
    'likely',
  ],
  [
    'a lost answer that Login History shows',
    { story: withDoubt('no-answer'), org: org({ logins: [login(1), login(7)] }) },
    'own-attempt',
    'lost-answer',
    'certain',
  ],
  [
    'a lost request that Login History does not show, and nothing else',
    { story: withDoubt('no-answer'), org: org({ logins: [login(1)] }) },
    'own-attempt',
    'lost-answer',
    'possible',
  ],
  [
    'a user who was deactivated and is still',
    {
      org: org({
        audit: [setup('deactivateduser', 'Deactivated user Integration User')],
        user: { ...user, active: false },
      }),
    },
    'known-cause',
    'user-deactivated',
    'certain',
  ],
  [
    'another user who was deactivated',
    { org: org({ audit: [setup('deactivateduser', 'Deactivated user Somebody Else')] }) },
    'known-cause',
    'ended-at-salesforce',
    'likely',
  ],
  [
    'this app, uninstalled',
    { org: org({ audit: [setup('DeleteConnectedApplication', 'Uninstalled Connected App Web')] }) },
    'known-cause',
    'app-uninstalled',
    'likely',
  ],
  [
    'another app, uninstalled',
    { org: org({ audit: [setup('deleteConnectedApplication', 'Uninstalled Connected App Other')] }) },
    'known-cause',
    'ended-at-salesforce',
    'likely',
  ],
  [
    'a changed password, which ends no refresh token',
    { org: org({ audit: [setup('changedpassword', 'Changed password for Integration User')] }) },
    'known-cause',
    'ended-at-salesforce',
    'likely',
  ],
  [
    'a change after the death',
    { org: org({ audit: [setup('deactivateduser', 'Deactivated user Integration User', 20)] }) },
    'known-cause',
    'ended-at-salesforce',
    'likely',
  ],
]

for (const [name, more, verdict, cause, certainty] of table) {
  test(`${name}: ${verdict}, ${cause}, ${certainty}`, () => {
    const judged = judgeDeath(facts(more))
    assert.deepEqual([judged.verdict, judged.cause, judged.certainty], [verdict, cause, certainty], judged.text)
    assert.ok(judged.text.endsWith('.') && judged.next.length > 0, judged.text)
  })
}
