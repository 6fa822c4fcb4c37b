import { ApiServer, isThere } from './control-plane-target.ts'
import { defineDisruption } from './define-disruption.ts'

export const startApiServer = defineDisruption({
  name: 'startApiServer',
  doc: 'The end of `stopApiServer`.',
  target: ApiServer,
  check: isThere,
})
