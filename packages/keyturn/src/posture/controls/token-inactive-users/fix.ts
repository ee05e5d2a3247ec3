import { subjectFix } from '../../fix/subject-fix.ts'

export const fix = subjectFix('token-inactive-users', ({ subject }) => {
  const user = subject.replace(/^user:/u, '')
  return {
    change: {
      title: `Revoke the tokens of ${user}`,
      components: [],
      records: [],
      clicks: [`Setup, Users, ${user}, OAuth Connected Apps: Revoke each.`],
    },
    restricts: [{ is: 'nothing', why: 'the user can’t log in, and none of its tokens works until it can again' }],
  }
})
