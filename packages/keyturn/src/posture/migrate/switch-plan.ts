/** The switch from the old app to the new one, side by side: what is to be done in which order, for the flows it has. */
import type { AppFact, Flow } from '../facts.ts'
import type { CutOff } from '../impact/impact.ts'

export interface SwitchStep {
  readonly title: string
  readonly text: string
}

export interface SwitchPlan {
  readonly steps: readonly SwitchStep[]
  /** In the order in which they are best moved: the fewest people last to notice go first. */
  readonly order: readonly { readonly user: string; readonly client: string | null; readonly why: string }[]
}

const ofFlow: Readonly<Partial<Record<Flow, string>>> = {
  'web-server':
    'each person signs in once more: a refresh token belongs to the key it was issued to, and none is carried over',
  device: 'each person confirms a new code once',
  'jwt-bearer':
    'the claim `iss` becomes the new key; the certificate is the same, and each user must be permitted for the new app',
  'client-credentials': 'the new key and secret take the place of the old ones; the user it runs as is the same',
  'token-exchange':
    'the new key and secret take the place of the old ones; a token-exchange handler has to name the new app',
  'code-credential': 'the new key takes the place of the old one',
}

export interface Planning {
  readonly from: string
  readonly to: string
  readonly flows: AppFact['flows']
  readonly permittedUsers: AppFact['permittedUsers']
  /** Who uses the old app. */
  readonly uses: readonly CutOff[]
  /** Names of users that are machines. */
  readonly machines: ReadonlySet<string>
  readonly hardened: boolean
  /** Where key and secret are; null: nowhere by us. */
  readonly delivered: string | null
  readonly days: number
  /** What a person has to make anew, from the moves. */
  readonly todos: readonly string[]
}

/** Machines first: one place to change, and somebody who watches it. Then people, the busiest last. */
const orderOf = ({ uses, machines }: Planning): SwitchPlan['order'] => {
  const sum = new Map<string, { user: string; client: string | null; uses: number }>()
  for (const { user, client, uses: count } of uses) {
    const key = JSON.stringify([user.toLowerCase(), client])
    sum.set(key, { user, client, uses: (sum.get(key)?.uses ?? 0) + count })
  }
  const isMachine = (user: string): boolean => machines.has(user.toLowerCase())
  return [...sum.values()]
    .toSorted((a, b) => Number(isMachine(b.user)) - Number(isMachine(a.user)) || a.uses - b.uses)
    .map(({ user, client }) => ({
      user,
      client,
      why: isMachine(user) ? 'a machine: one place to change' : 'signs in once more',
    }))
}

export const switchPlan = (planning: Planning): SwitchPlan => {
  const { from, to, flows, permittedUsers, hardened, delivered, days, todos } = planning
  const ways = flows.is === 'known' ? flows.value.flatMap((flow) => ofFlow[flow] ?? []) : []
  const steps: readonly SwitchStep[] = [
    {
      title: `Make ${to} beside ${from}`,
      text: 'Both work side by side; nobody notices. Deploying changes nothing of the old app.',
    },
    ...(todos.length === 0 ? [] : [{ title: 'Make by hand what is not carried over', text: todos.join(' ') }]),
    ...(permittedUsers.is === 'known' && permittedUsers.value === 'all'
      ? [
          {
            title: 'Decide who may use it',
            text: 'The old app lets everybody authorise it. With API Access Control on, the new app has to be permitted before anybody can.',
          },
        ]
      : []),
    {
      title: 'Hand out the new consumer key and secret',
      text:
        delivered === null
          ? 'Take them from Setup, External Client App Manager, or let `--secret-to DESTINATION` write them where clients read them.'
          : `They are in ${delivered}.`,
    },
    {
      title: 'Move one client after the other',
      text: [
        ...(ways.length === 0 ? ['each client gets the new key and secret'] : ways),
        ...(hardened ? ['rehearse each client first (`keyturn rehearse`), for the new app is stricter'] : []),
        'grants of Keyturn: `keyturn connect NAME` with the new app; callers of the broker then notice nothing',
      ].join('; '),
    },
    {
      title: `Wait until nobody uses ${from}`,
      text: `\`keyturn migrate status\` tells who still does: ${days} days without a login and without a refresh. Monthly and yearly jobs take longer.`,
    },
    {
      title: `Block ${from}`,
      text: 'Setup, Connected Apps OAuth Usage, Block. It is taken back at once if somebody turns up; wait as long again.',
    },
    {
      title: `Revoke its tokens and delete ${from}`,
      text: 'This can’t be taken back: its consumer key is gone with it.',
    },
  ]
  return { steps, order: orderOf(planning) }
}
