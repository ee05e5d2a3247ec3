/** Rotations that nobody goes on with: their credential was taken out of keyturn.yaml, or is another kind there. */
import { KeyturnError } from '@keyturn/tokens'
import type { Store } from '@keyturn/tokens'
import { commitmentsOf } from '../ledger-commitment.ts'
import { orgSwitches, switchNames } from '../org/switches.ts'
import { span } from '../output/moment.ts'
import { keeperOf } from '../rotation/run/keeper.ts'
import { check } from './check.ts'
import type { Check } from './check.ts'

const titleOf = (name: string): string => {
  const known = switchNames.find((one) => one === name)
  return known === undefined ? name : orgSwitches[known].title
}

/** `kinds`: of the credentials in keyturn.yaml, by name. */
export const checkRotations = async (
  store: Store,
  kinds: ReadonlyMap<string, string>,
  now: number,
): Promise<readonly Check[]> => {
  const altered: KeyturnError[] = []
  const docs = await keeperOf(store, commitmentsOf(store))
    .list((error) => altered.push(error))
    .catch((error: unknown) => {
      // Written by a newer Keyturn: told like one that was altered, and the examination goes on.
      if (!(error instanceof KeyturnError) || error.code !== 'STORE_TOO_NEW') throw error
      altered.push(error)
      return []
    })
  return [
    ...altered.map(({ message, fix }) => check('credential', 'bad', message, fix)),
    ...docs.flatMap(({ name, kind, run }) => {
      if (run === null || kinds.get(name) === kind) return []
      const there = kinds.get(name)
      const why = there === undefined ? 'which keyturn.yaml names no more' : `which is ${there} in keyturn.yaml now`
      const open = run.switches.filter(({ closedAt }) => closedAt === null).map((one) => titleOf(one.name))
      const left = open.length === 0 ? '' : `; it opened “${open.join('”, “')}” in the org and did not close it`
      return [
        check(
          `credential.${name}`,
          open.length === 0 ? 'warning' : 'bad',
          `a rotation (${run.state}, begun ${span(now - run.startedAt)} ago) of this ${kind} credential, ${why}: nobody goes on with it${left}`,
          `Put it back into keyturn.yaml with \`kind: ${kind}\`; then \`keyturn rotate ${name} --resume\`, --cancel or --abandon.`,
        ),
      ]
    }),
  ]
}
