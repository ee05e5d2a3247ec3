/** Programs log in at the company’s own address only: one setting of the org. */
import { settingControl } from '../setting-control.ts'

export const path = 'MyDomain.doesApiLoginRequireOrgDomain'

export const control = settingControl({
  id: 'my-domain-api-login-only',
  title: 'Programs log in at the company’s own address only',
  severity: 'medium',
  why: 'A password flow at the general address works past the policies of the company’s domain, and ends up in the wrong org when a sandbox is copied.',
  remedy:
    'In Setup, My Domain, require the company’s domain for API logins, after the login addresses of integrations were changed.',
  effort: 'days',
  path,
  catalogues: {},
  profiles: { strict: { is: true } },
})
