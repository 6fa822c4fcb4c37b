import { kindByName } from '@wavetank/cluster/api'
import { describePod } from '@wavetank/report'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { readToldInstant } from '../open-log.ts'
import type { Terminal } from '../terminal.ts'

export interface DescribeOptions {
  readonly at?: number
  readonly log?: string
  readonly namespace?: string
}

/** A pod at some instant, as `kubectl describe` would have printed it. */
export const describe = (
  terminal: Terminal,
  kind: string,
  names: readonly string[],
  options: DescribeOptions,
): ExitCode => {
  const [type = '', named] = kind.split('/')
  const wanted = named === undefined ? names : [named, ...names]
  if (kindByName(type)?.kind !== 'Pod') {
    terminal.err(`error: describe takes pods, found "${type}"\n    wavetank get ${type} -o yaml shows the rest\n`)
    return EXIT.wrongInput
  }
  const instant = readToldInstant(terminal, options)
  if (instant === undefined) return EXIT.wrongInput
  const { state, at, events, whole } = instant
  const namespace = options.namespace ?? 'default'
  const keys =
    wanted.length > 0
      ? wanted.map((name) => `${namespace}/${name}`)
      : [...state.view.pods.values()].filter((pod) => pod.namespace === namespace).map(({ key }) => key)
  let missing = false
  const texts: string[] = []
  for (const key of [...keys].sort()) {
    const pod = state.view.pods.get(key)
    if (pod === undefined) {
      terminal.err(`Error from server (NotFound): pods "${key.slice(namespace.length + 1)}" not found\n`)
      missing = true
    } else texts.push(describePod(state.view, pod, events, at))
  }
  if (texts.length > 0) terminal.out(texts.join('\n\n'))
  else if (!missing) terminal.err(`No resources found in ${namespace} namespace.\n`)
  if (!whole) return EXIT.wrongInput
  return missing ? EXIT.expectationFailed : EXIT.fine
}
