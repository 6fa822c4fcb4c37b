import { formatMillis } from '@wavetank/kernel'
import { type ContainerRun, type ContainerRunEnd, foldContainerRuns } from '@wavetank/report'
import { stateAt } from 'wavetank'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { openLogFor, reportState } from '../open-log.ts'
import type { Terminal } from '../terminal.ts'

export interface LogsOptions {
  readonly at?: number
  readonly log?: string
  readonly namespace?: string
  readonly container?: string
  readonly previous?: boolean
}

/** One life of a container's process. */
interface Life {
  readonly run: ContainerRun
  readonly end: ContainerRunEnd
}

const outcome = ({ at, exitCode, reason, isOpen }: ContainerRunEnd): string => {
  if (isOpen) return 'and runs'
  const how = exitCode === null ? 'when its node lost power' : `with exit code ${exitCode} (${reason})`
  return `ended at ${formatMillis(at)} ${how}`
}

const sentence = ({ run, end }: Life, number: number): string =>
  `run ${number}: started at ${formatMillis(run.since)}, ${outcome(end)}\n`

/** What `kubectl logs` is asked for, as far as a simulation knows it: when the containers ran, and how they ended. */
export const logs = (terminal: Terminal, asked: string, options: LogsOptions): ExitCode => {
  const { namespace = 'default', container } = options
  const name = asked.replace(/^(pods?|po)\//, '')
  const pod = `${namespace}/${name}`
  const opened = openLogFor(terminal, options.log)
  if (opened === undefined) return EXIT.wrongInput
  const lives: Life[] = []
  const { apply, end } = foldContainerRuns((run, ended) => {
    if (run.pod === pod) lives.push({ run, end: ended })
  })
  const state = stateAt(opened.reading, options.at, apply)
  end(state.at)
  const whole = reportState(terminal, opened.path, state, options.at)
  const found = state.view.pods.get(pod)
  if (found === undefined) {
    terminal.err(`error: error from server (NotFound): pods "${name}" not found in namespace "${namespace}"\n`)
    return EXIT.expectationFailed
  }
  const { initContainers = [], containers } = found.template.spec
  const all = [...initContainers, ...containers].map((one) => one.name)
  if (container !== undefined && !all.includes(container)) {
    terminal.err(`error: container ${container} is not valid for pod ${name}\n    it has ${all.join(', ')}\n`)
    return EXIT.wrongInput
  }
  terminal.err('Nothing is printed by simulated containers; this is when they ran, and how they ended.\n')
  for (const one of container === undefined ? all : [container]) {
    // Another pod of that name, as a StatefulSet makes them, is another uid.
    const own: readonly Life[] = lives.filter(({ run }) => run.container === one && run.uid === found.uid)
    const isRunning = own.at(-1)?.end.isOpen === true
    const previous = own.length - (isRunning ? 2 : 1)
    if (options.previous === true && own[previous] === undefined) {
      terminal.err(`error: previous terminated container "${one}" in pod "${name}" not found\n`)
      if (container !== undefined) return EXIT.expectationFailed
      continue
    }
    terminal.out(`${name} ${one}${own.length === 0 ? ' has not been started' : ''}\n`)
    own.forEach((life, i) => {
      if (options.previous !== true || i === previous) terminal.out(`  ${sentence(life, i + 1)}`)
    })
  }
  return whole ? EXIT.fine : EXIT.wrongInput
}
