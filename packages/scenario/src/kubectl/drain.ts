import { selectorProblem } from '../cluster-objects.ts'
import { flagOf, integerOf, switchOf, takes, toggles } from './arguments.ts'
import { defineVerb } from './define-verb.ts'
import { readNodeTargets, SELECTOR } from './targets.ts'
import { timeoutOf } from './timeouts.ts'

export const drain = defineVerb({
  name: 'drain',
  usage: 'drain NODE',
  doc: 'Cordons nodes and evicts their pods, as far as disruption budgets allow.',
  flags: [
    SELECTOR,
    toggles('ignore-daemonsets'),
    toggles('delete-emptydir-data'),
    toggles('force'),
    toggles('disable-eviction'),
    takes('grace-period'),
    takes('timeout'),
    takes('pod-selector'),
  ],
  read: (args, _scene, problems) => {
    const nodes = readNodeTargets(args, problems)
    const gracePeriod = integerOf(args, 'grace-period', -1, problems)
    const timeout = timeoutOf(args, problems)
    const podSelector = flagOf(args, 'pod-selector')
    const wrong = podSelector && selectorProblem(podSelector.text)
    if (wrong !== undefined) problems.push({ code: 'WT034', message: wrong, offset: podSelector!.start })
    if (nodes === undefined) return undefined
    return {
      verb: 'drain',
      nodes,
      ignoreDaemonSets: switchOf(args, 'ignore-daemonsets', problems),
      deleteEmptyDirData: switchOf(args, 'delete-emptydir-data', problems),
      force: switchOf(args, 'force', problems),
      disableEviction: switchOf(args, 'disable-eviction', problems),
      ...(gracePeriod === undefined || gracePeriod < 0 ? {} : { gracePeriodSeconds: gracePeriod }),
      ...(timeout === undefined ? {} : { timeout }),
      podSelector: podSelector?.text ?? '',
    }
  },
})
