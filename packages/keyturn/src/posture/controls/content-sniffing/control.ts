/** Browsers do not guess the type of a file: one setting of the org. */
import { settingControl } from '../setting-control.ts'

export const path = 'Security.sessionSettings.enableContentSniffingProtection'

export const control = settingControl({
  id: 'content-sniffing',
  title: 'Browsers do not guess the type of a file',
  severity: 'medium',
  why: 'An upload that claims to be text and is script would be run by a browser that guesses.',
  remedy: 'In Setup, Session Settings, enable content sniffing protection.',
  effort: 'minutes',
  path,
  catalogues: { healthCheck: ['SessionSettings.contentSniffingProtection'] },
  profiles: { baseline: { is: true }, strict: { is: true }, 'health-check': { is: true } },
})
