import { permissionFix } from '../../fix/permission-fix.ts'

export const fix = permissionFix('user-password-never-expires', 'PasswordNeverExpires')
