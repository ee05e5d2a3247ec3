/** What long work is doing, on stderr: one line that is rewritten on a terminal, plain lines elsewhere. */
import { terminalText } from './terminal-text.ts'

export interface Progress {
  say(text: string): void
  done(): void
}

interface Target {
  readonly isTTY?: boolean
  write(text: string): unknown
}

export const progressOn = (stream: Target, quiet = false): Progress => {
  let open = false
  return {
    say(text) {
      if (quiet) return
      const line = terminalText(text)
      stream.write(stream.isTTY === true ? `\r\u001b[2K${line}` : `${line}\n`)
      open = stream.isTTY === true
    },
    done() {
      if (open) stream.write('\r\u001b[2K')
      open = false
    },
  }
}
