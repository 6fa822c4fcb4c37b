/** What stands between `<!-- generated: NAME -->` and `<!-- end -->` is written by a test, never by hand. */
const REGION = /(<!-- generated: (.+?) -->\n)[\s\S]*?(<!-- end -->)/g

/** The page with its generated regions written anew. */
export const fillIn = (page: string, contentOf: (name: string) => string): string =>
  page.replace(REGION, (_, begin: string, name: string, end: string) => `${begin}\n${contentOf(name)}\n${end}`)

export const regionsOf = (page: string): readonly string[] => [...page.matchAll(REGION)].map(([, , name]) => name!)

/** The fenced blocks of one language, without their fences. */
export const blocksOf = (page: string, language: string): readonly string[] =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(([, block]) => block!)

/** A cell of a table: one line, and no bar that would end it. */
export const cell = (text: string): string => text.replaceAll('\n', ' ').replaceAll('|', '\\|')

export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.map(cell).join(' | ')} |\n`).join('')

export const GENERATED =
  '<!-- Written from the definitions in the code: `npx vitest run test/docs --update` refreshes it. -->\n'
