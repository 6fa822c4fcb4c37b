import { definePlugin, type PodView } from '../plugin.ts'

/** A gated pod is not tried at all: it waits without a FailedScheduling event. */
export const isGated = (pod: PodView): boolean => pod.schedulingGates.length > 0

/** Source: pkg/scheduler/framework/plugins/schedulinggates/scheduling_gates.go. */
export const schedulingGates = definePlugin({
  name: 'SchedulingGates',
  doc: 'Holds pods back while they have scheduling gates.',
  defaultArgs: undefined,
  hints: { PodGatesRemoved: () => true },
})
