/** Clients beside jsforce: what they are given says what becomes of them. And programs that have Keyturn already. */
import type { HabitFinding } from '../scan-report.ts'
import { closeOf, found, isName, isSign, namedIn } from './source.ts'
import type { Named, Rule, Source } from './source.ts'

/** Arguments of `Name.method(…)`; without brackets, Ruby's, up to the end of the line. */
const callsOf = (
  { tokens }: Source,
  name: string,
  method: string | null,
): readonly { readonly line: number; readonly named: Named }[] =>
  tokens.flatMap((token, at) => {
    if (!isName(token, name)) return []
    if (method !== null && !(isSign(tokens[at + 1], '.') && isName(tokens[at + 2], method))) return []
    const next = method === null ? at + 1 : at + 3
    // `createConnection({ … })` as well as `new(a: 1)`.
    const open = isSign(tokens[next], '(') && isSign(tokens[next + 1], '{') ? next + 1 : next
    if (isSign(tokens[open], '(', '{')) {
      const named = namedIn(tokens, open)
      return named === null ? [] : [{ line: token.line, named }]
    }
    const end = tokens.findIndex(
      (one, index) => index > at && one.line > (tokens[index - 1]?.line ?? 0) && !isSign(tokens[index - 1], ','),
    )
    const rest = tokens.slice(next, end === -1 ? next + 100 : end)
    const keys = rest.filter((one, index) => one.is !== 'sign' && isSign(rest[index + 1], ':', '='))
    return keys.length === 0
      ? []
      : [{ line: token.line, named: { keys: new Set(keys.map(({ text }) => text)), spread: false } }]
  })

const soapEnds =
  'Connect by JWT bearer or client credentials, or let the broker speak login() to it: docs/how-to/mfa-and-machines.md.'

const password = (source: Source, line: number, what: string): HabitFinding =>
  found(source, line, {
    kind: 'password-login',
    effect: 'unaffected',
    confidence: 'certain',
    why: `${what} logs in with username and password. No refresh token is rotated; the way is switched off by Salesforce in 2027.`,
    next: soapEnds,
  })

const ruby = (source: Source): readonly HabitFinding[] =>
  callsOf(source, 'Restforce', 'new').flatMap(({ line, named: { keys } }) =>
    keys.has('refresh_token')
      ? [
          found(source, line, {
            kind: 'client-with-refresh-token',
            effect: 'breaks',
            confidence: 'certain',
            why: 'Restforce sends the refresh token it was given for ever, and tries up to three times more: locked out at the second refresh.',
            next: 'Leave refresh_token out and give it an access token (`keyturn exec`).',
          }),
        ]
      : keys.has('password')
        ? [password(source, line, 'Restforce')]
        : [],
  )

const python = (source: Source): readonly HabitFinding[] =>
  source.tokens.some((token) => isName(token, 'simple_salesforce'))
    ? [...callsOf(source, 'Salesforce', null), ...callsOf(source, 'SalesforceLogin', null)].flatMap(
        ({ line, named: { keys } }) => (keys.has('password') ? [password(source, line, 'simple-salesforce')] : []),
      )
    : []

const nforce = (source: Source): readonly HabitFinding[] =>
  callsOf(source, 'nforce', 'createConnection').flatMap(({ line, named: { keys, spread } }) =>
    keys.has('autoRefresh') && !keys.has('onRefresh')
      ? [
          found(source, line, {
            kind: 'client-with-refresh-token',
            effect: 'breaks',
            confidence: spread ? 'possible' : 'likely',
            why: 'nforce keeps the new token in memory only: the next start sends one that was replaced.',
            next: 'Store both tokens in onRefresh, or give it access tokens of Keyturn.',
          }),
        ]
      : [],
  )

/** The toolkits of Java and PHP, and SOAP envelopes by hand. */
const toolkits = (source: Source): readonly HabitFinding[] => {
  const { tokens, language } = source
  if (language === 'java' && tokens.some((token, at) => isName(token, 'sforce') && isName(tokens[at - 2], 'com')))
    return tokens.flatMap((token, at) =>
      isName(token, 'setPassword') && isSign(tokens[at + 1], '(')
        ? [password(source, token.line, 'The SOAP connector')]
        : [],
    )
  if (language === 'php' && tokens.some((token) => isName(token, 'SforcePartnerClient', 'SforceEnterpriseClient')))
    return tokens.flatMap((token, at) =>
      isName(token, 'login') && isSign(tokens[at - 1], '>') && (closeOf(tokens, at + 1) ?? 0) > at + 3
        ? [password(source, token.line, 'The SOAP toolkit')]
        : [],
    )
  return []
}

const envelopes = (source: Source): readonly HabitFinding[] =>
  source.tokens.flatMap((token) =>
    token.is === 'string' &&
    /urn:(partner|enterprise)\.soap\.sforce\.com/.test(token.text) &&
    /<(\w+:)?login[\s>]/.test(token.text)
      ? [password(source, token.line, 'A SOAP envelope')]
      : [],
  )

/** One a file is enough. */
const keyturn = (source: Source): readonly HabitFinding[] => {
  const used = source.tokens.find(
    (token, at) =>
      (token.is === 'string' && /^@keyturn\/tokens(\/|$)/.test(token.text)) ||
      (isName(token, 'keyturn') &&
        isName(source.tokens[at + 1], 'token', 'exec') &&
        ['shell', 'yaml'].includes(source.language)),
  )
  return used === undefined
    ? []
    : [
        found(source, used.line, {
          kind: 'keyturn',
          effect: 'survives',
          confidence: 'certain',
          why: 'Keyturn holds the refresh token.',
          next: 'Nothing.',
        }),
      ]
}

export const otherClientHabits: Rule = (source) => [
  ...(source.language === 'ruby' ? ruby(source) : []),
  ...(source.language === 'python' ? python(source) : []),
  ...(source.language === 'javascript' ? nforce(source) : []),
  ...toolkits(source),
  ...envelopes(source),
  ...keyturn(source),
]
