import { type Either, left, right } from 'fp-ts/lib/Either.js'
import type { Problem } from '../codec.ts'

/** A word of a command line; `start` is its offset in the line. */
export interface Word {
  readonly text: string
  readonly start: number
}

/** What is wrong with a command line, and where in it. */
export interface LineProblem extends Problem {
  readonly offset: number
}

/** Splits a line as a shell does: spaces separate, quotes and backslashes keep together. Nothing is expanded. */
export const splitWords = (line: string): Either<LineProblem, readonly Word[]> => {
  const words: Word[] = []
  let text: string | undefined
  let start = 0
  for (let i = 0; i < line.length; i++) {
    const c = line[i]!
    if (/\s/.test(c)) {
      if (text !== undefined) words.push({ text, start })
      text = undefined
      continue
    }
    if (text === undefined) {
      text = ''
      start = i
    }
    if (c === "'" || c === '"') {
      const opened = i
      for (i++; line[i] !== c; i++) {
        if (i >= line.length) return left({ code: 'WT035', message: `the quote ${c} is not closed`, offset: opened })
        if (c === '"' && line[i] === '\\' && '"\\$`'.includes(line[i + 1] ?? ' ')) i++
        text += line[i]
      }
    } else if (c === '\\' && i + 1 < line.length) text += line[++i]
    else if (c === '|' || c === ';' || c === '&' || c === '>' || c === '<')
      return left({
        code: 'WT035',
        message: `\`${c}\` is for a shell; the timeline takes one kubectl command`,
        hint: 'put it in quotes if it belongs to an argument',
        offset: i,
      })
    else text += c
  }
  if (text !== undefined) words.push({ text, start })
  return right(words)
}
