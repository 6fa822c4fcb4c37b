import type { Codec } from '../codec.ts'
import { ApiServer, ApiServerFor, isThere } from './control-plane-target.ts'
import { defineDisruption } from './define-disruption.ts'
import type { NodeTarget } from './node-target.ts'

export const stopApiServer = defineDisruption({
  name: 'stopApiServer',
  doc: 'The API server does not answer any more: no kubelet is heard, no controller gets on, kubectl fails; containers run on.',
  target: ApiServerFor,
  end: 'startApiServer',
  recurring: ApiServer as unknown as Codec<NodeTarget>,
  isOfControlPlane: true,
  check: isThere,
})
