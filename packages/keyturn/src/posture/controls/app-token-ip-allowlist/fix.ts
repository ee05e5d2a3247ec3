import { partTypes } from '../../collectors/apps/external-apps.ts'
import { rangesOf } from '../../collectors/profiles/profiles.ts'
import { appFix } from '../../fix/app-fix.ts'
import { componentOf } from '../../fix/app-element.ts'
import { usesOfApp } from '../../fix/app-uses.ts'
import { requireNarrowerRanges } from '../../fix/never-wider.ts'
import { guessedRanges, rangeLimits, rangesSeen } from '../../fix/seen-ranges.ts'
import { appSubject } from '../app-control.ts'
import { rangeText } from '../addresses.ts'
import { callbackKind } from '../callbacks.ts'

export const fix = appFix({
  control: 'app-token-ip-allowlist',
  changedBy: 'owner',
  mend: (app, { snapshot }) => {
    if (app.kind === 'connected' || app.files === null || app.files === undefined)
      return 'No metadata of connected apps has the allowlist: set it in the app’s settings in Setup.'
    if (
      app.callbacks.is === 'known' &&
      app.callbacks.value.some((one) => ['local', 'native'].includes(callbackKind(one)))
    )
      return 'It serves people’s own devices too, which come from anywhere: give servers an app of their own.'
    const uses = usesOfApp(app, snapshot)
    if (typeof uses === 'string') return uses
    const ranges = rangesSeen(
      uses.filter(({ flow }) => flow === 'refresh' || flow === 'web-server' || flow === 'unsaid'),
      rangeLimits.tokenAllowlist,
      app.tokenIpRanges.is === 'known' ? app.tokenIpRanges.value : [],
    )
    if (typeof ranges === 'string') return ranges
    const { app: name } = app.files
    const there = componentOf(app, 'security')
    const component = there ?? { type: partTypes.security, fullName: `${name}_oauthSecurity` }
    const tokenIpRanges = ranges.map(({ from, to }) => ({ endIpAddress: to, startIpAddress: from }))
    return {
      title: `refresh tokens work from ${ranges.map(rangeText).join(', ')} only, as they were seen`,
      edits: [
        {
          ...component,
          edit: (body) => {
            const now = rangesOf(body?.['tokenIpRanges'], 'startIpAddress', 'endIpAddress')
            requireNarrowerRanges(ranges, now, `The allowlist of ${app.label}`)
            return { ...(body ?? { label: component.fullName }), externalClientApplication: name, tokenIpRanges }
          },
        },
      ],
      restricts: [{ is: 'token-addresses', app: appSubject(app), ranges }],
      untold: guessedRanges,
    }
  },
})
