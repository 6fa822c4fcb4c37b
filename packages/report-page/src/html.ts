/** Text of a page: what is put into it is escaped unless it is `Html` itself. */
export interface Html {
  readonly html: string
}

type Value = string | number | Html | undefined | readonly (Html | undefined)[]

export const escapeHtml = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')

const textOf = (value: Value): string => {
  if (value === undefined) return ''
  if (typeof value === 'string' || typeof value === 'number') return escapeHtml(String(value))
  return 'html' in value ? value.html : value.map(textOf).join('')
}

export const html = (parts: TemplateStringsArray, ...values: readonly Value[]): Html => ({
  html: parts.map((part, i) => part + (i < values.length ? textOf(values[i]) : '')).join(''),
})

/** As it is: for what was made here and is no text of anybody else. */
export const raw = (text: string): Html => ({ html: text })
