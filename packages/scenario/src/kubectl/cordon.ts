import { defineVerb } from './define-verb.ts'
import { readNodeTargets, SELECTOR } from './targets.ts'

export const cordon = defineVerb({
  name: 'cordon',
  usage: 'cordon NODE',
  doc: 'Marks nodes as unschedulable.',
  flags: [SELECTOR],
  read: (args, _scene, problems) => {
    const nodes = readNodeTargets(args, problems)
    return nodes && { verb: 'cordon', nodes }
  },
})

export const uncordon = defineVerb({
  name: 'uncordon',
  usage: 'uncordon NODE',
  doc: 'Marks nodes as schedulable again.',
  flags: [SELECTOR],
  read: (args, _scene, problems) => {
    const nodes = readNodeTargets(args, problems)
    return nodes && { verb: 'uncordon', nodes }
  },
})
