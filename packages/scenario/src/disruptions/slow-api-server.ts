import { ApiServerSlowness, isThere } from './control-plane-target.ts'
import { defineDisruption } from './define-disruption.ts'

export const slowApiServer = defineDisruption({
  name: 'slowApiServer',
  doc: 'The API server is slow: every call and every watch that begins now takes longer.',
  target: ApiServerSlowness,
  end: 'mendApiServer',
  check: isThere,
})
