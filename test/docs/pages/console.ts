const CONSOLE = /^```console\n([\s\S]*?)^```$/gm
const FILE = /^```yaml\n# (\S+\.yaml)\n([\s\S]*?)^```$/gm

/** Files that a page shows whole: their first line is a comment with the name. */
export const filesOf = (page: string): readonly (readonly [name: string, text: string])[] =>
  [...page.matchAll(FILE)].map(([, name, text]) => [name!, `# ${name}\n${text}`])

/** The commands of the page's console blocks, in order. */
export const commandsOf = (page: string): readonly string[] =>
  [...page.matchAll(CONSOLE)].flatMap(([, block]) =>
    block!
      .split('\n')
      .filter((line) => line.startsWith('$ '))
      .map((line) => line.slice(2)),
  )

/** The same page with what the commands print now, in the order of `commandsOf`. */
export const withOutputs = (page: string, outputs: readonly string[]): string => {
  let next = 0
  return page.replace(CONSOLE, (_, block: string) => {
    const commands = block.split('\n').filter((line) => line.startsWith('$ '))
    const shown = commands.map((command, index) => {
      const output = outputs[next++]!
      return `${command}\n${output}${output !== '' && index < commands.length - 1 ? '\n' : ''}`
    })
    return `\`\`\`console\n${shown.join('')}\`\`\``
  })
}
