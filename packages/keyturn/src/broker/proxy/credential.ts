/** Where a caller shows its virtual token, and how the real one stands in its place. A session cookie is none. */
import { pairsOf } from './headers.ts'

export type Carrier = 'bearer' | 'oauth' | 'x-sfdc-session'

export interface Shown {
  readonly carrier: Carrier
  readonly token: string
}

/** Null: none. `ambiguous`: more than one, so that two readers could see two callers. */
export const shownToken = (rawHeaders: readonly string[]): Shown | 'ambiguous' | null => {
  const found = pairsOf(rawHeaders).flatMap(([name, value]): Shown[] => {
    if (name === 'x-sfdc-session') return [{ carrier: name, token: value.trim() }]
    if (name !== 'authorization') return []
    const [, scheme = '', token = ''] = /^\s*(Bearer|OAuth)\s+(\S+)\s*$/i.exec(value) ?? []
    return [{ carrier: scheme.toLowerCase() === 'oauth' ? 'oauth' : 'bearer', token }]
  })
  const [first] = found
  if (first === undefined) return null
  return found.every(({ token }) => token === first.token) ? first : 'ambiguous'
}

export const carried = (carrier: Carrier, token: string): Readonly<Record<string, string>> => {
  if (carrier === 'x-sfdc-session') return { 'x-sfdc-session': token }
  return { authorization: `${carrier === 'oauth' ? 'OAuth' : 'Bearer'} ${token}` }
}
