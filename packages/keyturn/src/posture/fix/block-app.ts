/** An app is blocked: its sessions end and no login of it works. It can be unblocked as it was. */
import { withElement } from '../../org/metadata-component.ts'
import { appSubject } from '../controls/app-control.ts'
import type { AppFact } from '../facts.ts'
import { componentOf, present } from './app-element.ts'
import type { AppMend } from './app-fix.ts'

export const blockApp = (app: AppFact): AppMend => {
  const component = componentOf(app, 'app')
  const edit =
    component === null
      ? null
      : {
          ...component,
          edit: (body: Parameters<typeof present>[0]) => {
            const is = present(body, `${component.type} ${component.fullName}`)
            return app.kind === 'connected'
              ? withElement(is, ['sessionPolicy', 'policyAction'], 'Block')
              : withElement(is, ['isEnabled'], 'false')
          },
        }
  return { title: 'block it', edits: [edit], restricts: [{ is: 'blocked-app', app: appSubject(app) }] }
}
