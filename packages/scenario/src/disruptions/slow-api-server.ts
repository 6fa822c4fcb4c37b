import type { Codec } from '../codec.ts'
import { ApiServerSlowness, isThere, SlowApiServer } from './control-plane-target.ts'
import { defineDisruption } from './define-disruption.ts'
import type { NodeTarget } from './node-target.ts'

export const slowApiServer = defineDisruption({
  name: 'slowApiServer',
  doc: 'The API server is slow: every call and every watch that begins now takes longer.',
  target: ApiServerSlowness,
  end: 'mendApiServer',
  recurring: SlowApiServer as unknown as Codec<NodeTarget>,
  isOfControlPlane: true,
  check: isThere,
})
