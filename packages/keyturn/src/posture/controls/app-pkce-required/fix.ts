import { appElements, setTo } from '../../fix/app-element.ts'
import { appFix } from '../../fix/app-fix.ts'
import { appSubject } from '../app-control.ts'

export const fix = appFix({
  control: 'app-pkce-required',
  changedBy: 'owner',
  mend: (app) => ({
    title: 'require PKCE',
    edits: [setTo(app, appElements.pkce, 'true')],
    restricts: [{ is: 'pkce', app: appSubject(app) }],
  }),
})
