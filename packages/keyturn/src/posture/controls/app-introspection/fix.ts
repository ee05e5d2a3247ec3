import { appElements, setTo } from '../../fix/app-element.ts'
import { appFix } from '../../fix/app-fix.ts'

export const fix = appFix({
  control: 'app-introspection',
  changedBy: 'owner',
  mend: (app) => ({
    title: 'let it look at its own tokens only',
    edits: [setTo(app, appElements.introspection, 'false')],
    restricts: [{ is: 'nothing', why: 'logins and tokens go on' }],
    untold: ['whether a server asks as this app about the tokens of others, as one that serves several apps does'],
  }),
})
