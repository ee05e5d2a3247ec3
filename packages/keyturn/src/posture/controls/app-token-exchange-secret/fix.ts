import { appElements, setTo } from '../../fix/app-element.ts'
import { appFix } from '../../fix/app-fix.ts'
import { appSubject } from '../app-control.ts'

export const fix = appFix({
  control: 'app-token-exchange-secret',
  changedBy: 'owner',
  mend: (app) =>
    app.secretRequiredForTokenExchange.is === 'known' && app.secretRequiredForTokenExchange.value
      ? 'A secret that people’s devices hold is none; not to ask for it any more opens the flow, and a fix opens nothing: decide it in the app’s settings.'
      : {
          title: 'require the secret for token exchange',
          edits: [setTo(app, appElements.secretForExchange, 'true')],
          restricts: [{ is: 'secret-required', app: appSubject(app), at: 'token-exchange' }],
        },
})
