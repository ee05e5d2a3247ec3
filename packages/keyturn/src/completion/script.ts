/**
 * Completion scripts for bash, zsh and fish, made from the command table: words of commands, flags, and for the first
 * argument of most commands the names of the grants, which the script asks Keyturn for.
 */
import type { CommandEntry } from '../command-table.ts'

type Shell = 'bash' | 'zsh' | 'fish'

interface Entry {
  /** `grants show` */
  readonly words: string
  readonly summary: string
  readonly flags: readonly { readonly name: string; readonly summary: string; readonly takesValue: boolean }[]
  /** The first argument is the name of a grant that exists. */
  readonly grant: boolean
}

const grantNaming = new Set([
  'token',
  'exec',
  'fields',
  'fix',
  'connect',
  'grants:show',
  'grants:remove',
  'grants:revoke',
  'grants:retry',
  'rtr',
  'rtr:status',
  'rtr:enable',
  'rtr:roll-back',
  'rtr:ready',
  'rtr:notice',
  'rtr:limit',
  'provision:app',
  'provision:integration-user',
  'provision:grant-field',
  'provision:allow-address',
])

const entryOf = ({ id, command }: CommandEntry): Entry => ({
  words: id.replaceAll(':', ' '),
  summary: command.summary ?? '',
  grant: grantNaming.has(id),
  flags: [
    ...Object.entries({ ...command.baseFlags, ...command.flags }).flatMap(([name, flag]) => {
      const { description = '', type, allowNo } = flag as { description?: string; type: string; allowNo?: boolean }
      const named = { name: `--${name}`, summary: description, takesValue: type === 'option' }
      return allowNo === true ? [{ ...named, name: `--no-${name}` }] : [named]
    }),
    ...(command.enableJsonFlag ? [{ name: '--json', summary: 'Print JSON', takesValue: false }] : []),
    { name: '--help', summary: 'Show help', takesValue: false },
  ],
})

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

const bash = (entries: readonly Entry[]): string => `# bash completion of keyturn:  source <(keyturn completion bash)
_keyturn() {
  local current="\${COMP_WORDS[COMP_CWORD]}" words="" candidates="" index
  for ((index = 1; index < COMP_CWORD; index++)); do
    [[ "\${COMP_WORDS[index]}" == -* ]] && break
    words="\${words:+$words }\${COMP_WORDS[index]}"
  done
  case "$words" in
    '') candidates=${quoted(tops(entries).join(' '))} ;;
${entries.map((entry) => `    ${quoted(entry.words)}) candidates=${quoted([...below(entries, entry.words), ...entry.flags.map(({ name }) => name)].join(' '))}${entry.grant ? '" $(keyturn completion --grants 2>/dev/null)"' : ''} ;;`).join('\n')}
${topicsOnly(entries)
  .map((topic) => `    ${quoted(topic)}) candidates=${quoted(below(entries, topic).join(' '))} ;;`)
  .join('\n')}
${entries.map((entry) => `    ${quoted(`${entry.words} `)}*) candidates=${quoted(entry.flags.map(({ name }) => name).join(' '))} ;;`).join('\n')}
  esac
  COMPREPLY=($(compgen -W "$candidates" -- "$current"))
}
complete -o default -F _keyturn keyturn
`

const zsh = (entries: readonly Entry[]): string => `#compdef keyturn
# zsh completion of keyturn:  keyturn completion zsh > "\${fpath[1]}/_keyturn"
_keyturn() {
  local -a candidates
  local words_before="\${(j: :)\${(@)words[2,CURRENT-1]:#-*}}"
  case "$words_before" in
    '') candidates=(${tops(entries)
      .map((top) => quoted(described(top, summaryOf(entries, top))))
      .join(' ')}) ;;
${entries.map((entry) => `    ${quoted(entry.words)}) candidates=(${[...below(entries, entry.words).map((word) => quoted(described(word, summaryOf(entries, `${entry.words} ${word}`)))), ...entry.flags.map(({ name, summary }) => quoted(described(name, summary)))].join(' ')})${entry.grant ? '; candidates+=(${(f)"$(keyturn completion --grants 2>/dev/null)"})' : ''} ;;`).join('\n')}
${topicsOnly(entries)
  .map(
    (topic) =>
      `    ${quoted(topic)}) candidates=(${below(entries, topic)
        .map((word) => quoted(described(word, summaryOf(entries, `${topic} ${word}`))))
        .join(' ')}) ;;`,
  )
  .join('\n')}
  esac
  _describe keyturn candidates || _files
}
(( $+functions[compdef] )) && compdef _keyturn keyturn
`

const fish = (
  entries: readonly Entry[],
): string => `# fish completion of keyturn:  keyturn completion fish > ~/.config/fish/completions/keyturn.fish
function __keyturn_words
  set -l words (commandline -opc)[2..-1]
  string join ' ' (string match -v -- '-*' $words)
end
${tops(entries)
  .map(
    (top) =>
      `complete -c keyturn -f -n "test (__keyturn_words) = ''" -a ${quoted(top)} -d ${quoted(summaryOf(entries, top))}`,
  )
  .join('\n')}
${[...entries.map(({ words }) => words), ...topicsOnly(entries)].flatMap((words) => below(entries, words).map((word) => `complete -c keyturn -f -n "test (__keyturn_words) = '${words}'" -a ${quoted(word)} -d ${quoted(summaryOf(entries, `${words} ${word}`))}`)).join('\n')}
${entries
  .filter(({ grant }) => grant)
  .map(
    (entry) =>
      `complete -c keyturn -f -n "test (__keyturn_words) = '${entry.words}'" -a '(keyturn completion --grants 2>/dev/null)'`,
  )
  .join('\n')}
${entries.flatMap((entry) => entry.flags.map(({ name, summary, takesValue }) => `complete -c keyturn -n "string match -q -- '${entry.words}*' (__keyturn_words)" -l ${name.slice(2)}${takesValue ? ' -r' : ''} -d ${quoted(summary)}`)).join('\n')}
`

const described = (word: string, summary: string): string => `${word.replaceAll(':', '\\:')}:${summary}`

const tops = (entries: readonly Entry[]): readonly string[] => [
  ...new Set(entries.map(({ words }) => words.split(' ')[0] ?? '')),
]

const below = (entries: readonly Entry[], words: string): readonly string[] =>
  entries.filter((entry) => entry.words.startsWith(`${words} `)).map((entry) => entry.words.slice(words.length + 1))

/** `ledger` is a word before commands, and no command itself. */
const topicsOnly = (entries: readonly Entry[]): readonly string[] =>
  tops(entries).filter((top) => !entries.some(({ words }) => words === top))

const summaryOf = (entries: readonly Entry[], words: string): string =>
  entries.find((entry) => entry.words === words)?.summary ?? `${words} …`

export const completionScript = (shell: Shell, commands: readonly CommandEntry[]): string => {
  const entries = commands.map(entryOf)
  return { bash, zsh, fish }[shell](entries)
}
