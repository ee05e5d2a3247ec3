import { appElements, setTo } from '../../fix/app-element.ts'
import { appFix } from '../../fix/app-fix.ts'
import { appSubject } from '../app-control.ts'

export const fix = appFix({
  control: 'app-device-flow',
  changedBy: 'owner',
  mend: (app) => ({
    title: 'switch the device flow off',
    edits: [setTo(app, appElements.deviceFlow, 'false')],
    restricts: [{ is: 'flow-off', app: appSubject(app), flow: 'device' }],
  }),
})
