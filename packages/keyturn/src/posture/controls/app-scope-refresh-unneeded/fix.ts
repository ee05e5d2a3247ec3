import { appFix } from '../../fix/app-fix.ts'
import { fewerScopes } from '../../fix/fewer-scopes.ts'
import { refreshScopes } from '../refresh-tokens.ts'

export const fix = appFix({
  control: 'app-scope-refresh-unneeded',
  changedBy: 'owner',
  mend: (app, asked) => fewerScopes(app, refreshScopes, asked),
})
