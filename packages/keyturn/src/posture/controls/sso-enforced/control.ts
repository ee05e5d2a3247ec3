/** Nobody logs in with a password of this org: one setting of the org. */
import { settingControl } from '../setting-control.ts'

export const path = 'Security.singleSignOnSettings.isLoginWithSalesforceCredentialsDisabled'

export const control = settingControl({
  id: 'sso-enforced',
  title: 'Nobody logs in with a password of this org',
  severity: 'critical',
  why: 'As long as passwords work beside single sign-on, what the identity provider asks for can be walked around.',
  remedy:
    'In Setup, Single Sign-On Settings, disable logins with Salesforce credentials once single sign-on works; exempt a few watched accounts for emergencies.',
  effort: 'days',
  path,
  catalogues: { sbs: ['SBS-AUTH-001'] },
  profiles: { strict: { is: true }, sbs: { is: true } },
})
