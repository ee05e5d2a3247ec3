/**
 * The part of a partner WSDL that a login needs, in the shape of Salesforce's: document/literal, qualified elements, the
 * sequences of LoginResult and GetUserInfoResult in full, faults, SessionHeader. Written for these tests, so that strict
 * stubs have something to be strict about.
 */
const SIMPLE = 'xsd:string'

const element = (name: string, type = SIMPLE, more = ''): string => `<element name="${name}" type="${type}"${more}/>`
const nillable = ' nillable="true"'

const userInfo = [
  element('accessibilityMode', 'xsd:boolean'),
  element('chatterExternal', 'xsd:boolean'),
  element('currencySymbol', SIMPLE, nillable),
  element('orgAttachmentFileSizeLimit', 'xsd:int'),
  element('orgDefaultCurrencyIsoCode', SIMPLE, nillable),
  element('orgDefaultCurrencyLocale', SIMPLE, nillable),
  element('orgDisallowHtmlAttachments', 'xsd:boolean'),
  element('orgHasPersonAccounts', 'xsd:boolean'),
  element('organizationId', 'tns:ID'),
  element('organizationMultiCurrency', 'xsd:boolean'),
  element('organizationName'),
  element('profileId', 'tns:ID'),
  element('roleId', 'tns:ID', nillable),
  element('sessionSecondsValid', 'xsd:int'),
  element('userDefaultCurrencyIsoCode', SIMPLE, nillable),
  element('userEmail'),
  element('userFullName'),
  element('userId', 'tns:ID'),
  element('userLanguage'),
  element('userLocale'),
  element('userName'),
  element('userTimeZone'),
  element('userType'),
  element('userUiSkin'),
]

const loginResult = [
  element('metadataServerUrl', SIMPLE, nillable),
  element('passwordExpired', 'xsd:boolean'),
  element('sandbox', 'xsd:boolean'),
  element('serverUrl', SIMPLE, nillable),
  element('sessionId', SIMPLE, nillable),
  element('userId', 'tns:ID', nillable),
  element('userInfo', 'tns:GetUserInfoResult', ' minOccurs="0"'),
]

const sequence = (parts: readonly string[]): string => `<sequence>${parts.join('')}</sequence>`
const complexType = (name: string, parts: readonly string[]): string =>
  `<complexType name="${name}">${sequence(parts)}</complexType>`
const wrapper = (name: string, parts: readonly string[]): string =>
  `<element name="${name}"><complexType>${sequence(parts)}</complexType></element>`

const operations = {
  login: { asks: [element('username'), element('password')], answers: [element('result', 'tns:LoginResult')] },
  getUserInfo: { asks: [], answers: [element('result', 'tns:GetUserInfoResult')] },
  logout: { asks: [], answers: [] },
} as const

const names = Object.keys(operations) as readonly (keyof typeof operations)[]

const body = '<soap:body parts="parameters" use="literal"/>'
const header = '<soap:header use="literal" message="tns:Header" part="SessionHeader"/>'
const fault = (name: string): string => `<fault name="${name}"><soap:fault name="${name}" use="literal"/></fault>`

/** `flavour`: partner or enterprise, whose logins differ in the namespace only. */
export const loginWsdl = (flavour: 'partner' | 'enterprise', address: string): string => {
  const tns = `urn:${flavour}.soap.sforce.com`
  const faults = `urn:fault.${flavour}.soap.sforce.com`
  const elements = names.flatMap((name) => [
    wrapper(name, operations[name].asks),
    wrapper(`${name}Response`, operations[name].answers),
  ])
  const messages = names.flatMap((name) => [
    `<message name="${name}Request"><part element="tns:${name}" name="parameters"/></message>`,
    `<message name="${name}Response"><part element="tns:${name}Response" name="parameters"/></message>`,
  ])
  const ports = names.map(
    (name) =>
      `<operation name="${name}"><input message="tns:${name}Request"/><output message="tns:${name}Response"/><fault message="tns:LoginFault" name="LoginFault"/></operation>`,
  )
  const bindings = names.map(
    (name) =>
      `<operation name="${name}"><soap:operation soapAction=""/><input>${name === 'login' ? '' : header}${body}</input><output>${body}</output>${fault('LoginFault')}</operation>`,
  )
  return `<?xml version="1.0" encoding="UTF-8"?>
<definitions targetNamespace="${tns}" xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:tns="${tns}" xmlns:fns="${faults}">
<types>
<schema elementFormDefault="qualified" xmlns="http://www.w3.org/2001/XMLSchema" targetNamespace="${tns}">
<simpleType name="ID"><restriction base="xsd:string"><length value="18"/><pattern value="[a-zA-Z0-9]{18}"/></restriction></simpleType>
<element name="SessionHeader"><complexType>${sequence([element('sessionId')])}</complexType></element>
${complexType('GetUserInfoResult', userInfo)}
${complexType('LoginResult', loginResult)}
${elements.join('\n')}
</schema>
<schema elementFormDefault="qualified" xmlns="http://www.w3.org/2001/XMLSchema" targetNamespace="${faults}">
<complexType name="LoginFault">${sequence([element('exceptionCode'), element('exceptionMessage')])}</complexType>
<element name="LoginFault" type="fns:LoginFault"/>
</schema>
</types>
<message name="Header"><part element="tns:SessionHeader" name="SessionHeader"/></message>
<message name="LoginFault"><part element="fns:LoginFault" name="fault"/></message>
${messages.join('\n')}
<portType name="Soap">${ports.join('')}</portType>
<binding name="SoapBinding" type="tns:Soap"><soap:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>${bindings.join('')}</binding>
<service name="SforceService"><port binding="tns:SoapBinding" name="Soap"><soap:address location="${address}"/></port></service>
</definitions>
`
}
