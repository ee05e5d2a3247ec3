/** What Salesforce's SOAP APIs say: faults with the code in each of the places where clients look for it, and results. */
import { escapeXml } from '../proxy/xml-events.ts'

/** By the letter in the URL: partner, enterprise, tooling, metadata. */
type Flavour = 'partner' | 'enterprise' | 'tooling' | 'metadata'

const envelopes = 'http://schemas.xmlsoap.org/soap/envelope/'
const instance = 'http://www.w3.org/2001/XMLSchema-instance'
const declaration = '<?xml version="1.0" encoding="UTF-8"?>'

const letters: Readonly<Record<string, Flavour>> = { u: 'partner', c: 'enterprise', T: 'tooling', m: 'metadata' }

export const flavourOf = (path: string): Flavour =>
  letters[/^\/services\/Soap\/([A-Za-z])\//.exec(path)?.[1] ?? ''] ?? 'partner'

const faultNamespace = (flavour: Flavour): string =>
  flavour === 'metadata' ? 'http://soap.sforce.com/2006/04/metadata' : `urn:fault.${flavour}.soap.sforce.com`

/** Of the fault element in the detail; the metadata WSDL declares none. */
const faultName = (code: string): string => (code === 'INVALID_LOGIN' ? 'LoginFault' : 'UnexpectedErrorFault')

export const soapFault = (flavour: Flavour, code: string, message: string): string => {
  const text = escapeXml(message)
  const name = faultName(code)
  const detail =
    flavour === 'metadata'
      ? ''
      : `<detail><sf:${name} xsi:type="sf:${name}"><sf:exceptionCode>${code}</sf:exceptionCode>` +
        `<sf:exceptionMessage>${text}</sf:exceptionMessage></sf:${name}></detail>`
  return (
    `${declaration}<soapenv:Envelope xmlns:soapenv="${envelopes}" xmlns:sf="${faultNamespace(flavour)}" xmlns:xsi="${instance}">` +
    `<soapenv:Body><soapenv:Fault><faultcode>sf:${code}</faultcode><faultstring>${code}: ${text}</faultstring>${detail}` +
    '</soapenv:Fault></soapenv:Body></soapenv:Envelope>'
  )
}

/** `body` is XML. */
export const soapResult = (flavour: Flavour, body: string): string =>
  `${declaration}<soapenv:Envelope xmlns:soapenv="${envelopes}" xmlns="urn:${flavour}.soap.sforce.com" xmlns:xsi="${instance}">` +
  `<soapenv:Body>${body}</soapenv:Body></soapenv:Envelope>`

export const soapElement = (name: string, value: string | number | boolean | null): string =>
  value === null ? `<${name} xsi:nil="true"/>` : `<${name}>${escapeXml(String(value))}</${name}>`

export const soapType = 'text/xml; charset=UTF-8'
