/** Remote sites that code of the org may call without encryption. */
import { listControl } from '../list-control.ts'
import { apart, right, wrong } from '../looks.ts'

export const control = listControl({
  id: 'remote-sites',
  title: 'Code of the org calls no site without encryption',
  severity: 'medium',
  why: 'With protocol security off an encrypted page may send what it knows, session ids too, in the clear.',
  remedy: 'Switch protocol security on and use https, or deactivate the remote site.',
  effort: 'minutes',
  catalogues: { healthCheck: ['RemoteSiteSettings.remoteSiteSettings'] },
  profiles: { baseline: {}, strict: {}, 'health-check': {} },
  family: 'remoteSites',
  noun: ['active remote site', 'active remote sites'],
  wrong: 'called in the clear',
  subject: ({ name }) => `remote-site:${name}`,
  look: ({ active, protocolSecurityDisabled, url }) => {
    if (!active) return apart
    return protocolSecurityDisabled ? wrong('Protocol security is switched off.', { url }) : right
  },
})
