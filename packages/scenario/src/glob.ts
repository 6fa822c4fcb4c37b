const literal = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')

/** True for paths that have to be expanded. */
export const isGlob = (path: string): boolean => /[*?[{]/.test(path)

/**
 * A pattern for paths as shells have it: `*` and `?` stay within one folder, `**` crosses folders, `[ab]` and `{a,b}`
 * are alternatives.
 */
export const pathPattern = (glob: string): RegExp => {
  let source = ''
  for (let i = 0; i < glob.length; i++) {
    const c = glob[i]!
    if (glob.startsWith('**/', i)) {
      source += '(?:[^/]+/)*'
      i += 2
    } else if (glob.startsWith('**', i)) {
      source += '.*'
      i += 1
    } else if (c === '*') source += '[^/]*'
    else if (c === '?') source += '[^/]'
    else if (c === '{' && glob.indexOf('}', i) > i) {
      const end = glob.indexOf('}', i)
      source += `(?:${glob
        .slice(i + 1, end)
        .split(',')
        .map(literal)
        .join('|')})`
      i = end
    } else if (c === '[' && glob.indexOf(']', i) > i + 1) {
      const end = glob.indexOf(']', i)
      const inner = glob
        .slice(i + 1, end)
        .replace(/[\\^\]]/g, '\\$&')
        .replace(/^\\\^|^!/, '^')
      source += `[${inner}]`
      i = end
    } else source += literal(c)
  }
  return new RegExp(`^${source}$`)
}

/** A pattern for names of images: `*` stands for anything, slashes included. */
export const namePattern = (pattern: string): RegExp => new RegExp(`^${pattern.split('*').map(literal).join('.*')}$`)
