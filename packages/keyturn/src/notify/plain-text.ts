/**
 * A notification as plain text. What it tells of comes partly from outside (an answer of Salesforce, a user's name), so
 * control characters are taken out here, before any channel sees them.
 */
import type { Notification } from './notification.ts'

// oxlint-disable-next-line no-control-regex -- control characters are what this file is about
const controls = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g

/** Paragraphs: line ends stay. */
export const plainLines = (text: string): string =>
  text.replaceAll(/\r\n?/g, '\n').replace(controls, ' ').toWellFormed()

/** One line, so that it can't become a header or another fact. */
export const plainLine = (text: string): string => plainLines(text).replaceAll(/\s+/g, ' ').trim()

export const factLines = ({ facts }: Notification): readonly string[] =>
  facts.map(({ name, value }) => `${plainLine(name)}: ${plainLine(value)}`)

/** The link stands alone on its line, as mail programs like it. */
export const plainBodyOf = (notification: Notification): string => {
  const { text, link } = notification
  const parts = [
    plainLines(text),
    factLines(notification).join('\n'),
    link === undefined ? '' : `${plainLine(link.text)}:\n${link.url.reveal()}`,
  ]
  return parts.filter((part) => part !== '').join('\n\n')
}
