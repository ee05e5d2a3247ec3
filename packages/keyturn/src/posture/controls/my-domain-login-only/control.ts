/** People log in at the company’s own address only: one setting of the org. */
import { settingControl } from '../setting-control.ts'

export const path = 'MyDomain.canOnlyLoginWithMyDomainUrl'

export const control = settingControl({
  id: 'my-domain-login-only',
  title: 'People log in at the company’s own address only',
  severity: 'medium',
  why: 'At the general login page nothing tells the real page from a copy, and policies of the company’s domain do not apply.',
  remedy:
    'In Setup, My Domain, prevent logins from the general login page, after the login addresses of integrations were changed.',
  effort: 'days',
  path,
  catalogues: {},
  profiles: { strict: { is: true } },
})
