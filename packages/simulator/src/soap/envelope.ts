/** SOAP envelopes: read with an XML parser, written by hand with everything escaped. */
import { XMLParser } from 'fast-xml-parser'

const parser = new XMLParser({
  ignoreAttributes: false,
  removeNSPrefix: true,
  parseTagValue: false,
  trimValues: false,
  processEntities: true,
})

/** The operation and its plain text children, or undefined where this is not a SOAP request. */
export interface SoapCall {
  readonly operation: string
  readonly fields: Readonly<Record<string, string>>
  readonly headers: Readonly<Record<string, Readonly<Record<string, string>>>>
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null

function texts(value: unknown): Readonly<Record<string, string>> {
  if (!isRecord(value)) return {}
  const found: Record<string, string> = {}
  for (const [name, child] of Object.entries(value))
    if (typeof child === 'string' && !name.startsWith('@_')) found[name] = child
  return found
}

export function readEnvelope(body: string): SoapCall | undefined {
  let parsed: unknown
  try {
    parsed = parser.parse(body)
  } catch {
    return undefined
  }
  const envelope = isRecord(parsed) ? parsed['Envelope'] : undefined
  const content = isRecord(envelope) ? envelope['Body'] : undefined
  if (!isRecord(envelope) || !isRecord(content)) return undefined
  const operation = Object.keys(content).find((name) => !name.startsWith('@_') && name !== '#text')
  if (operation === undefined) return undefined
  const header = envelope['Header']
  const headers = Object.fromEntries(
    Object.entries(isRecord(header) ? header : {}).map(([name, value]) => [name, texts(value)]),
  )
  return { operation, fields: texts(content[operation]), headers }
}

export const escapeXml = (text: string): string =>
  text.replace(/[&<>"]/g, (c) => (c === '&' ? '&amp;' : c === '<' ? '&lt;' : c === '>' ? '&gt;' : '&quot;'))

export const element = (name: string, value: string | number | boolean | null): string =>
  value === null ? `<${name} xsi:nil="true"/>` : `<${name}>${escapeXml(String(value))}</${name}>`

export const envelope = (namespace: string, body: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"` +
  ` xmlns="${namespace}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body>${body}</soapenv:Body></soapenv:Envelope>`

const faultNames: Readonly<Record<string, string>> = {
  INVALID_SESSION_ID: 'UnexpectedErrorFault',
  UNSUPPORTED_API_VERSION: 'UnexpectedErrorFault',
  INSUFFICIENT_ACCESS: 'UnexpectedErrorFault',
  API_CURRENTLY_DISABLED: 'UnexpectedErrorFault',
  REQUEST_LIMIT_EXCEEDED: 'UnexpectedErrorFault',
  INVALID_OPERATION_WITH_EXPIRED_PASSWORD: 'UnexpectedErrorFault',
  INVALID_ID_FIELD: 'InvalidIdFault',
  INVALID_NEW_PASSWORD: 'InvalidNewPasswordFault',
  INVALID_OLD_PASSWORD: 'InvalidOldPasswordFault',
}

/** HTTP 500 with the code in three places: clients look at each of them. */
export function fault(flavour: 'partner' | 'enterprise', code: string, message: string): string {
  const faultName = faultNames[code] ?? 'LoginFault'
  const text = escapeXml(message)
  return (
    `<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"` +
    ` xmlns:sf="urn:fault.${flavour}.soap.sforce.com" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body><soapenv:Fault>` +
    `<faultcode>sf:${code}</faultcode><faultstring>${code}: ${text}</faultstring><detail><sf:${faultName} xsi:type="sf:${faultName}">` +
    `<sf:exceptionCode>${code}</sf:exceptionCode><sf:exceptionMessage>${text}</sf:exceptionMessage></sf:${faultName}></detail>` +
    `</soapenv:Fault></soapenv:Body></soapenv:Envelope>`
  )
}
