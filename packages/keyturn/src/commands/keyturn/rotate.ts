import { string as argument } from '@oclif/core/args'
import { boolean, string } from '@oclif/core/flags'
import { KeyturnError, systemClock } from '@keyturn/tokens'
import type { Secret } from '@keyturn/tokens'
import { readDuration } from '../../config/duration.ts'
import { referenceOf } from '../../connect/secret-input.ts'
import { KeyturnCommand } from '../../keyturn-command.ts'
import type { Json } from '../../keyturn-command.ts'
import { operatorName } from '../../operator-name.ts'
import { table } from '../../output/table.ts'
import { isOver } from '../../rotation/credential.ts'
import type { Run } from '../../rotation/credential.ts'
import type { Advanced, Rotation } from '../../rotation/rotation.ts'
import { askPerson, taskLines } from '../../rotation/terminal/ask-person.ts'
import { eventLine, nextLines } from '../../rotation/terminal/run-screen.ts'
import { runView } from '../../rotation/views/credential-view.ts'
import type { Settings } from '../../settings.ts'

const usualWait = 15 * 60_000
/** How long a process that was killed is believed to be at it. */
const leaseLife = 31_000

export default class RotateCommand extends KeyturnCommand {
  static override summary = 'Turn a credential: make the new one, prove it, tell its consumers, retire the old one'
  static override description =
    'Runs the rotation of a credential of keyturn.yaml as far as it can go now. Every step is written down before and after it, so that a run that was killed goes on where it was, here, on another host or in `keyturn serve`. What can be taken back is taken back by itself when a step fails. Exit code 1 when the run was taken back, halted or waits for a person.'
  static override examples = [
    {
      description: 'What would be in the way? Changes nothing',
      command: '<%= config.bin %> <%= command.id %> erp --preflight',
    },
    { description: 'Now, and say why', command: '<%= config.bin %> <%= command.id %> erp --reason "laptop lost"' },
    {
      description: 'Go on after a crash, a wait, or what a person had to do',
      command: '<%= config.bin %> <%= command.id %> erp --resume',
    },
    { description: 'Take it back, where that exists', command: '<%= config.bin %> <%= command.id %> erp --cancel' },
    {
      description: 'End a run that is stuck where it can’t be taken back',
      command: '<%= config.bin %> <%= command.id %> erp --abandon',
    },
    {
      description: 'Give what a waiting run asks for, without a terminal',
      command: '<%= config.bin %> <%= command.id %> erp --resume --answer consumerSecret=env:NEW_SECRET',
    },
  ]
  static override args = { name: argument({ required: true, description: 'Name of the credential in keyturn.yaml' }) }
  static override flags = {
    preflight: boolean({
      exclusive: ['resume', 'cancel', 'abandon'],
      description: 'Only look at what would be in the way',
    }),
    reason: string({
      exclusive: ['resume', 'cancel', 'abandon'],
      helpValue: 'TEXT',
      description: 'Why; for the ledger and the report',
    }),
    resume: boolean({ exclusive: ['cancel', 'abandon'], description: 'Go on with the run that is there' }),
    cancel: boolean({ exclusive: ['abandon'], description: 'Take the run back, where that exists' }),
    abandon: boolean({
      description: 'End a stuck run that can’t be taken back: nothing is changed, both values are kept',
    }),
    answer: string({
      multiple: true,
      helpValue: 'NAME=REFERENCE',
      description: 'Something the run asks for: where it is (env:NAME, file:PATH, command:…)',
    }),
    decide: string({ multiple: true, helpValue: 'NAME', description: 'A decision the run asks for, such as retire' }),
    wait: string({ helpValue: 'SPAN', description: 'Wait no longer than this for one thing, then end; default 15m' }),
  }

  async run(): Promise<Json> {
    const { args, flags } = await this.parse(RotateCommand)
    const wait = flags.wait === undefined ? usualWait : readDuration(flags.wait)
    if (wait === null) throw new KeyturnError('BAD_ARGUMENT', '--wait is no span', { fix: 'Write 30s, 10m or 2h.' })
    return this.withKeyturn(flags, async (keyturn, settings) => {
      const { withRotation } = await import('../../wiring/rotation-opened.ts')
      return withRotation(keyturn, settings, (rotation) => this.turn(rotation, args.name, settings, { ...flags, wait }))
    })
  }

  private async turn(rotation: Rotation, name: string, settings: Settings, flags: Turn): Promise<Json> {
    rotation.settingsOf(name)
    if (flags.preflight) return this.preflight(rotation, name)
    const attended = process.stdin.isTTY && !this.jsonEnabled()
    const who = operatorName()
    const answers = await this.answers(flags, settings)
    const { id } = await this.begun(rotation, name, { ...flags, who, attended })
    const { run } = await this.follow(rotation, name, { id, attended, answers, wait: flags.wait })
    if (!this.jsonEnabled()) {
      const canGoBack = !isOver(run) && (await rotation.canBeTakenBack(name))
      const shown = { name, bin: this.bin, now: systemClock.wall(), canGoBack }
      for (const line of nextLines(run, shown)) this.tell(line)
    }
    const stuck = run.state === 'halted' || run.state === 'waiting-for-person'
    if (stuck || (run.state === 'rolled-back' && !flags.cancel)) this.answerNo()
    return { credential: name, run: { ...runView(run), steps: run.done, exposed: run.exposed } }
  }

  /** The run that is gone on with: a new one, or the one that is there as somebody wants it now. */
  private async begun(rotation: Rotation, name: string, wish: Wish): Promise<Pick<Run, 'id'>> {
    const { who, attended, reason: why = 'by hand' } = wish
    if (wish.cancel) return rotation.cancel(name, who)
    if (wish.abandon) return rotation.abandon(name, who)
    return wish.resume ? rotation.resume(name, who) : rotation.start(name, { why, who, attended })
  }

