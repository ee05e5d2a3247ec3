import { appFix } from '../../fix/app-fix.ts'
import { fewerCallbacks } from '../../fix/fewer-callbacks.ts'
import { callbackKind } from '../callbacks.ts'

export const fix = appFix({
  control: 'app-callbacks-local',
  changedBy: 'owner',
  mend: (app) =>
    fewerCallbacks(
      app,
      (callback) => callbackKind(callback) === 'local',
      'Give the tools that run on people’s computers an app of their own, without a secret and with PKCE.',
    ),
})
