/** What was seen of somebody's use of the org, whatever shows it: a login, a token, a caller of the broker. */
import type { LoginWay } from '../login-way.ts'
import { loginWay } from '../login-way.ts'
import type { LoginFlow } from './login-flow.ts'
import { loginFlow } from './login-flow.ts'
import type { Evidence } from './impact.ts'

export interface Use {
  /** `self`: the account that makes the change, at this moment. */
  readonly from: 'login' | 'token' | 'caller' | 'self'
  /** By username; null: nobody can say. */
  readonly user: string | null
  /** The same in lower case: names of users differ in nothing else. */
  readonly who: string | null
  readonly app: string | null
  readonly appId: string | null
  /** For people. */
  readonly way: string | null
  readonly kind: LoginWay
  /** Of OAuth logins. */
  readonly flow: LoginFlow | null
  readonly client: string | null
  /** An address, a network, or `*`; null: nothing shows it. */
  readonly address: string | null
  readonly host: string | null
  readonly uses: number
  readonly created: number | null
  readonly last: number | null
}

const nothing = { host: null, address: null, client: null, created: null, flow: null } as const

/** Logins that were refused are no use. */
const ofLogins = ({ facts: { logins } }: Evidence): readonly Use[] =>
  logins.is === 'unknown'
    ? []
    : logins.value.uses
        .filter(({ worked }) => worked > 0)
        .map((login) => ({
          ...nothing,
          from: 'login',
          user: login.user,
          who: login.user.toLowerCase(),
          app: login.application,
          appId: null,
          way: login.subType ?? login.type,
          kind: loginWay(login),
          flow: loginFlow(login),
          client: login.client,
          address: login.address === '' ? null : login.address,
          host: login.host ?? null,
          uses: login.worked,
          last: login.last,
        }))

const ofTokens = ({ facts: { tokens } }: Evidence): readonly Use[] =>
  tokens.is === 'unknown'
    ? []
    : tokens.value.tokens.map((token) => ({
        ...nothing,
        from: 'token',
        user: token.user,
        who: token.user.toLowerCase(),
        app: token.app,
        appId: token.appId,
        way: 'refresh token',
        kind: 'oauth',
        flow: 'refresh',
        uses: token.useCount,
        created: token.created,
        last: token.lastUsed,
      }))

const ofCallers = ({ callers }: Evidence): readonly Use[] =>
  callers.map(({ name, username, app, last }) => ({
    ...nothing,
    from: 'caller',
    user: username,
    who: username?.toLowerCase() ?? null,
    app,
    appId: null,
    way: 'broker',
    kind: 'oauth',
    client: `broker caller ${name}`,
    uses: 0,
    last,
  }))

export const usesOf = (evidence: Evidence): readonly Use[] => [
  ...ofLogins(evidence),
  ...ofTokens(evidence),
  ...ofCallers(evidence),
]

export const selfUse = ({ self, takenAt }: Evidence): Use => ({
  ...nothing,
  from: 'self',
  user: self.username,
  who: self.username.toLowerCase(),
  app: self.app,
  appId: null,
  way: null,
  kind: 'oauth',
  // No login of a JWT says what it is; this one is known to be one.
  flow: self.flow === 'jwt-bearer' ? 'unsaid' : self.flow,
  address: self.address,
  uses: 1,
  last: takenAt,
})
