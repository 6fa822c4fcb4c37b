import { createHash } from 'node:crypto'
import { type Html, html, raw } from '../html.ts'
import { style } from './assets.ts'

/** A section of a page that has something to say. */
export interface PageSection {
  readonly id: string
  readonly title: string
  readonly content: Html
}

export interface PageFrame {
  readonly title: string
  readonly heading: string
  /** Below the heading. */
  readonly lead: Html
  readonly sections: readonly PageSection[]
  readonly foot: string
}

/**
 * A page without a script, as one file that asks for nothing: its Content-Security-Policy allows its own style, by hash, and
 * nothing else.
 */
export const framePage = ({ title, heading, lead, sections, foot }: PageFrame): string => {
  const hash = createHash('sha256').update(style).digest('base64')
  const policy = `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${raw(style)}</style>
</head>
<body>
<a class="skip" href="#${sections[0]!.id}">To the summary</a>
<header>
<h1>${heading}</h1>
${lead}
<nav aria-label="Sections"><ul>${sections.map((section) => html`<li><a href="#${section.id}">${section.title}</a></li>`)}</ul></nav>
</header>
<main>
${sections.map(
  (
    section,
  ) => html`<section id="${section.id}" aria-labelledby="${section.id}-title"><h2 id="${section.id}-title">${section.title}</h2>
${section.content}
</section>
`,
)}</main>
<footer><p class="faint">${foot}</p></footer>
</body>
</html>
`.html
}
