import { ContainerExited, ContainerStarted, PodCreated } from '@wavetank/cluster'
import { type Entry, type EventOf, formatMillis } from '@wavetank/kernel'
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
interface ContainerRun {
  readonly container: string
  readonly startedAt: number
  ended: { readonly at: number; readonly exitCode: number; readonly reason: string } | undefined
}

/** Collects the lives of a pod's containers. */
const collectRuns = (pod: string) => {
  const runs: ContainerRun[] = []
  return {
    runs,
    apply: ({ at, event }: Entry): void => {
      // Another pod of that name, as a StatefulSet makes them.
      if (event.kind === PodCreated.kind && (event as EventOf<typeof PodCreated>).pod === pod) runs.length = 0
      if (event.kind === ContainerStarted.kind) {
        const started = event as EventOf<typeof ContainerStarted>
        if (started.pod === pod) runs.push({ container: started.container, startedAt: at, ended: undefined })
      }
      if (event.kind === ContainerExited.kind) {
        const { pod: own, container, exitCode, reason } = event as EventOf<typeof ContainerExited>
        const run = own === pod ? runs.findLast((one) => one.container === container) : undefined
        if (run !== undefined) run.ended = { at, exitCode, reason }
      }
    },
  }
}

const sentence = ({ startedAt, ended }: ContainerRun, number: number): string =>
  ended === undefined
    ? `run ${number}: started at ${formatMillis(startedAt)}, and runs\n`
    : `run ${number}: started at ${formatMillis(startedAt)}, ended at ${formatMillis(ended.at)} with exit code ${ended.exitCode} (${ended.reason})\n`

/** What `kubectl logs` is asked for, as far as a simulation knows it: when the containers ran, and how they ended. */
export const logs = (terminal: Terminal, asked: string, options: LogsOptions): ExitCode => {
  const { namespace = 'default', container } = options
  const name = asked.replace(/^(pods?|po)\//, '')
  const pod = `${namespace}/${name}`
  const opened = openLogFor(terminal, options.log)
  if (opened === undefined) return EXIT.wrongInput
  const { runs, apply } = collectRuns(pod)
  const state = stateAt(opened.reading, options.at, apply)
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
    const own = runs.filter((run) => run.container === one)
    const isRunning = own.at(-1)?.ended === undefined
    const previous = own.length - (isRunning ? 2 : 1)
    if (options.previous === true && own[previous] === undefined) {
      terminal.err(`error: previous terminated container "${one}" in pod "${name}" not found\n`)
      if (container !== undefined) return EXIT.expectationFailed
      continue
    }
    terminal.out(`${name} ${one}${own.length === 0 ? ' has not been started' : ''}\n`)
    own.forEach((run, i) => {
      if (options.previous !== true || i === previous) terminal.out(`  ${sentence(run, i + 1)}`)
    })
  }
  return whole ? EXIT.fine : EXIT.wrongInput
}
