import { ApiServer, isThere } from './control-plane-target.ts'
import { defineDisruption } from './define-disruption.ts'

export const mendApiServer = defineDisruption({
  name: 'mendApiServer',
  doc: 'The end of `slowApiServer`.',
  target: ApiServer,
  check: isThere,
})
