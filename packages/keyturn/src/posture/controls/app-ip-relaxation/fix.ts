import { appEdit, appElements } from '../../fix/app-element.ts'
import { appFix } from '../../fix/app-fix.ts'
import { appSubject } from '../app-control.ts'

export const fix = appFix({
  control: 'app-ip-relaxation',
  changedBy: 'org',
  mend: (app) => ({
    title: 'keep to the login IP ranges of its users',
    edits: [appEdit(app, appElements.relaxation, () => (app.kind === 'connected' ? 'ENFORCE' : 'Enforce'))],
    restricts: [{ is: 'app-addresses', app: appSubject(app) }],
  }),
})
