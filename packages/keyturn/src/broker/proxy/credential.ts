/** Where a caller shows its virtual token, and how the real one stands in its place. A session cookie is none. */
import type { FlatHeaders } from './headers.ts'

export type Carrier = 'bearer' | 'oauth' | 'x-sfdc-session'

interface Shown {
  readonly carrier: Carrier
  readonly token: string
}

/** Null: none. `ambiguous`: more than one, so that two readers could see two callers. */
export const shownToken = (rawHeaders: readonly string[]): Shown | 'ambiguous' | null => {
  let first: Shown | null = null
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const shown = shownIn((rawHeaders[at] ?? '').toLowerCase(), rawHeaders[at + 1] ?? '')
    if (shown === null) continue
    if (first !== null && first.token !== shown.token) return 'ambiguous'
    first ??= shown
  }
  return first
}

const shownIn = (name: string, value: string): Shown | null => {
  if (name === 'x-sfdc-session') return { carrier: name, token: value.trim() }
  if (name !== 'authorization') return null
  const [, scheme = '', token = ''] = /^\s*(Bearer|OAuth)\s+(\S+)\s*$/i.exec(value) ?? []
  return { carrier: scheme.toLowerCase() === 'oauth' ? 'oauth' : 'bearer', token }
}

export const carried = (carrier: Carrier, token: string): FlatHeaders => {
  if (carrier === 'x-sfdc-session') return ['x-sfdc-session', token]
  return ['authorization', `${carrier === 'oauth' ? 'OAuth' : 'Bearer'} ${token}`]
}
