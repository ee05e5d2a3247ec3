/**
 * JSON in pieces, together the text that `JSON.stringify` gives: facts and reports of a large org are tens of megabytes,
 * and as one text they would be the most an audit ever holds.
 */

/** Deep enough for the single rows: `facts` · family · `value` · `tokens` · row; `results` · result · `findings` · finding. */
const levels = 5

/** `indent`: blanks a level; 0: all on one line. */
export const jsonParts = (value: unknown, indent = 0): Generator<string> => parts(value, indent, 0)

function* parts(value: unknown, indent: number, depth: number): Generator<string> {
  const line = (level: number): string => (indent === 0 ? '' : `\n${' '.repeat(indent * level)}`)
  if (depth === levels || typeof value !== 'object' || value === null) {
    // What JSON has no word for is null in a list; members of that kind are left out below.
    yield (JSON.stringify(value, null, indent) ?? 'null').replaceAll('\n', line(depth) || '\n')
    return
  }
  const list = Array.isArray(value)
  const [open, close] = list ? '[]' : '{}'
  let empty = true
  for (const [name, one] of list ? (value as readonly unknown[]).entries() : Object.entries(value)) {
    if (!list && one === undefined) continue
    yield `${empty ? open : ','}${line(depth + 1)}${list ? '' : `${JSON.stringify(name)}:${indent === 0 ? '' : ' '}`}`
    yield* parts(one, indent, depth + 1)
    empty = false
  }
  yield empty ? `${open}${close}` : `${line(depth)}${close}`
}
