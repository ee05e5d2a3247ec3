/** Each grant with its state, cause and fix; the hosts a restored store waits for; answers that belong to no record. */
import { systemClock } from '@keyturn/tokens'
import type { GrantView, Keyturn, KeyturnError } from '@keyturn/tokens'
import { storyOf } from '../explain/grant-story.ts'
import { examineDeath } from '../forensics/examine-death.ts'
import { span } from '../output/moment.ts'
import { ownCommands } from '../output/own-commands.ts'
import { check } from './check.ts'
import type { Check, Health } from './check.ts'

const healthOf = { fine: 'ok', soon: 'warning', person: 'bad' } as const satisfies Record<string, Health>

const grantCheck = (grant: GrantView, now: number): readonly Check[] => {
  const { need, lines, next } = storyOf(grant, now)
  const spares = grant.fallback
    .filter(({ state }) => state === 'failed')
    .map((spare) =>
      check(
        `grant.${grant.name}.spare.${spare.name}`,
        'warning',
        'this spare way in failed when it was last needed',
        ownCommands('`keyturn grants show NAME` and `keyturn ledger show` say why.', 'keyturn', grant.name),
      ),
    )
  const cover =
    grant.flow === 'refresh_token' && grant.fallback.length === 0 && need === 'fine'
      ? [
          check(
            `grant.${grant.name}.cover`,
            'warning',
            'no spare way in: a lost answer would need a person',
            ownCommands('Add one: `keyturn connect NAME --fallback-jwt …`.', 'keyturn', grant.name),
          ),
        ]
      : []
  return [
    check(`grant.${grant.name}`, healthOf[need], `${grant.status}. ${lines.join(' ')}`, next),
    ...spares,
    ...cover,
  ]
}

/** What a dead grant died of: the doctor's own finding, as it is something else than that it is dead. */
const deathChecks = async (
  keyturn: Keyturn,
  grants: readonly GrantView[],
  ask: number | null,
): Promise<readonly Check[]> => {
  const found: Check[] = []
  for (const { name } of grants) {
    const death = await examineDeath(keyturn, name, { clock: systemClock, ask })
    if (death === null) continue
    const { verdict, certainty, text, evidence, next } = death
    const numbers = evidence.flatMap(({ entry }) => (entry === null ? [] : [entry])).join(', ')
    const alarm = verdict === 'somebody-else' ? 'ALARM: ' : ''
    found.push(
      check(
        `grant.${name}.death`,
        alarm === '' ? 'warning' : 'bad',
        `${alarm}${text} (${certainty}${numbers === '' ? '' : `; ledger entries ${numbers}`})`,
        ownCommands(next, 'keyturn', name),
      ),
    )
  }
  return found
}

/** `ask`: ms for asking an org what a grant died of; null: the ledger only. */
export const checkGrants = async (
  keyturn: Keyturn,
  now: number,
  ask: number | null = null,
): Promise<readonly Check[]> => {
  const altered: KeyturnError[] = []
  const [grants, hosts, orphans, { epoch }] = await Promise.all([
    keyturn.grants.list({ altered: (error) => altered.push(error) }),
    keyturn.store.hosts(),
    keyturn.store.orphans(),
    keyturn.store.mark(),
  ])
  const silent = hosts.filter(({ confirmedEpoch, lostAt }) => confirmedEpoch < epoch && lostAt === null)
  const waiting = grants.some(({ state }) => (state.doubt?.awaiting.length ?? 0) > 0)
  return [
    ...altered.map(({ message, data, fix }) => check(`grant.${String(data.name)}`, 'bad', message, fix)),
    ...(grants.length + altered.length === 0
      ? [check('grants', 'ok', 'none yet', null)]
      : grants.flatMap((grant) => grantCheck(grant, now))),
    ...(await deathChecks(keyturn, grants, ask)),
    ...(waiting
      ? silent.map(({ host, name, seenAt }) =>
          check(
            `host.${name === null ? host : `${name} (${host.slice(0, 8)})`}`,
            'bad',
            `has not told what it did before the store went back (seen ${span(now - seenAt)} ago)`,
            'Start Keyturn once on that host with this store.',
          ),
        )
      : []),
    ...orphans
      .filter(({ revokedAt }) => revokedAt === null)
      .map(({ id, at }) =>
        check(
          `orphan.${id}`,
          'warning',
          `an answer that belongs to no record, kept sealed since ${span(now - at)}`,
          'It is revoked by itself once nothing can depend on it.',
        ),
      ),
  ]
}
