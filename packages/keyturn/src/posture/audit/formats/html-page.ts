/**
 * A page that loads nothing and runs nothing, to be mailed, opened from a disk and printed. The policy in its head holds a
 * browser to that, whatever a name in the org says.
 */
import { createHash } from 'node:crypto'
import { style } from './html-style.ts'
import { html } from './html-text.ts'

const policy = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; base-uri 'none'; form-action 'none'`

/** `main`: HTML, in which every text of an org went through `html`. */
export const htmlPage = (title: string, main: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${html(title, 120)}</title>
<style>${style}</style>
</head>
<body>
<main>
${main}
</main>
</body>
</html>
`

/** One of the numbers below the head; 0 stands without its colour. */
export const tile = (tone: string, count: number, text: string): string =>
  `<li class="${count === 0 ? 'none' : tone}"><b>${count.toLocaleString('en')}</b><span>${text}</span></li>`
