import { KubectlCompleted, KubectlIssued } from '@wavetank/controllers'
import { defaulted, object, optional, text } from '@wavetank/scenario/codec'
import type * as t from 'io-ts'
import { defineMetric, listen } from '../define-metric.ts'
import { SampleStatistic, statisticOf } from '../statistic.ts'

const Of = object('CommandTime', {
  command: optional(text, 'Only commands that begin so: `drain`, `drain worker-1`, `rollout status`.'),
  statistic: defaulted(SampleStatistic, 'mean', 'Which of the times, if there are several.'),
})

export const commandTime = defineMetric<t.TypeOf<typeof Of>>({
  name: 'commandTime',
  doc: 'How long kubectl commands of the timeline took, from when they were given until kubectl came back: how long a drain lasts. What has not come back by the end of the run counts until then.',
  unit: 'milliseconds',
  of: Of,
  check: ({ command }, scenario) => {
    if (command === undefined) return []
    const lines = scenario.timeline.flatMap(({ action }) => (action.kind === 'kubectl' ? [action.text] : []))
    if (lines.some((line) => line.startsWith(command))) return []
    const hint = lines.length === 0 ? 'its timeline has no commands' : `it has: ${lines.slice(0, 5).join('; ')}`
    return [[['command'], { code: 'WT061', message: `no command of the timeline begins with \`${command}\``, hint }]]
  },
  fold: ({ command = '', statistic }) => {
    /** Since when, by the line; equal lines come back in the order in which they were given. */
    const running = new Map<string, number[]>()
    const times: number[] = []
    const listener = listen(
      { KubectlIssued, KubectlCompleted },
      {
        KubectlIssued: ({ event: { line }, at }) => {
          if (!line.startsWith(command)) return
          const others = running.get(line)
          if (others === undefined) running.set(line, [at])
          else others.push(at)
        },
        KubectlCompleted: ({ event: { line }, at }) => {
          const since = running.get(line)?.shift()
          if (since !== undefined) times.push(at - since)
        },
      },
    )
    return {
      listens: [listener],
      begin: () => {
        running.clear()
        times.length = 0
      },
      result: ({ at }) =>
        statisticOf([...times, ...[...running.values()].flat().map((since) => at - since)], statistic),
    }
  },
})
