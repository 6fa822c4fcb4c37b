/** A step into a document: a field name or a list index. */
export type PathStep = string | number

/**
 * Something wrong with the input, as data: every checker returns all of them at once, and whoever read the file adds
 * the line and column that the path leads to.
 */
export interface Issue {
  /** Stable identifier, `WT` and three digits; `wavetank explain WT012` tells more. */
  readonly code: string
  /** Errors refuse the input; warnings are reported and the run goes on. */
  readonly severity: 'error' | 'warning'
  /** From the root of the document that was checked. */
  readonly path: readonly PathStep[]
  /** One sentence, in Kubernetes' own words where Kubernetes refuses the same thing. */
  readonly message: string
  /** What would be right instead. */
  readonly hint?: string
}

/** `spec.template.spec.containers[0].image`, as Kubernetes prints field paths. */
export const formatPath = (path: readonly PathStep[]): string =>
  path.reduce<string>(
    (text, step) => (typeof step === 'number' ? `${text}[${step}]` : text === '' ? step : `${text}.${step}`),
    '',
  )
