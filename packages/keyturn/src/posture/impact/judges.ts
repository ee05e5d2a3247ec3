/** Every kind of restriction with its judge: a kind that is missing here does not compile. */
import type { Judge } from './judge.ts'
import { apiAccessControl } from './kinds/api-access-control.ts'
import { appAddresses } from './kinds/app-addresses.ts'
import { callbacks, pkce, secretRequired } from './kinds/authorisations.ts'
import { blockedApp } from './kinds/blocked-app.ts'
import { flowOff } from './kinds/flow-off.ts'
import { loginAddresses } from './kinds/login-addresses.ts'
import { lockout } from './kinds/lockout.ts'
import { loginHours } from './kinds/login-hours.ts'
import { mfa } from './kinds/mfa.ts'
import { myDomainOnly } from './kinds/my-domain-only.ts'
import { passwordsExpire } from './kinds/passwords-expire.ts'
import { permissionRemoved } from './kinds/permission-removed.ts'
import { permittedUsers } from './kinds/permitted-users.ts'
import { rotation } from './kinds/rotation.ts'
import { scopes } from './kinds/scopes.ts'
import { sessionAddress } from './kinds/session-address.ts'
import { sessionTimeout } from './kinds/session-timeout.ts'
import { soapLoginOff } from './kinds/soap-login-off.ts'
import { tokenAddresses } from './kinds/token-addresses.ts'
import { tokenLifetime } from './kinds/token-lifetime.ts'
import { usersOff } from './kinds/users-off.ts'
import type { Restriction } from './restriction.ts'

const nothing: Judge<'nothing'> = { needs: [], prepare: () => () => null }

export const judges: { readonly [K in Restriction['is']]: Judge<K> } = {
  'permitted-users': permittedUsers,
  'blocked-app': blockedApp,
  'login-addresses': loginAddresses,
  'app-addresses': appAddresses,
  'token-addresses': tokenAddresses,
  'login-hours': loginHours,
  scopes,
  callbacks,
  pkce,
  'flow-off': flowOff,
  'secret-required': secretRequired,
  rotation,
  'token-lifetime': tokenLifetime,
  mfa,
  'permission-removed': permissionRemoved,
  'soap-login-off': soapLoginOff,
  'api-access-control': apiAccessControl,
  'my-domain-only': myDomainOnly,
  'users-off': usersOff,
  'passwords-expire': passwordsExpire,
  'session-address': sessionAddress,
  'session-timeout': sessionTimeout,
  lockout,
  nothing,
}
