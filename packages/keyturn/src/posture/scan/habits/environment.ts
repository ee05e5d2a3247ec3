/** Refresh tokens that programs get from their environment, and auth URLs of the Salesforce CLI, which hold one. */
import type { Token } from '../lexer.ts'
import type { HabitFinding } from '../scan-report.ts'
import { readsAnswer } from './answer-read.ts'
import { closeOf, found, isName, isSign } from './source.ts'
import type { Rule, Source } from './source.ts'

const tokenName = /^\$?[A-Z0-9_]*REFRESH_?TOKEN[A-Z0-9_]*$/
const salesforceName = /SF|SALESFORCE|FORCE/

/** A lifetime or a switch that is called after the token is none. */
const aboutIt =
  /(EXPIR|TTL|LIFETIME|DAYS|MINUTES|SECONDS|ENABLED|ROTATION|POLICY|GRANT|URL|ENDPOINT|PATH|FILE|NAME|KEY)\w*$/

const accessors =
  /^(env|environ|getenv|ENV|\$_ENV|\$_SERVER|_ENV|getEnv|Getenv|LookupEnv|GetEnvironmentVariable|secrets|vars|environment|configService|config)$/

const isRead = ({ tokens, language }: Source, at: number): boolean => {
  if (language === 'shell' || language === 'yaml')
    // `$NAME`, `${NAME}`, `NAME=…`, `NAME: …`, `secrets.NAME`
    return (
      (tokens[at]?.text ?? '').startsWith('$') ||
      isSign(tokens[at - 1], '{', '$', '.') ||
      isSign(tokens[at + 1], '=', ':')
    )
  const before = tokens.slice(Math.max(0, at - 5), at)
  if (before.some((token) => token.is === 'name' && accessors.test(token.text)) && isAccess(tokens, at)) return true
  return isTakenApart(tokens, at)
}

/** `env.NAME`, `env['NAME']`, `getenv("NAME")`, and no value that is set. */
const isAccess = (tokens: readonly Token[], at: number): boolean => {
  if (!isSign(tokens[at - 1], '.', '[', '(')) return false
  const after = isSign(tokens[at + 1], ']', ')') ? at + 2 : at + 1
  return !(isSign(tokens[after], '=') && !isSign(tokens[after + 1], '='))
}

/** `const { SF_REFRESH_TOKEN } = process.env` */
const isTakenApart = (tokens: readonly Token[], at: number): boolean => {
  for (let open = at; open > Math.max(-1, at - 100); open--)
    if (isSign(tokens[open], '{')) {
      const close = closeOf(tokens, open)
      if (close !== null && close < at) continue
      return close !== null && isSign(tokens[close + 1], '=') && isName(tokens[close + 4], 'env')
    }
  return false
}

const tokens = (source: Source): readonly HabitFinding[] => {
  const hits = source.tokens.filter(
    (token, at) =>
      (token.is === 'name' || token.is === 'string') &&
      token.text.length < 100 &&
      tokenName.test(token.text) &&
      !aboutIt.test(token.text.replace(/^.*REFRESH_?TOKEN/, '')) &&
      (salesforceName.test(token.text) || source.salesforce) &&
      isRead(source, at),
  )
  const reads = readsAnswer(source)
  return hits.map(({ line }) =>
    found(source, line, {
      kind: 'token-from-environment',
      effect: reads ? 'depends' : 'breaks',
      confidence: reads ? 'possible' : 'likely',
      why: reads
        ? 'A refresh token comes from an environment variable. A new one is read, too; unless it is written where the next start looks, that start sends the old one.'
        : 'A refresh token comes from an environment variable and nothing here takes the new one: the second refresh, or the next start, sends a token that was replaced, which ends every token.',
      next: 'Give the program an access token instead: `keyturn exec NAME -- COMMAND`.',
    }),
  )
}

/** `sf org login sfdx-url`, `sfdx auth:sfdxurl:store`. */
const authUrls = (source: Source): readonly HabitFinding[] =>
  source.tokens.flatMap((token, at) => {
    const parts = source.tokens
    const spelled =
      (isName(token, 'sfdx') &&
        isSign(parts[at + 1], '-') &&
        isName(parts[at + 2], 'url') &&
        isName(parts[at - 1], 'login')) ||
      (isName(token, 'sfdxurl') && isSign(parts[at - 1], ':')) ||
      (token.is === 'string' && /\blogin[ :]sfdx-url\b|\bauth:sfdxurl:store\b/.test(token.text))
    return spelled
      ? [
          found(source, token.line, {
            kind: 'stored-auth-url',
            effect: 'breaks',
            confidence: 'likely',
            why: 'An auth URL holds a refresh token and stays what it was: the second run that logs in with it sends a token that was replaced, which ends the first one’s, too.',
            next: 'Log in by JWT, or with an access token of Keyturn: `keyturn exec NAME -- sf …`.',
          }),
        ]
      : []
  })

export const environmentHabits: Rule = (source) => [...tokens(source), ...authUrls(source)]
