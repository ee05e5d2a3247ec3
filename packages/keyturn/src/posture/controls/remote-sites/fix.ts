import { withElement } from '../../../org/metadata-component.ts'
import { present } from '../../fix/app-element.ts'
import { subjectFix } from '../../fix/subject-fix.ts'

export const fix = subjectFix('remote-sites', ({ subject }, { facts: { remoteSites } }) => {
  const site =
    remoteSites.is === 'known' ? remoteSites.value.find(({ name }) => subject === `remote-site:${name}`) : undefined
  if (site === undefined) return 'The remote site is not among those that were read.'
  if (!/^https:/iu.test(site.url))
    return `${site.url} speaks no encryption: calls from encrypted pages would fail. Move it to https first, or deactivate it.`
  return {
    change: {
      title: `Remote site ${site.name}: encrypted only`,
      components: [
        {
          type: 'RemoteSiteSetting',
          fullName: site.name,
          edit: (body) =>
            withElement(present(body, `RemoteSiteSetting ${site.name}`), ['disableProtocolSecurity'], 'false'),
        },
      ],
      records: [],
      clicks: [],
    },
    restricts: [{ is: 'nothing', why: 'the site is called by https already' }],
  }
})
