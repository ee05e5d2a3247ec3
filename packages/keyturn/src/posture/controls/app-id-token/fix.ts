import { appElements, atMost } from '../../fix/app-element.ts'
import { appFix } from '../../fix/app-fix.ts'
import { numberIn } from '../parameters.ts'

export const fix = appFix({
  control: 'app-id-token',
  changedBy: 'owner',
  mend: (app, { parameters }) => {
    const minutes = numberIn(parameters, 'minutes', 2)
    if (app.idToken.is === 'unknown' || app.idToken.value === null) return 'Its id tokens were not read.'
    if (app.idToken.value.audiences.length === 0)
      return 'For whom its id tokens are only the app’s owner knows: name the audiences in its settings.'
    return {
      title: `id tokens are valid for ${minutes} minutes`,
      edits: [atMost(app, appElements.idTokenMinutes, minutes)],
      restricts: [{ is: 'nothing', why: 'an id token is read when somebody signs in, and logins go on' }],
      untold: [`which services read an id token later than ${minutes} minutes after it was made`],
    }
  },
})
