/** What a person sees when the simulated org is up: where it is, who may log in, and what to type next. */
import { facts, table } from '../output/table.ts'
import { wrapText } from '../output/terminal-text.ts'

/** What the screen needs of an org; the simulator itself is loaded by the command alone. */
interface Org {
  readonly id: string
  readonly title: string
  readonly instanceUrl: string
  readonly users: readonly {
    readonly username: string
    readonly password: string
    readonly securityToken: string
    readonly profile: string
    readonly apiOnly: boolean
  }[]
  readonly apps: readonly {
    readonly name: string
    readonly clientId: string
    readonly clientSecret: string
    readonly callbacks: readonly string[]
    readonly privateKey: string | null
  }[]
}

/** What the apps of the org that the simulator makes by default are for. */
const purposes: Readonly<Record<string, string>> = {
  Web: 'web login; its refresh tokens rotate',
  Jwt: 'JWT bearer',
  Server: 'client credentials',
  PlatformCLI: 'what the sf CLI logs in with',
}

/** More than that nobody reads on a screen; the control plane has all of them. */
const mostUsers = 8
const mostApps = 4

const more = (hidden: number, what: string, control: string): readonly string[] =>
  hidden > 0 ? [`… and ${hidden} more ${what}: curl -s ${control}orgs`] : []

const indented = (text: string): string => text.replaceAll(/^/gm, '  ')

const appBlock = (app: Org['apps'][number], control: string): string => {
  const lines = facts([
    ['Client id', app.clientId],
    ['Client secret', app.clientSecret === '' ? 'none' : app.clientSecret],
    ...(app.privateKey === null ? [] : [['Private key', `in the answer of ${control}orgs`] as const]),
  ])
  const purpose = purposes[app.name]
  return `App ${app.name}${purpose === undefined ? '' : `: ${purpose}`}\n${indented(lines)}`
}

interface Reader {
  readonly bin: string
  readonly width: number | undefined
  /** An org to look at, as its administrator; else one to get tokens of, as anybody. */
  readonly scenario: boolean
}

/** A command is one line however long, so that it can be copied. */
const firstSteps = (org: Org, { bin, width, scenario }: Reader): string => {
  const app = org.apps.find(({ clientSecret, callbacks }) => clientSecret !== '' && callbacks.length > 0)
  const isWanted = ({ apiOnly, profile }: Org['users'][number]): boolean =>
    !apiOnly && (profile === 'System Administrator') === scenario
  const user = org.users.find(isWanted) ?? org.users[0]
  if (app === undefined || user === undefined) return ''
  const intro = `Try it in another shell, in an empty folder; log in as ${user.username} with ${user.password}:`
  const then = scenario ? ['audit acme', 'rtr acme', 'fix acme'] : ['token acme', 'grants show acme']
  return `${wrapText(intro, width)}

  ${bin} init
  echo ${app.clientSecret} | ${bin} connect acme --login-url ${org.instanceUrl} --client-id ${app.clientId} --client-secret-stdin
${then.map((command) => `  ${bin} ${command}`).join('\n')}`
}

const mischief = (control: string): string =>
  `Make it harder; the README of @keyturn/simulator has the rest:\n\n${indented(
    facts([
      ['Every session ends', `curl -X POST ${control}expire`],
      ['A day passes', `curl -X POST ${control}clock -d '{"advanceMs":86400000}'`],
      [
        'An answer gets lost',
        `curl -X POST ${control}faults -d '{"match":{"endpoint":"token"},"action":{"drop":"after"}}'`,
      ],
    ]),
  )}\n`

export const readyScreen = (
  org: Org,
  where: { readonly loginUrl: string; readonly control: string },
  how: Reader,
): string =>
  [
    facts([
      ['Org', `${org.title} (${org.id}), simulated`],
      ['Instance URL', org.instanceUrl],
      ['Login host', where.loginUrl],
      ['Control plane', where.control],
    ]),
    table(
      org.users.slice(0, mostUsers),
      [
        { title: 'USERNAME', of: (user) => user.username },
        { title: 'PASSWORD', of: (user) => user.password },
        { title: 'SECURITY TOKEN', of: (user) => user.securityToken },
        { title: 'PROFILE', of: (user) => user.profile, spared: 1 },
      ],
      how.width,
    ),
    ...more(org.users.length - mostUsers, 'users', where.control),
    ...org.apps.slice(0, mostApps).map((app) => appBlock(app, where.control)),
    ...more(org.apps.length - mostApps, 'apps', where.control),
    `Redirect URIs of ${org.apps[0]?.name ?? 'the first app'}\n${indented((org.apps[0]?.callbacks ?? []).join('\n'))}`,
    firstSteps(org, how),
    ...(how.scenario ? [] : [mischief(where.control)]),
  ].join('\n\n')
