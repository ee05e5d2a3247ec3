/** Whether a source reads the new refresh token out of an answer, in any of the ways languages have for it. */
import type { Token } from '../lexer.ts'
import { closeOf, isName, isSign, says } from './source.ts'
import type { Source } from './source.ts'

/** Holders of the token that is sent, not of the one that came. */
const holders =
  /^[@$]?(config|cfg|options?|opts|settings|self|this|params|args|argv|flags|credentials?|creds|env|environ|secrets?|auth|oauth2?|event|account|user|connection|conn|integration|session|stored?|record|row|request|req|input|ctx|context|props|client)$/i

const getters =
  /^(get|getString|getAsString|optString|fetch|dig|path|GetProperty|TryGetProperty|GetValue|get_string|JsonProperty|JsonPropertyName|SerializedName|@JsonProperty|@SerializedName|@Json|pop|has|asString)$/

const isWrite = (tokens: readonly Token[], after: number): boolean =>
  isSign(tokens[after], '=') && !isSign(tokens[after + 1], '=', '>')

/** The value that is sent: `refresh_token: config.refresh_token`. */
const isSent = (tokens: readonly Token[], chain: number): boolean => {
  let start = chain
  while (start > 0 && (tokens[start - 1]?.is === 'name' || isSign(tokens[start - 1], '.', '?', '!', '>'))) start--
  const before = tokens.slice(Math.max(0, start - 3), start)
  return (
    before.some((token) => says(token, 'refresh_token')) &&
    before.some((token) => isSign(token, ':', '=', ',', '>')) &&
    !isWrite(tokens, start - 1)
  )
}

const readAt = (tokens: readonly Token[], at: number): boolean => {
  const [before, after] = [tokens[at - 1], tokens[at + 1]]
  if (tokens[at]?.is === 'name') {
    // `.refresh_token`, `?.refresh_token`, `->refresh_token`
    if (isSign(before, '.') || (isSign(before, '>') && isSign(tokens[at - 2], '-'))) {
      const arrow = isSign(before, '>') || isSign(tokens[at - 2], '?', '!', '&')
      const holder = tokens[at - (arrow ? 3 : 2)]
      return (
        !(holder?.is === 'name' && holders.test(holder.text)) && !isWrite(tokens, at + 1) && !isSent(tokens, at - 1)
      )
    }
    // `{ access_token, refresh_token } = …`, and renamed: `{ refresh_token: fresh } = …`
    if (isSign(before, '{', ',') && isSign(after, ',', '}', ':', '=')) return isPattern(tokens, at)
    // `body[:refresh_token]`
    if (isSign(before, ':') && isSign(tokens[at - 2], '[')) return indexed(tokens, at - 2, at + 1)
    return false
  }
  if (isSign(before, '[')) return indexed(tokens, at - 1, at + 1)
  if (!isSign(before, '(')) return false
  const getter = tokens[at - 2]
  const holder = tokens[at - 4]
  return getter?.is === 'name' && getters.test(getter.text) && !(holder?.is === 'name' && holders.test(holder.text))
}

/** `data["refresh_token"]`, and not a list that begins with it, nor something that is set. */
const indexed = (tokens: readonly Token[], open: number, close: number): boolean => {
  const holder = tokens[open - 1]
  return (
    isSign(tokens[close], ']') &&
    ((holder?.is === 'name' && !holders.test(holder.text)) || isSign(holder, ')', ']', '.')) &&
    !isWrite(tokens, close + 1) &&
    !isSent(tokens, open)
  )
}

const isPattern = (tokens: readonly Token[], at: number): boolean => {
  for (let open = at; open > Math.max(-1, at - 60); open--)
    if (isSign(tokens[open], '{')) {
      const close = closeOf(tokens, open)
      // A group that ended before is another’s.
      if (close !== null && close < at) continue
      return (
        close !== null &&
        ((isSign(tokens[close + 1], '=') && !isEnvironment(tokens, close + 2)) ||
          // A parameter of a callback: `({ refresh_token }) => …`
          (isSign(tokens[close + 1], ')') && isSign(tokens[close + 2], '=') && isSign(tokens[close + 3], '>')))
      )
    }
  return false
}

const isEnvironment = (tokens: readonly Token[], at: number): boolean =>
  tokens.slice(at, at + 3).some((token) => isName(token, 'env', 'config', 'options', 'settings', 'credentials'))

/** Struct tags of Go say it in a text of their own. */
const tag = /(?:json|form|xml):\s*"refresh_token/

export const readsAnswer = ({ tokens }: Pick<Source, 'tokens'>): boolean =>
  tokens.some(
    (token, at) =>
      (token.text === 'refresh_token' && readAt(tokens, at)) || (token.is === 'string' && tag.test(token.text)),
  )
