/**
 * The form of a control about one permission: its holders, besides those that were documented by name. An org whose
 * describe doesn't know the permission can't grant it, and that it is not among a user's permissions says nothing
 * until the names are known.
 */
import type { Control } from '../control.ts'
import type { UserFact } from '../facts.ts'
import type { Asked, ControlText } from './asked.ts'
import { apart, given, right, wrong } from './looks.ts'
import { listIn } from './parameters.ts'
import { userControl } from './user-control.ts'

interface HoldersControl extends ControlText {
  readonly permission: string
  readonly wrong: string
  /** Users it is not asked of, whatever they hold. */
  readonly except?: (user: UserFact, asked: Asked) => boolean
}

export const holdersControl = ({ permission, wrong: matter, except = () => false, ...text }: HoldersControl): Control =>
  userControl({
    ...text,
    who: 'active',
    wrong: matter,
    families: ['permissionNames'],
    look: (user, asked) =>
      given(asked.facts.permissionNames, (names) => {
        if (!names.includes(permission) || except(user, asked)) return apart
        return given(user.permissions, (held) =>
          !held.includes(permission) || listIn(asked.parameters, 'documented').includes(user.username)
            ? right
            : wrong(`Holds ${permission}, and no reason is on record.`, { permission }),
        )
      }),
  })
