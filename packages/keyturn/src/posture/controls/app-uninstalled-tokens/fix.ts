import { subjectFix } from '../../fix/subject-fix.ts'
import { appOf } from '../../fix/app-fix.ts'

/** No API blocks an app that is not installed. */
export const fix = subjectFix('app-uninstalled-tokens', ({ subject }, asked) => {
  const app = appOf(subject, asked)
  if (typeof app === 'string') return app
  return {
    change: {
      title: `${app.label}: block it`,
      components: [],
      records: [],
      clicks: [
        `Setup, Connected Apps OAuth Usage, ${app.label}: Block; or Install, and set its policies there.`,
        `The same page, User Count of ${app.label}: Revoke All.`,
      ],
    },
    restricts: [{ is: 'blocked-app', app: subject }],
  }
})
