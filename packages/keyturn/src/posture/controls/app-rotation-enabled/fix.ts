import { appElements, setTo } from '../../fix/app-element.ts'
import { appFix } from '../../fix/app-fix.ts'
import { appSubject } from '../app-control.ts'

export const fix = appFix({
  control: 'app-rotation-enabled',
  changedBy: 'owner',
  mend: (app) => ({
    title: 'rotate refresh tokens',
    edits: [setTo(app, appElements.rotation, 'true')],
    restricts: [{ is: 'rotation', app: appSubject(app) }],
  }),
})
