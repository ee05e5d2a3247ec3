/** jsforce: connections with a refresh token and nothing that keeps what it is replaced by, and logins by password. */
import type { Token } from '../lexer.ts'
import type { HabitFinding } from '../scan-report.ts'
import { readsAnswer } from './answer-read.ts'
import { refreshesByHand } from './refresh-by-hand.ts'
import { argumentCount, closeOf, found, isName, isSign, namedIn, says } from './source.ts'
import type { Named, Rule, Source } from './source.ts'

const modules = /^(jsforce|@jsforce\/jsforce-node|@ntegral\/nestjs-force|@keyturn\/tokens)(\/.*)?$/

const importsJsforce = (tokens: readonly Token[]): boolean =>
  tokens.some(
    (token, at) =>
      token.is === 'string' &&
      modules.test(token.text) &&
      !token.text.startsWith('@keyturn') &&
      (isName(tokens[at - 1], 'from', 'import') ||
        (isSign(tokens[at - 1], '(') && isName(tokens[at - 2], 'require', 'import'))),
  )

/** `Connection` and what it was renamed to. */
const classNames = (tokens: readonly Token[]): ReadonlySet<string> =>
  new Set([
    'Connection',
    ...tokens.flatMap((token, at) =>
      isName(token, 'Connection') &&
      (isName(tokens[at + 1], 'as') || isSign(tokens[at + 1], ':')) &&
      isSign(tokens[at - 1], '{', ',')
        ? [tokens[at + 2]?.text ?? '']
        : [],
    ),
  ])

/** Indices of the opening bracket of each `new Connection(`, `new jsforce.Connection(`. */
const constructions = (tokens: readonly Token[]): readonly number[] => {
  const names = classNames(tokens)
  return tokens.flatMap((token, at) => {
    if (!isName(token, 'new')) return []
    let last = at + 1
    while (isSign(tokens[last + 1], '.') && tokens[last + 2]?.is === 'name') last += 2
    if (!names.has(tokens[last]?.text ?? '') || tokens[last]?.is !== 'name') return []
    // Type arguments: `new Connection<Schema>(`
    if (isSign(tokens[last + 1], '<')) while (last < at + 30 && !isSign(tokens[last + 1], '(')) last++
    return isSign(tokens[last + 1], '(') ? [last + 1] : []
  })
}

/** What the connection is given: an object on the spot, or the one a variable of this file holds. */
const given = (tokens: readonly Token[], open: number): Named | null => {
  const first = tokens[open + 1]
  if (isSign(first, '{')) return namedIn(tokens, open + 1)
  if (first?.is !== 'name' || !isSign(tokens[open + 2], ')', ',')) return null
  for (let at = open - 1; at > 0; at--) {
    if (tokens[at]?.is !== 'name' || tokens[at]?.text !== first.text) continue
    // `options = {`, `options: ConnectionConfig = {`
    for (let next = at + 1; next < at + 12 && !isSign(tokens[next], ';', ')'); next++)
      if (isSign(tokens[next], '=')) {
        if (isSign(tokens[next + 1], '{')) return namedIn(tokens, next + 1)
        break
      }
  }
  return null
}

type Listening = 'none' | 'keeps-access-token' | 'keeps-both' | 'elsewhere'

const listening = (source: Source): Listening => {
  const { tokens } = source
  const at = tokens.findIndex(
    (token, index) =>
      isName(token, 'on', 'once', 'addListener') &&
      isSign(tokens[index - 1], '.') &&
      isSign(tokens[index + 1], '(') &&
      says(tokens[index + 2], 'refresh'),
  )
  if (at === -1) return 'none'
  const inside = tokens.slice(at, closeOf(tokens, at + 1) ?? at)
  const inline =
    inside.some((token) => isName(token, 'function')) ||
    inside.some((token, index) => isSign(token, '=') && isSign(inside[index + 1], '>'))
  if (inside.some((token) => says(token, 'refresh_token'))) return 'keeps-both'
  if (!inline) return readsAnswer(source) ? 'keeps-both' : 'elsewhere'
  return 'keeps-access-token'
}

