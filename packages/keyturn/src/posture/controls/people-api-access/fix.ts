import { permissionFix } from '../../fix/permission-fix.ts'

export const fix = permissionFix('people-api-access', 'ApiEnabled')
