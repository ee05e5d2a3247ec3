/**
 * One call of the SOAP partner API, for the few things that only it can do: login(), changeOwnPassword(). Envelopes are
 * written here, so that a secret's text is put into the body in one place and nowhere else.
 */
import { Secret } from '@keyturn/tokens'
import { request } from '@keyturn/tokens/maintenance'
import type { Network } from '@keyturn/tokens/maintenance'

/** The newest version that still has login(): it is absent from 65 on and retired with Summer ’27. */
const lastVersionWithLogin = '64.0'

interface SoapCall {
  readonly operation: string
  readonly fields: Readonly<Record<string, string | Secret>>
  readonly session?: string
}

type SoapAnswer =
  | { readonly is: 'answer'; readonly field: (name: string) => string | null }
  | { readonly is: 'fault'; readonly code: string; readonly message: string }
  /** Something that is no SOAP: a gateway’s page, a server that is away. */
  | { readonly is: 'unclear'; readonly why: string }

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' }

const plain = (text: string): string =>
  text.replaceAll(
    /&(?:(lt|gt|quot|apos|amp)|#(\d+)|#x([\da-f]+));/gi,
    (whole, name?: string, digits?: string, hex?: string) =>
      name !== undefined
        ? (entities[name.toLowerCase()] ?? whole)
        : String.fromCodePoint(digits !== undefined ? Number(digits) : Number.parseInt(hex ?? '0', 16)),
  )

const envelope = ({ operation, fields, session }: SoapCall): Secret => {
  const header =
    session === undefined
      ? ''
      : `<s:Header><SessionHeader><sessionId>${escaped(session)}</sessionId></SessionHeader></s:Header>`
  const body = Object.entries(fields)
    .map(([name, value]) => `<${name}>${escaped(value instanceof Secret ? value.reveal() : value)}</${name}>`)
    .join('')
  return new Secret(
    '<?xml version="1.0" encoding="UTF-8"?>' +
      '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns="urn:partner.soap.sforce.com">' +
      `${header}<s:Body><${operation}>${body}</${operation}></s:Body></s:Envelope>`,
  )
}

/** The first element of that name, whatever its prefix. */
const firstElement = (xml: string, name: string): string | null => {
  const found = new RegExp(`<(?:[\\w-]+:)?${name}(?:\\s[^>]*)?>([^<]*)</`).exec(xml)?.[1]
  return found === undefined ? null : plain(found)
}

/** Throws ENDPOINT_UNREACHABLE where no answer came: whether the call had its effect is then unknown. */
export const soapCall = async (network: Network, loginUrl: string, call: SoapCall): Promise<SoapAnswer> => {
  const { status, body } = await request(
    new URL(`/services/Soap/u/${lastVersionWithLogin}`, loginUrl),
    {
      method: 'POST',
      headers: { 'content-type': 'text/xml; charset=UTF-8', soapaction: '""' },
      body: envelope(call),
      timeout: 30_000,
    },
    network,
  )
  const xml = body.toString('utf8')
  const code = firstElement(xml, 'exceptionCode') ?? firstElement(xml, 'faultcode')
  if (code !== null) {
    const message = firstElement(xml, 'exceptionMessage') ?? firstElement(xml, 'faultstring') ?? 'no reason was given'
    return { is: 'fault', code: code.replace(/^[\w-]+:/, ''), message }
  }
  if (status !== 200 || !/<(?:[\w-]+:)?Body\b/.test(xml)) return { is: 'unclear', why: `HTTP ${status}` }
  return { is: 'answer', field: (name) => firstElement(xml, name) }
}
