import { appElements, setTo } from '../../fix/app-element.ts'
import { appFix } from '../../fix/app-fix.ts'
import { appSubject } from '../app-control.ts'
import { isPublicClient } from '../callbacks.ts'

export const fix = appFix({
  control: 'app-secret-refresh',
  changedBy: 'owner',
  mend: (app) =>
    app.callbacks.is === 'known' && isPublicClient(app.callbacks.value)
      ? 'Its clients are on people’s devices and can’t keep a secret: require rotation instead, or waive it.'
      : {
          title: 'require the secret for refreshing',
          edits: [setTo(app, appElements.secretForRefresh, 'true')],
          restricts: [{ is: 'secret-required', app: appSubject(app), at: 'refresh' }],
        },
})
