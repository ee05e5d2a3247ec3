import { rangesOf } from '../../collectors/profiles/profiles.ts'
import { appEdit, appElements } from '../../fix/app-element.ts'
import { appFix } from '../../fix/app-fix.ts'
import { usesOfApp } from '../../fix/app-uses.ts'
import { requireNarrowerRanges } from '../../fix/never-wider.ts'
import { guessedRanges, rangeLimits, rangesSeen } from '../../fix/seen-ranges.ts'
import { rangeText } from '../addresses.ts'
import { appSubject } from '../app-control.ts'

export const fix = appFix({
  control: 'app-trusted-ip-ranges',
  changedBy: 'owner',
  mend: (app, { snapshot }) => {
    if (app.ipRelaxation.is === 'unknown')
      return 'What its trusted ranges would do is not known: its IP relaxation was not read.'
    if (app.trustedIpRanges.is === 'unknown') return 'Its trusted ranges were not read.'
    const present = app.trustedIpRanges.value
    if (present.length === 0)
      return app.ipRelaxation.value === 'BYPASS_2FACTOR'
        ? 'With its IP relaxation of today whoever comes from a trusted range needs no second factor: to name the first one opens that way, and a fix opens nothing. Enforce the login ranges of profiles (`app-ip-relaxation`), or name its servers in its settings.'
        : 'With its IP relaxation of today trusted ranges take nothing from anybody; enforce the login ranges of profiles (`app-ip-relaxation`), and name its servers in its settings.'
    const uses = usesOfApp(app, snapshot)
    if (typeof uses === 'string') return uses
    const ranges = rangesSeen(
      uses.filter(({ flow }) => flow === 'web-server'),
      rangeLimits.trusted,
      present,
    )
    if (typeof ranges === 'string') return ranges
    const external = app.kind === 'external'
    const [start, end] = external ? (['startIpAddress', 'endIpAddress'] as const) : (['start', 'end'] as const)
    return {
      title: `trust ${ranges.map(rangeText).join(', ')} only, as they were seen`,
      edits: [
        appEdit(app, appElements.trustedRanges, (now) => {
          requireNarrowerRanges(ranges, rangesOf(now, start, end), `The trusted ranges of ${app.label}`)
          return ranges.map(({ from, to }) => ({ [end]: to, [start]: from }))
        }),
      ],
      restricts: [{ is: 'app-addresses', app: appSubject(app) }],
      untold: guessedRanges,
    }
  },
})
