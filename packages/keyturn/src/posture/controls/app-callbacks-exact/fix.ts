import { appFix } from '../../fix/app-fix.ts'
import { fewerCallbacks } from '../../fix/fewer-callbacks.ts'
import { callbackKind } from '../callbacks.ts'

export const fix = appFix({
  control: 'app-callbacks-exact',
  changedBy: 'owner',
  mend: (app) =>
    fewerCallbacks(
      app,
      (callback) => ['plain-http', 'wildcard'].includes(callbackKind(callback)),
      'At which https address it answers only its owner knows: enter that first.',
    ),
})
