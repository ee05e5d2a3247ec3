import { appElements, atMost } from '../../fix/app-element.ts'
import { appFix } from '../../fix/app-fix.ts'
import { shorterPolicy } from '../../fix/refresh-policy-edit.ts'
import { numberIn } from '../parameters.ts'

export const fix = appFix({
  control: 'app-cli-expiry',
  changedBy: 'org',
  mend: (app, { parameters }, subject) => {
    const [days, minutes] = [numberIn(parameters, 'refreshDays', 90), numberIn(parameters, 'accessMinutes', 15)]
    const { refreshTokenPolicy: policy, sessionTimeoutMinutes: timeout } = app
    const lives =
      policy.is === 'known'
        ? Math.min(policy.value.idleDays ?? Infinity, policy.value.lifetimeDays ?? Infinity)
        : Infinity
    const shorter = lives > days ? shorterPolicy(app, days) : null
    if (typeof shorter === 'string') return shorter
    const long = timeout.is === 'unknown' || timeout.value > minutes
    return {
      title: [
        ...(shorter === null ? [] : [shorter.title]),
        ...(long ? [`access tokens live ${minutes} minutes`] : []),
      ].join(', '),
      edits: [...(shorter?.edits ?? []), ...(long ? [atMost(app, appElements.sessionMinutes, minutes)] : [])],
      restricts: [
        ...(shorter?.restricts ?? []),
        ...(long ? [{ is: 'session-timeout', app: subject, profile: null } as const] : []),
      ],
    }
  },
})
