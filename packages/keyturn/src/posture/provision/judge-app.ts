/**
 * A new app judged by the controls an audit would judge it by: those of the partner requirements and of the baseline that
 * look at apps alone. What was asked for with a reason is no finding; what the org doesn't show is said.
 */
import type { Clock } from '@keyturn/tokens'
import type { OrgConnection } from '../../org/connection.ts'
import { collect } from '../collect.ts'
import type { Control, ProfileName } from '../control.ts'
import { appSubject } from '../controls/app-control.ts'
import { allControls } from '../controls/registry.ts'
import { known } from '../fact.ts'
import type { Snapshot } from '../snapshot.ts'
import type { AppDescription } from './app-description.ts'

interface AppFinding {
  readonly control: string
  readonly text: string
}

export interface AppJudgement {
  readonly passed: readonly string[]
  readonly failed: readonly AppFinding[]
  /** Wrong by a control, and asked for with a reason. */
  readonly accepted: readonly AppFinding[]
  readonly unknown: readonly AppFinding[]
}

const judgedBy: readonly ProfileName[] = ['partner-2026', 'baseline']

/** Of a description’s reasons, the control that each answers. */
const answers: Readonly<Record<string, string>> = {
  full: 'app-scope-full',
  device: 'app-device-flow',
  anywhere: 'app-token-ip-allowlist',
  localCallback: 'app-callbacks-local',
}

const ofApps = ({ id, families }: Control): boolean =>
  // What is new was never used; what the org's settings do for every app is no merit of this one, and isn't read.
  id.startsWith('app-') && id !== 'app-unused' && families.every((family) => family === 'apps' || family === 'settings')

const isOfAnApp = ({ subject }: { readonly subject: string }): boolean => /^(app|eca|uninstalled):/.test(subject)

/** Pure. */
export const judgeAppIn = (
  snapshot: Snapshot,
  controls: readonly Control[],
  name: string,
  reasons: NonNullable<AppDescription['reasons']> = {},
): AppJudgement => {
  const subject = appSubject({ kind: 'external', name, origin: known('local') })
  const excused = new Set(Object.keys(reasons).map((reason) => answers[reason]))
  const passed: string[] = []
  const failed = new Map<string, AppFinding>()
  const accepted = new Map<string, AppFinding>()
  const unknown = new Map<string, AppFinding>()
  for (const control of controls.filter(ofApps))
    for (const profile of judgedBy) {
      const parameters = control.profiles[profile]
      if (parameters === undefined) continue
      const { verdict, why, evidence, undecided = [] } = control.judge(snapshot.facts, parameters, snapshot)
      const mine = [...evidence, ...undecided].filter((one) => one.subject === subject)
      const finding = { control: control.id, text: mine.map(({ text }) => text).join(' ') || why }
      const isWrong = verdict === 'fail' && evidence.some((one) => one.subject === subject)
      if (isWrong) (excused.has(control.id) ? accepted : failed).set(control.id, finding)
      // What is unknown of another app says nothing of this one; what is unknown of no app does.
      else if (mine.length > 0 || (verdict === 'unknown' && (evidence.length === 0 || !evidence.every(isOfAnApp))))
        unknown.set(control.id, finding)
      else if (!passed.includes(control.id)) passed.push(control.id)
    }
  const wrong = [...failed.keys(), ...accepted.keys(), ...unknown.keys()]
  return {
    passed: passed.filter((id) => !wrong.includes(id)),
    failed: [...failed.values()],
    accepted: [...accepted.values()],
    unknown: [...unknown.values()].filter(({ control }) => !failed.has(control) && !accepted.has(control)),
  }
}

export const judgeApp = async (
  org: OrgConnection,
  clock: Clock,
  name: string,
  reasons: AppDescription['reasons'],
): Promise<AppJudgement> => {
  const [snapshot, controls] = await Promise.all([collect({ org, families: ['apps'], clock }), allControls()])
  const { apps } = snapshot.facts
  const there = apps.is === 'known' && apps.value.some((app) => app.kind === 'external' && app.name === name)
  if (!there) {
    const text = apps.is === 'known' ? 'the list of apps does not show it yet' : apps.text
    return { passed: [], failed: [], accepted: [], unknown: [{ control: 'all', text }] }
  }
  return judgeAppIn(snapshot, controls, name, reasons)
}
