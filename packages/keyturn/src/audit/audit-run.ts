/** A whole audit: what is read, saved, judged, entered in the ledger, and written. Big things are let go as soon as they can be. */
import { systemClock } from '@keyturn/tokens'
import type { Keyturn } from '@keyturn/tokens'
import { auditedCredentials } from './audited-credentials.ts'
import { requireRoom } from './audit-memory.ts'
import type { AuditDone, AuditTask } from './audit-task.ts'
import { withOpened } from '../wiring/opened.ts'
import { operatorName } from '../operator-name.ts'
import { orgConnection } from '../org/connection.ts'
import { paintFor } from '../output/colour.ts'
import { ownVersion } from '../own-version.ts'
import { auditSnapshot, choose } from '../posture/audit/audit-snapshot.ts'
import { renderParts } from '../posture/audit/formats/format.ts'
import { jsonTextParts } from '../posture/audit/formats/json-text.ts'
import { auditEntry } from '../posture/audit/ledger-entry.ts'
import { outcomeOf } from '../posture/audit/outcome.ts'
import { withOwnParameters } from '../posture/audit/own-parameters.ts'
import { neededFamilies, neededSettings } from '../posture/audit/profiles.ts'
import type { Chosen } from '../posture/audit/profiles.ts'
import type { AuditReport } from '../posture/audit/report.ts'
import { counted } from '../posture/audit/shown-text.ts'
import { reportFiles, writeReport } from '../posture/audit/write-reports.ts'
import { collect } from '../posture/collect.ts'
import { allControls } from '../posture/controls/registry.ts'
import { readSnapshot, writeSnapshot } from '../posture/snapshot-file.ts'
import type { Snapshot } from '../posture/snapshot.ts'
import { inBlocks } from '../posture/text-blocks.ts'
import { readWaivers } from '../posture/waivers/read-waivers.ts'
import { environment, readSettings } from '../settings.ts'
import type { Settings } from '../settings.ts'
import { signedBy } from '../signed-records.ts'

interface AuditOutput {
  /** Progress. */
  tell(text: string): void
  /** Stdout, in pieces. */
  print(text: string): void
}

type Tell = AuditOutput['tell']

export const runAudit = async (task: AuditTask, { tell, print }: AuditOutput): Promise<AuditDone> => {
  requireRoom([...task.compare, ...(task.of.is === 'snapshot' ? [task.of.path] : [])], task.megabytes)
  const settings = await readSettings(task.settings, task.cwd, environment())
  const report = await reportOf(task, settings, tell)
  const outcome = outcomeOf(report, task)
  for (const text of inBlocks(await written(task, report, outcome))) print(text)
  return { outcome }
}

const reportOf = async (task: AuditTask, settings: Settings, tell: Tell): Promise<AuditReport> => {
  const controls = withOwnParameters(await allControls(), settings.config.controls)
  const chosen = choose(controls, task)
  const waivers = [...(settings.config.waivers ?? []), ...(task.waivers === null ? [] : readWaivers(task.waivers))]
  const earlier = await Promise.all(task.compare.map((path) => readSnapshot(path)))
  const judge = (snapshot: Snapshot): AuditReport =>
    auditSnapshot({
      controls,
      snapshot,
      judgedAt: systemClock.wall(),
      profile: task.profile,
      only: task.only,
      waivers,
      earlier,
    })
  const { of } = task
  if (of.is === 'snapshot') return judge(await readSnapshot(of.path))
  return withOpened(settings, async (keyturn) => {
    const snapshot = await collected(keyturn, settings, of.grant, chosen, tell)
    if (task.save !== null) await writeSnapshot(task.save, snapshot)
    const report = judge(snapshot)
    const { records } = signedBy(operatorName(), keyturn).store
    await records.putAll([], auditEntry(of.grant, snapshot, report))
    return report
  })
}

const collected = async (
  keyturn: Keyturn,
  settings: Settings,
  grant: string,
  chosen: readonly Chosen[],
  tell: Tell,
): Promise<Snapshot> => {
  const snapshot = await collect({
    org: orgConnection(keyturn, grant),
    families: neededFamilies(chosen),
    settings: neededSettings(chosen),
    clock: systemClock,
    tell,
    elsewhere: { keyturn: () => auditedCredentials(keyturn, settings) },
  })
  const { total, mostAtOnce, ms } = snapshot.calls
  tell(`${counted(total, 'call')}, at most ${mostAtOnce} at once, ${(ms / 1000).toFixed(1)} s`)
  return snapshot
}

/** Writes what goes into files; returns what goes to stdout. */
const written = async (
  { formats, output, json, screen }: AuditTask,
  report: AuditReport,
  outcome: AuditDone['outcome'],
): Promise<Iterable<string>> => {
  const version = ownVersion()
  const files = output === null ? [] : reportFiles(formats, output)
  for (const { format, path } of files) writeReport(path, await renderParts(format, report, { version }))
  if (json) return jsonTextParts({ outcome, ...report })
  if (output === null) {
    const { isTTY, width } = screen
    const paint = paintFor({ isTTY }, environment())
    return renderParts(formats[0] ?? 'table', report, { version, screen: { paint, width: width ?? undefined } })
  }
  const { scoreText } = await import('../posture/audit/formats/markdown.ts')
  const { fail, unknown } = report.counts
  return [
    ...files.map(({ format, path }) => `${format}: ${path}\n`),
    `${scoreText(report)}; ${fail} failed, ${unknown} not judged\n`,
  ]
}
