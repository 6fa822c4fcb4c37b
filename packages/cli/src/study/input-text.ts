import { fileIssue, formatIssues, readText } from '@wavetank/scenario'
import { nodeFiles } from '@wavetank/scenario/node'
import { isLeft } from 'fp-ts/lib/Either.js'
import type { Terminal } from '../terminal.ts'

/** The text of a file that somebody names; undefined if there is none, which the terminal is told. */
export const inputText = async (terminal: Terminal, path: string): Promise<string | undefined> => {
  const text = await readText(nodeFiles, path)
  if (!isLeft(text)) return text.right
  terminal.err(formatIssues([fileIssue(path, text.left)]))
  return undefined
}
