import { subjectFix } from '../../fix/subject-fix.ts'
import { numberIn } from '../parameters.ts'

/** The metadata has no tokens, and a token’s own handle to revoke it is a secret that no fact holds. */
export const fix = subjectFix('token-stale', ({ subject }, { parameters }) => {
  const app = subject.replace(/^tokens:/u, '')
  const days = numberIn(parameters, 'days', 90)
  return {
    change: {
      title: `${app}: revoke the tokens that were not used for ${days} days`,
      components: [],
      records: [],
      clicks: [
        `Setup, Connected Apps OAuth Usage, User Count of ${app}: Revoke each token last used more than ${days} days ago.`,
      ],
    },
    restricts: [{ is: 'token-lifetime', app, idleDays: days, lifetimeDays: null }],
  }
})