  private async preflight(rotation: Rotation, name: string): Promise<Json> {
    const problems = await rotation.preflight(name, process.stdin.isTTY)
    const rotator = await rotation.rotatorOf(name)
    const oneWay = rotator.steps.findIndex(({ undo }) => undo === 'impossible')
    const steps = rotator.steps.map(({ name: step, does }, index) => ({
      step,
      does,
      canBeTakenBack: oneWay < 0 || index < oneWay,
    }))
    this.log(
      table(steps, [
        { title: 'STEP', of: ({ step }) => step },
        { title: 'DOES', of: ({ does }) => does },
        { title: 'BACK', of: ({ canBeTakenBack }) => (canBeTakenBack ? 'yes' : 'no') },
      ]),
    )
    const switches = await rotation.switches(name)
    for (const { title, on } of switches) this.tell(`\nOrg switch “${title}”: ${switchText(on)}`)
    const { owner = null } = rotation.settingsOf(name).common
    this.tell(
      `\nOwner: ${owner ?? 'nobody is named as `owner`: who is needed is told by all channels of `notify`, if there are any'}`,
    )
    const oneWayDestinations = await rotation.oneWayDestinations(name)
    if (oneWayDestinations.length > 0)
      this.tell(
        `\nWould keep the new value if the run were taken back: ${oneWayDestinations.join(', ')}. Keyturn has not the value in use; \`${this.bin} credentials adopt ${name}\` gives it.`,
      )
    if (rotator.exposure !== null) this.tell(`\nExposed meanwhile: ${rotator.exposure}`)
    if (rotator.person !== null) this.tell(`\nA person must: ${rotator.person}`)
    for (const { text, code, next } of problems) this.tell(`\n${this.paint('red', '✗')} ${text} (${code})\n  ${next}`)
    this.tell(problems.length === 0 ? '\nNothing is in the way.' : '\nNothing was changed.')
    if (problems.length > 0) this.answerNo()
    const { kind, exposure, person } = rotator
    return { credential: name, kind, owner, steps, switches, oneWayDestinations, exposure, person, problems }
  }

  private async answers(flags: Turn, settings: Settings): Promise<Readonly<Record<string, Secret>>> {
    const [{ resolveReference }, { Secret: SecretOf }, { resolversOf }] = await Promise.all([
      import('@keyturn/tokens/maintenance'),
      import('@keyturn/tokens'),
      import('../../settings.ts'),
    ])
    const found: Record<string, Secret> = {}
    for (const one of flags.decide ?? []) found[one] = new SecretOf('yes')
    for (const one of flags.answer ?? []) {
      const [, name, reference] = /^([\w-]+)=(.+)$/s.exec(one) ?? []
      if (name === undefined || reference === undefined)
        throw new KeyturnError('BAD_ARGUMENT', '--answer is not NAME=REFERENCE', {
          fix: 'Write consumerSecret=env:NAME.',
        })
      found[name] = await resolveReference(
        referenceOf('answer', reference).reference,
        settings.env,
        resolversOf(settings),
      )
    }
    return found
  }

  /** A round of `keyturn serve` may be at the same step: then this waits for its turn. */
  private async advance(
    rotation: Rotation,
    name: string,
    { id, attended, answers, wait }: Following,
  ): Promise<Advanced> {
    for (const since = systemClock.boot(); ;) {
      try {
        return await rotation.advance(name, {
          attended,
          answers,
          tell: (event) => this.log(eventLine(event, systemClock.wall(), this.paint)),
        })
      } catch (error) {
        const ended =
          error instanceof KeyturnError && error.code === 'ROTATION_NOT_FOUND' ? await rotation.run(id) : null
        if (ended !== null) return { run: ended.run, over: true }
        const busy = error instanceof KeyturnError && error.code === 'ROTATION_BUSY'
        if (!busy || systemClock.boot() - since > Math.max(wait, leaseLife)) throw error
        await systemClock.sleep(1_000)
      }
    }
  }

  /** Until it is over, waits for a person who isn't here, or waits longer than somebody wants to watch. */
  private async follow(
    rotation: Rotation,
    name: string,
    { id, attended, answers, wait }: Following,
  ): Promise<Advanced> {
    let given = answers
    for (;;) {
      const advanced = await this.advance(rotation, name, { id, attended, answers: given, wait })
      given = {}
      const { run, over } = advanced
      if (over || run.state === 'halted') return advanced
      if (run.person !== null) {
        if (!attended) return advanced
        for (const line of taskLines(run.person)) this.tell(line)
        given = await askPerson(run.person)
        await rotation.resume(name, operatorName())
        continue
      }
      const left = (run.waitUntil ?? 0) - systemClock.wall()
      if (left > wait) return advanced
      await systemClock.sleep(Math.max(200, left))
    }
  }
}

const switchText = (on: boolean | null): string => {
  if (on === null) return 'not to be seen by this user; the run asks a person where it needs it'
  return on ? 'on, and left on' : 'off; the run switches it on for the steps that need it, and off again'
}

interface Following {
  readonly id: string
  readonly attended: boolean
  readonly answers: Readonly<Record<string, Secret>>
  readonly wait: number
}

interface Turn {
  readonly preflight: boolean
  readonly resume: boolean
  readonly cancel: boolean
  readonly abandon: boolean
  readonly reason?: string | undefined
  readonly answer?: readonly string[] | undefined
  readonly decide?: readonly string[] | undefined
  readonly wait: number
}

interface Wish extends Turn {
  readonly who: string
  readonly attended: boolean
}
