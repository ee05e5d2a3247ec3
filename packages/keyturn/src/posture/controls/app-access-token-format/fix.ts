import { appElements, setTo } from '../../fix/app-element.ts'
import { appFix } from '../../fix/app-fix.ts'

export const fix = appFix({
  control: 'app-access-token-format',
  changedBy: 'owner',
  mend: (app, { parameters }) =>
    parameters['format'] === 'jwt'
      ? 'A JWT lives to its end whatever happens: to hand them out is a decision about the app, and not a narrowing.'
      : {
          title: 'hand out opaque access tokens',
          edits: [setTo(app, appElements.jwtTokens, 'false')],
          restricts: [{ is: 'nothing', why: 'logins and tokens go on' }],
          untold: ['which servers read the app’s access tokens as JWTs'],
        },
})
