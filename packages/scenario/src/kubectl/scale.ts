import { flagOf, integerOf, takes } from './arguments.ts'
import { defineVerb } from './define-verb.ts'
import { kindsOf, readTargets, TARGET_FLAGS } from './targets.ts'

const SCALABLE = ['ReplicationController', 'ReplicaSet', 'Deployment', 'StatefulSet']

export const scale = defineVerb({
  name: 'scale',
  usage: 'scale [--current-replicas=COUNT] --replicas=COUNT (-f FILENAME | TYPE NAME)',
  doc: 'Sets the number of pods of a Deployment, ReplicaSet, ReplicationController or StatefulSet.',
  flags: [...TARGET_FLAGS, takes('replicas'), takes('current-replicas'), takes('resource-version')],
  refused: { timeout: 'it waits for the pods: an expectation can' },
  read: (args, scene, problems) => {
    const targets = readTargets(args, scene, problems)
    if (!args.flags.has('replicas'))
      problems.push({
        code: 'WT032',
        message: 'required flag(s) "replicas" not set',
        hint: 'for example `--replicas=3`',
        offset: args.end,
      })
    const replicas = integerOf(args, 'replicas', 0, problems)
    const currentReplicas = integerOf(args, 'current-replicas', -1, problems)
    const kinds = targets === undefined ? [] : kindsOf(targets)
    const resourceVersion = flagOf(args, 'resource-version')?.text
    for (const kind of new Set(kinds))
      if (!SCALABLE.includes(kind))
        problems.push({
          code: 'WT034',
          message: `cannot scale a ${kind}: it has no scale subresource`,
          hint: `what can be scaled: ${SCALABLE.join(', ')}`,
          offset: args.positional[0]?.start ?? args.end,
        })
    if (targets === undefined || replicas === undefined) return undefined
    return {
      verb: 'scale',
      targets,
      replicas,
      ...(currentReplicas === undefined || currentReplicas < 0 ? {} : { currentReplicas }),
      ...(resourceVersion === undefined || resourceVersion === '' ? {} : { resourceVersion }),
    }
  },
})
