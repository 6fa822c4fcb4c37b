import { GENERATED } from './document.ts'

interface CodeDoc {
  readonly doc: string
  readonly hint?: string
}

/** docs/reference/issue-codes.md */
export const issueCodesPage = (tables: readonly (readonly [title: string, Readonly<Record<string, CodeDoc>>])[]) =>
  `${GENERATED}
# Codes of problems

Every problem that wavetank reports has a code, which does not change between versions. \`wavetank explain WT012\` prints
what is said here.

${tables
  .map(([title, codes]) => {
    const sections = Object.entries(codes)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([code, { doc, hint }]) => `### ${code}\n\n${doc}\n${hint === undefined ? '' : `\n${hint}\n`}`)
    return `## ${title}\n\n${sections.join('\n')}`
  })
  .join('\n')}`