const adapter =
  'Take the refresh token out of the program: `refreshFn` of `@keyturn/tokens/jsforce` gives the connection access tokens only.'

const without: Readonly<Record<Listening, Pick<HabitFinding, 'kind' | 'effect' | 'confidence' | 'why'>>> = {
  none: {
    kind: 'connection-without-refresh-fn',
    effect: 'breaks',
    confidence: 'certain',
    why: 'The connection gets a refresh token and neither a refreshFn nor a listener: jsforce sends the old token at the second refresh, which ends every token.',
  },
  'keeps-access-token': {
    kind: 'connection-without-refresh-fn',
    effect: 'breaks',
    confidence: 'certain',
    why: 'The listener keeps the access token and not the new refresh token: locked out at the second refresh or the next start.',
  },
  elsewhere: {
    kind: 'connection-without-refresh-fn',
    effect: 'breaks',
    confidence: 'possible',
    why: 'The connection gets a refresh token; what its listener keeps stands elsewhere.',
  },
  'keeps-both': {
    kind: 'connection-with-listener',
    effect: 'depends',
    confidence: 'likely',
    why: 'The listener takes the new refresh token. That holds for one connection in one process; two of them, or a crash before it is stored, lock out, and a 401 that no refresh cures makes it rotate without end.',
  },
}

const connections = (source: Source, imported: boolean): readonly HabitFinding[] => {
  const { tokens } = source
  return constructions(tokens).flatMap((open) => {
    const named = given(tokens, open)
    const line = tokens[open]?.line ?? 1
    if (named === null) {
      const speaks = imported && tokens.some((token) => token.text === 'refreshToken')
      const safe = tokens.some((token) => token.text === 'refreshFn')
      return speaks && !safe
        ? [found(source, line, { ...without[listening(source)], confidence: 'possible', next: adapter })]
        : []
    }
    const { keys, spread } = named
    // Without the import it is somebody else's Connection, unless it speaks jsforce's words.
    if (!imported && !(keys.has('refreshToken') && (keys.has('instanceUrl') || keys.has('oauth2')))) return []
    if (keys.has('refreshFn'))
      return [
        found(source, line, {
          kind: 'connection-with-refresh-fn',
          effect: 'survives',
          confidence: 'likely',
          why: 'The connection refreshes by a function of the program, which can do it safely: under a lock, stored before it is used.',
          next: 'Prove it: `keyturn rehearse -- COMMAND`.',
        }),
      ]
    if (!keys.has('refreshToken')) return []
    const habit = without[listening(source)]
    return [found(source, line, { ...habit, confidence: spread ? 'likely' : habit.confidence, next: adapter })]
  })
}

const passwordLogins = (source: Source): readonly HabitFinding[] =>
  source.tokens.flatMap((token, at) =>
    isName(token, 'login', 'loginBySoap', 'loginByOAuth2') &&
    isSign(source.tokens[at - 1], '.') &&
    isSign(source.tokens[at + 1], '(') &&
    argumentCount(source.tokens, at + 1) >= 2
      ? [
          found(source, token.line, {
            kind: 'password-login',
            effect: 'unaffected',
            confidence: 'likely',
            why: 'jsforce logs in with username and password. No refresh token is rotated; both ways behind it are switched off by Salesforce in 2027.',
            next: 'Connect by JWT bearer or client credentials, or let the broker speak login() to it: docs/how-to/mfa-and-machines.md.',
          }),
        ]
      : [],
  )

/** `oauth2.refreshToken(token)`: the answer is the caller's to keep. */
const refreshedByHand = (source: Source): readonly HabitFinding[] => {
  const calls = source.tokens.filter(
    (token, at) =>
      isName(token, 'refreshToken') && isSign(source.tokens[at - 1], '.') && isSign(source.tokens[at + 1], '('),
  )
  return refreshesByHand(
    source,
    calls.map(({ line }) => line),
    { how: 'The token is refreshed', next: adapter },
  )
}

export const jsforceHabits: Rule = (source) => {
  if (source.language !== 'javascript') return []
  const imported = importsJsforce(source.tokens)
  return [
    ...connections(source, imported),
    ...(imported ? [...passwordLogins(source), ...refreshedByHand(source)] : []),
  ]
}
