import { appElements, setTo } from '../../fix/app-element.ts'
import { appFix } from '../../fix/app-fix.ts'
import { shorterPolicy } from '../../fix/refresh-policy-edit.ts'
import { appSubject, isForeign } from '../app-control.ts'
import { flagIn, numberIn } from '../parameters.ts'

export const fix = appFix({
  control: 'app-idle-ttl',
  changedBy: 'org',
  mend: (app, { parameters }) => {
    const days = numberIn(parameters, 'days', 30)
    if (!flagIn(parameters, 'switch', false)) return shorterPolicy(app, days)
    if (isForeign(app)) return 'The switch is its owner’s; a refresh token policy of this org has the same effect.'
    return {
      title: 'limit the idle time of refresh tokens to 30 days',
      edits: [setTo(app, appElements.idleLimit, 'true')],
      restricts: [{ is: 'token-lifetime', app: appSubject(app), idleDays: 30, lifetimeDays: null }],
    }
  },
})
