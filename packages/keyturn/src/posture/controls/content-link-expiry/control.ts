/** Public links to files that never end. */
import { controlOf } from '../asked.ts'
import { judgementOf, right, unknownFamily, wrong } from '../looks.ts'

export const control = controlOf(
  {
    id: 'content-link-expiry',
    title: 'Public links to files end',
    severity: 'medium',
    why: 'A link is forwarded, indexed and forgotten; the file behind it goes on being open to whoever has it.',
    remedy: 'Set an expiry on each link, and a default for new ones.',
    effort: 'hours',
    catalogues: { sbs: ['SBS-FILE-001'] },
    profiles: { strict: {}, sbs: {} },
  },
  ['contentLinks'],
  ({ facts: { contentLinks } }) => {
    if (contentLinks.is === 'unknown') return unknownFamily('contentLinks', contentLinks)
    const { total, withoutExpiry } = contentLinks.value
    const fine = Array.from({ length: Math.max(0, total - withoutExpiry.length) }, () => ({
      ...right,
      subject: 'link',
    }))
    const open = withoutExpiry.map((name) => ({ ...wrong('The link never ends.', {}), subject: `link:${name}` }))
    return judgementOf([...fine, ...open], { noun: ['public link', 'public links'], wrong: 'never ends' })
  },
)
