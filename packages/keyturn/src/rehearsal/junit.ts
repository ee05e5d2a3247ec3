/** The verdicts as JUnit's XML, which every CI server reads: a suite per reuse mode, a case per behaviour. */
import type { Rehearsal } from './rehearse.ts'

const escaped = (text: string): string => text.replace(/[<>&"'\n\r\t]/g, (character) => `&#${character.charCodeAt(0)};`)

export const junitXml = ({ findings }: Rehearsal, allowInconclusive: boolean): string => {
  const modes = findings[0]?.modes.map(({ mode }) => mode) ?? []
  const suites = modes.map((mode) => {
    const cases = findings.flatMap(({ id, title, modes: judged }) =>
      judged.filter((one) => one.mode === mode).map((one) => ({ id, title, ...one })),
    )
    const skipped = cases.filter(({ verdict }) => verdict === 'inconclusive' && allowInconclusive).length
    const failed = cases.filter(({ verdict }) => verdict !== 'pass').length - skipped
    const lines = cases.map(({ title, verdict, why, proof }) => {
      const open = `    <testcase classname="keyturn.rehearse.${mode}" name="${escaped(title)}"`
      if (verdict === 'pass') return `${open}/>`
      if (verdict === 'inconclusive' && allowInconclusive)
        return `${open}><skipped message="${escaped(why)}"/></testcase>`
      return `${open}><failure type="${verdict}" message="${escaped(why)}">${escaped(JSON.stringify(proof, null, 2))}</failure></testcase>`
    })
    const head = `  <testsuite name="keyturn rehearse (${mode})" tests="${cases.length}" failures="${failed}" skipped="${skipped}">`
    return [head, ...lines, '  </testsuite>'].join('\n')
  })
  return ['<?xml version="1.0" encoding="UTF-8"?>', '<testsuites>', ...suites, '</testsuites>', ''].join('\n')
}
