import { appEdit, appElements } from '../../fix/app-element.ts'
import { appFix } from '../../fix/app-fix.ts'
import { usesOfApp } from '../../fix/app-uses.ts'
import { guessedRanges, rangeLimits, rangesSeen } from '../../fix/seen-ranges.ts'
import { rangeText } from '../addresses.ts'
import { appSubject } from '../app-control.ts'

export const fix = appFix({
  control: 'app-trusted-ip-ranges',
  changedBy: 'owner',
  mend: (app, { snapshot }) => {
    if (app.ipRelaxation.is === 'unknown')
      return 'What its trusted ranges would do is not known: its IP relaxation was not read.'
    // There the ranges are what lets its logins walk around those of profiles.
    if (
      app.ipRelaxation.value !== 'BYPASS_2FACTOR' &&
      app.trustedIpRanges.is === 'known' &&
      app.trustedIpRanges.value.length === 0
    )
      return 'With its IP relaxation of today trusted ranges take nothing from anybody; enforce the login ranges of profiles (`app-ip-relaxation`), and name its servers in its settings.'
    const uses = usesOfApp(app, snapshot)
    if (typeof uses === 'string') return uses
    const ranges = rangesSeen(
      uses.filter(({ flow }) => flow === 'web-server'),
      rangeLimits.trusted,
    )
    if (typeof ranges === 'string') return ranges
    const external = app.kind === 'external'
    const [start, end] = external ? ['startIpAddress', 'endIpAddress'] : ['start', 'end']
    return {
      title: `trust ${ranges.map(rangeText).join(', ')} only, as they were seen`,
      edits: [
        appEdit(app, appElements.trustedRanges, () =>
          ranges.map(({ from, to }) => ({ [end ?? '']: to, [start ?? '']: from })),
        ),
      ],
      restricts: [{ is: 'app-addresses', app: appSubject(app) }],
      untold: guessedRanges,
    }
  },
})
