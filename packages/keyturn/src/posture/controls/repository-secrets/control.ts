/** Secrets in repositories, the tip and every commit before it. */
import { controlOf } from '../asked.ts'
import { judgementOf, right, unknownFamily, wrong } from '../looks.ts'

export const control = controlOf(
  {
    id: 'repository-secrets',
    title: 'No credential is in a repository',
    severity: 'critical',
    why: 'Everybody who ever cloned it has it, and deleting the line does not delete the commit.',
    remedy:
      'Rotate the credential first, then refer to it by vault, file, command or environment; rewriting history comes last.',
    effort: 'hours',
    catalogues: { checklist: ['3'], sbs: ['SBS-DEP-005'] },
    profiles: { integration: {}, baseline: {}, strict: {}, sbs: {} },
  },
  ['repository'],
  ({ facts: { repository } }) => {
    if (repository.is === 'unknown') return unknownFamily('repository', repository)
    const { repositories, secrets } = repository.value
    const fine = repositories.map((name) => ({ ...right, subject: `repository:${name}` }))
    const found = secrets.map(({ path, kind, inHistoryOnly }) => ({
      ...wrong(inHistoryOnly ? `A ${kind}, in an earlier commit.` : `A ${kind}.`, { kind, inHistoryOnly }),
      subject: `file:${path}`,
    }))
    return judgementOf([...fine, ...found], {
      noun: ['repository or find', 'repositories and finds'],
      wrong: 'a credential is there',
    })
  },
)
