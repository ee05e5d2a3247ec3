import { appFix } from '../../fix/app-fix.ts'
import { blockApp } from '../../fix/block-app.ts'

export const fix = appFix({ control: 'app-unused', changedBy: 'org', mend: blockApp })
