import { appFix } from '../../fix/app-fix.ts'
import { fewerScopes } from '../../fix/fewer-scopes.ts'
import { listIn } from '../parameters.ts'

export const fix = appFix({
  control: 'app-scope-full',
  changedBy: 'owner',
  mend: (app, asked) => {
    const scopes = listIn(asked.parameters, 'scopes')
    return fewerScopes(app, scopes.length === 0 ? ['Full'] : scopes, asked)
  },
})
