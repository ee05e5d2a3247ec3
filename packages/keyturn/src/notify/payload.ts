/** A notification as JSON, for webhooks and commands: docs/how-to/be-told.md describes it. */
import type { Letter } from './notification.ts'
import { plainLine, plainLines } from './plain-text.ts'

export const payloadOf = ({ id, at, notification, mail }: Letter): string => {
  const { kind, severity, subject, text, facts, link } = notification
  return JSON.stringify({
    version: 1,
    id,
    at: new Date(at).toISOString(),
    kind,
    severity,
    subject: plainLine(subject),
    text: plainLines(text),
    facts: facts.map(({ name, value }) => ({ name: plainLine(name), value: plainLine(value) })),
    ...(link === undefined ? {} : { link: { text: plainLine(link.text), url: link.url.reveal() } }),
    ...(mail === null ? {} : { to: mail }),
  })
}
