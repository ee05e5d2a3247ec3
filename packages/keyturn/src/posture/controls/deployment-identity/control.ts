/** Who deploys to production. */
import { counted } from '../counted.ts'
import { controlOf } from '../asked.ts'
import { judgementOf, right, unknownFamily, wrong } from '../looks.ts'
import { listIn } from '../parameters.ts'

export const control = controlOf(
  {
    id: 'deployment-identity',
    title: 'One identity deploys to production',
    severity: 'medium',
    why: 'When only one user deploys, a change of metadata by anybody else is news. When many do, an intruder’s is one more.',
    remedy:
      'Give the pipeline a user of its own, name it in `identities`, and take the deployment permissions from people.',
    effort: 'days',
    catalogues: { sbs: ['SBS-DEP-001'] },
    profiles: {
      strict: { identities: [] },
      sbs: { identities: [], because: 'without names the one with most deployments is taken' },
    },
  },
  ['deployments'],
  ({ facts: { deployments }, parameters, org }) => {
    if (org.sandbox) return { verdict: 'not-applicable', why: 'this is a sandbox', evidence: [] }
    if (deployments.is === 'unknown') return unknownFamily('deployments', deployments)
    const named = listIn(parameters, 'identities')
    const most = [...deployments.value].sort((a, b) => b.count - a.count)[0]?.by
    const expected = named.length > 0 ? named : most === undefined ? [] : [most]
    const looks = deployments.value.map(({ by, count, last }) => ({
      ...(expected.includes(by) ? right : wrong(`Deployed ${counted(count, 'time')}.`, { count, last })),
      subject: `user:${by}`,
    }))
    return judgementOf(looks, {
      noun: ['user that deployed', 'users that deployed'],
      wrong: 'not among the identities that deploy',
    })
  },
)
