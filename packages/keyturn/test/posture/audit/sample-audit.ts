/** Audits by hand: as many findings as are asked for, of an org that calls things what it likes. */
import { auditReport } from '../../../src/posture/audit/report.ts'
import type { AuditReport, Auditing, Judged } from '../../../src/posture/audit/report.ts'
import type { Control, Evidence, Judgement, Severity } from '../../../src/posture/control.ts'

export const takenAt = Date.UTC(2026, 10, 2, 9)
export const day = 86_400_000

/** What names of an org may hold: each would do harm somewhere if it came through. */
export const hostile = [
  '<script>alert(1)</script><img src=x onerror=alert(2)>',
  '"><svg/onload=alert(3)>&amp;',
  "=HYPERLINK('http://evil.example','x')",
  "x;=cmd|' /C calc'!A0",
  '+1\t-2,@SUM(A1)',
  '\u001b[2J\u001b]0;owned\u0007\u009b31m',
  'line one\r\nline two: pass\n| cell | `code` ` | @octocat #1 https://evil.example www.evil.example',
  '\u202ereversed\u2066\ufeff',
  ']]> --> </style></title> %s ${x} {{x}}',
  '\ud800 half \u0000 nul \uffff',
  '![x](https://evil.example/x.png) [y](javascript:alert(1)) <!--',
  'L'.repeat(10_000),
] as const

export const snapshot: Auditing['snapshot'] = {
  takenAt,
  org: {
    id: '00D000000000001AAA',
    name: 'Acme Manufacturing',
    sandbox: false,
    instanceUrl: 'https://acme.my.salesforce.com',
  },
  auditor: { userId: '005000000000001AAA', username: 'auditor@acme.example' },
  calls: { total: 143, mostAtOnce: 8, ms: 18_400 },
}

export const control = (id: string, severity: Severity, changes: Partial<Control> = {}): Control => ({
  id,
  title: `Control ${id} holds for every app`,
  severity,
  why: 'An authorization code passes through browsers, histories and other apps of the device. Without PKCE whoever reads it can trade it for tokens.',
  remedy: 'Require PKCE in the settings of the app, after every client of its consumer key sends a code challenge.',
  effort: 'hours',
  families: ['apps'],
  catalogues: { sbs: ['SBS-OAUTH-001'] },
  profiles: { baseline: {} },
  judge: () => pass,
  ...changes,
})

export const pass: Judgement = { verdict: 'pass', why: '12 apps, all in order', evidence: [] }

export const evidenceOf = (subject: string, text = 'The code flow works without PKCE.'): Evidence => ({
  subject,
  text,
  facts: { pkceRequired: false, origin: 'local' },
})

export const failed = (...subjects: readonly string[]): Judgement => ({
  verdict: 'fail',
  why: `${subjects.length} of 12 apps: a stolen authorization code can be traded for tokens`,
  evidence: subjects.map((subject) => evidenceOf(subject)),
})

export const unknown = (...subjects: readonly string[]): Judgement => ({
  verdict: 'unknown',
  why: `${subjects.length} of 12 apps could not be judged`,
  evidence: subjects.map((subject) => ({
    subject,
    text: 'the auditor may not see it (needs Customize Application)',
    facts: { reason: 'permission', missing: 'Customize Application' },
  })),
})

export const judged = (one: Control, judgement: Judgement): Judged => ({ control: one, parameters: {}, judgement })

export const audit = (list: readonly Judged[], more: Partial<Auditing> = {}): AuditReport =>
  auditReport({
    snapshot,
    judgedAt: takenAt + 60_000,
    profile: 'baseline',
    judged: list,
    waivers: [],
    known: list.map((one) => one.control.id),
    ...more,
  })

/** One control of everything, named by everything hostile. */
export const hostileAudit = (): AuditReport => {
  const list = [
    judged(control('app-pkce', 'critical'), {
      verdict: 'fail',
      why: `1 of 2 apps: ${hostile[0]}`,
      evidence: hostile.map((name) => ({
        subject: `app:${name}`,
        text: `It is called ${name}`,
        facts: { label: name },
      })),
      undecided: hostile.map((name) => evidenceOf(`app:${name}?`, name)),
    }),
    judged(control('app-scope', 'high'), unknown(...hostile.map((name) => `user:${name}`))),
    judged(control('session-timeout', 'low'), pass),
    judged(control('saml', 'info'), { verdict: 'not-applicable', why: 'there is none', evidence: [] }),
    judged(control('app-secret', 'medium'), failed(`app:${hostile[0]}`)),
  ]
  const waivers = [
    { control: 'app-secret', subject: '*', reason: `because ${hostile[0]}`, owner: hostile[2], expires: '2026-12-31' },
    { control: 'app-secret', subject: `x${hostile[7]}`, reason: hostile[6], owner: hostile[5], expires: '2026-12-31' },
  ]
  const earlier = [
    { takenAt: takenAt - 30 * day, judged: [judged(control('session-timeout', 'low'), failed(...hostile))] },
  ]
  const org = { ...snapshot.org, name: hostile.slice(0, 11).join(' ') }
  return audit(list, {
    waivers,
    earlier,
    snapshot: { ...snapshot, org, auditor: { userId: 'x', username: hostile[0] } },
  })
}
