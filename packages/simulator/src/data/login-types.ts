/** How somebody came in, by the labels that rows hold (not by the API values that the reference lists beside them). */
export const loginTypes: readonly string[] = [
  'Application',
  'Other Apex API',
  'Partner Product',
  'Remote Access 2.0',
  'Remote Access Client',
  'AppExchange',
  'Certificate-based login',
  'Lightning Login',
  'SAML Idp Initiated SSO',
  'SAML Sfdc Initiated SSO',
]

export const loginSubTypes: readonly string[] = [
  'OauthClientCredentials',
  'OauthHybridRefreshToken',
  'OauthHybridTokenExchange',
  'OauthHybridUserAgent',
  'OauthHybridWebServer',
  'OauthOtpLogin',
  'OauthRefreshToken',
  'OauthTokenExchange',
  'OauthUserAgent',
  'OauthUserAgentIdToken',
  'OauthUsernamePassword',
  'OauthWebServer',
  'UiPasswordReset',
  'UsernamePasswordUiLogin',
]
