import { appElements, setTo } from '../../fix/app-element.ts'
import { appFix } from '../../fix/app-fix.ts'
import { appSubject } from '../app-control.ts'
import { isPublicClient } from '../callbacks.ts'

export const fix = appFix({
  control: 'app-code-credential-secret',
  changedBy: 'owner',
  mend: (app) => {
    const onDevices = app.callbacks.is === 'known' && isPublicClient(app.callbacks.value)
    const asksSecret = app.secretRequiredForWebServer.is === 'known' && app.secretRequiredForWebServer.value
    if (onDevices && asksSecret)
      return 'A secret that people’s devices hold is none; not to ask for it any more opens the flow, and a fix opens nothing: decide it in the app’s settings.'
    return {
      title: onDevices ? 'require PKCE' : 'require PKCE and the secret',
      edits: [
        setTo(app, appElements.pkce, 'true'),
        ...(onDevices ? [] : [setTo(app, appElements.secretOptional, 'false')]),
      ],
      restricts: [
        { is: 'pkce', app: appSubject(app) },
        ...(onDevices ? [] : [{ is: 'secret-required', app: appSubject(app), at: 'web-server' } as const]),
      ],
    }
  },
})
