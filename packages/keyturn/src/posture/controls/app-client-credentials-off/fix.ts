import { appElements, setTo } from '../../fix/app-element.ts'
import { appFix } from '../../fix/app-fix.ts'
import { appSubject } from '../app-control.ts'

export const fix = appFix({
  control: 'app-client-credentials-off',
  changedBy: 'owner',
  mend: (app) => ({
    title: 'switch the client-credentials flow off',
    edits: [
      setTo(app, appElements.clientCredentials, 'false'),
      ...(app.clientCredentialsByPolicy?.is === 'known' && app.clientCredentialsByPolicy.value
        ? [setTo(app, appElements.clientCredentialsByPolicy, 'false')]
        : []),
    ],
    restricts: [{ is: 'flow-off', app: appSubject(app), flow: 'client-credentials' }],
  }),
})
