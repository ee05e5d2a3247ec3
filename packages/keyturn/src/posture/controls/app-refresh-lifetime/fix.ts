import { appFix } from '../../fix/app-fix.ts'
import { shorterPolicy } from '../../fix/refresh-policy-edit.ts'
import { numberIn } from '../parameters.ts'

export const fix = appFix({
  control: 'app-refresh-lifetime',
  changedBy: 'org',
  mend: (app, { parameters }) => shorterPolicy(app, numberIn(parameters, 'days', 365)),
})
