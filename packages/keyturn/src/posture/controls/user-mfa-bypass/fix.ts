import { permissionFix } from '../../fix/permission-fix.ts'

export const fix = permissionFix('user-mfa-bypass', 'BypassMFAForUiLogins')
