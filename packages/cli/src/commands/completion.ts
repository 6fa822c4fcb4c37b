import { EXIT, type ExitCode } from '../exit-code.ts'
import type { Terminal } from '../terminal.ts'

/**
 * What a shell has to be told once. It asks `wavetank complete` at every tab, with the words up to the cursor, and gets
 * a line for each candidate: the word, and behind a tab what it is.
 */
const SCRIPTS: Readonly<Record<string, string>> = {
  bash: `# wavetank completion for bash; in ~/.bashrc: source <(wavetank completion bash)
_wavetank() {
  local IFS=$'\\n' line
  COMPREPLY=()
  for line in $(wavetank complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null); do
    COMPREPLY+=("\${line%%$'\\t'*}")
  done
  # What ends in a slash goes on: a folder, or a kind before a name.
  [[ \${#COMPREPLY[@]} -eq 1 && \${COMPREPLY[0]} == */ ]] && compopt -o nospace 2>/dev/null
  return 0
}
complete -F _wavetank wavetank
`,
  zsh: `#compdef wavetank
# wavetank completion for zsh; in ~/.zshrc, after compinit: source <(wavetank completion zsh)
_wavetank() {
  local -a lines found open shown
  local line word
  lines=("\${(@f)$(wavetank complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  for line in $lines; do
    word=\${line%%$'\\t'*}
    [[ -z $word ]] && continue
    if [[ $word == */ ]]; then open+=($word); else
      found+=($word)
      shown+=("\${line/$'\\t'/  -- }")
    fi
  done
  (( $#found )) && compadd -d shown -a found
  # What ends in a slash goes on: a folder, or a kind before a name.
  (( $#open )) && compadd -S '' -a open
}
compdef _wavetank wavetank
`,
  fish: `# wavetank completion for fish; wavetank completion fish > ~/.config/fish/completions/wavetank.fish
function __wavetank_complete
  set -l words (commandline -opc) (commandline -ct)
  wavetank complete -- $words[2..-1] 2>/dev/null
end
complete -c wavetank -f -a '(__wavetank_complete)'
`,
}

export const SHELLS: readonly string[] = Object.keys(SCRIPTS)

/** The script that teaches a shell to complete what is typed. */
export const completion = (terminal: Terminal, shell: string): ExitCode => {
  const script = Object.hasOwn(SCRIPTS, shell) ? SCRIPTS[shell] : undefined
  if (script === undefined) {
    terminal.err(`error: there is no completion for "${shell}"\n    one of ${SHELLS.join(', ')}\n`)
    return EXIT.wrongInput
  }
  terminal.out(script)
  return EXIT.fine
}
