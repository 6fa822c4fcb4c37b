import { apply, create, replace } from './apply.ts'
import { autoscale } from './autoscale.ts'
import { cordon, uncordon } from './cordon.ts'
import { createJob } from './create-job.ts'
import type { VerbDefinition } from './define-verb.ts'
import { deleteVerb } from './delete.ts'
import { drain } from './drain.ts'
import { expose } from './expose.ts'
import { generators } from './generators.ts'
import { annotate, label } from './mark.ts'
import { patch } from './patch.ts'
import { rolloutVerbs } from './rollout.ts'
import { run } from './run.ts'
import { scale } from './scale.ts'
import { setVerbs } from './set.ts'
import { taint } from './taint.ts'

/** Every verb that a timeline takes. A new one is a file and a line here. */
export const verbs: readonly VerbDefinition[] = [
  annotate,
  apply,
  autoscale,
  cordon,
  create,
  createJob,
  ...generators,
  deleteVerb,
  drain,
  expose,
  label,
  patch,
  replace,
  ...rolloutVerbs,
  run,
  scale,
  ...setVerbs,
  taint,
  uncordon,
]
