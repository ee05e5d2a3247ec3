/** Files with secrets that git would take. */
import { controlOf } from '../asked.ts'
import { judgementOf, right, unknownFamily, wrong } from '../looks.ts'

export const control = controlOf(
  {
    id: 'repository-ignores',
    title: 'Git ignores the files that hold secrets',
    severity: 'high',
    why: 'The next commit of everything in the folder takes the environment file and the private key along.',
    remedy: 'Ignore .env, .env.local, .env.*.local, *.pem, *.key and server.key in every repository of an integration.',
    effort: 'minutes',
    catalogues: { checklist: ['4'] },
    profiles: { integration: {}, baseline: {}, strict: {} },
  },
  ['repository'],
  ({ facts: { repository } }) => {
    if (repository.is === 'unknown') return unknownFamily('repository', repository)
    const { repositories, notIgnored } = repository.value
    const looks = repositories.map((name) => {
      const patterns = notIgnored.filter((one) => one.repository === name).map(({ pattern }) => pattern)
      const answer =
        patterns.length === 0
          ? right
          : wrong(`Does not ignore ${patterns.join(', ')}.`, { patterns: patterns.join(' ') })
      return { ...answer, subject: `repository:${name}` }
    })
    return judgementOf(looks, { noun: ['repository', 'repositories'], wrong: 'git would take files with secrets' })
  },
)
