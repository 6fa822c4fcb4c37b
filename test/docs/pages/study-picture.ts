import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const browser = join(import.meta.dirname, '../../../packages/report-page/browser')
const RULES = /^(?::root|svg)[^{}]*\{[^}]*\}|^@media \(prefers-color-scheme: dark\) \{[\s\S]*?^\}/gm

const rules = ['base.css', 'study.css'].flatMap((name) => readFileSync(join(browser, name), 'utf8').match(RULES) ?? [])

/** What of the page's style is about colours, light and dark, and about what is in the chart. */
const styleOf = (chart: string): string =>
  rules
    .filter((rule) => {
      const named = /^svg[^{]*?\.([\w-]+)/.exec(rule)?.[1]
      return named === undefined || new RegExp(`class="[^"]*\\b${named}\\b`).test(chart)
    })
    .join('\n')

/** A chart of the page of a study, by how its name begins, as a file of its own. */
export const pictureOf = (page: string, name: string): string => {
  const charts = page.match(/<svg class="chart"[\s\S]*?<\/svg>/g) ?? []
  const chart = charts.find((one) => /aria-label="([^"]*)"/.exec(one)![1]!.startsWith(name))
  if (chart === undefined) {
    const names = charts.map((one) => /aria-label="([^"]*)"/.exec(one)![1]!)
    throw new Error(`the page has no chart “${name}”: ${names.join('; ')}`)
  }
  const [, width, height] = /viewBox="0 0 (\d+) (\d+)"/.exec(chart)!
  const scale = Number(width) < 500 ? 1.5 : 1
  return `${chart
    .replace(
      '<svg class="chart"',
      `<svg class="chart" xmlns="http://www.w3.org/2000/svg" width="${Number(width) * scale}" height="${Number(height) * scale}"`,
    )
    .replace(
      '>',
      `><style>${styleOf(chart)
        .replaceAll('svg.chart', '.chart')
        .replace(/width: 100%;\s*height: auto;/, '')}</style>`,
    )}\n`
}
