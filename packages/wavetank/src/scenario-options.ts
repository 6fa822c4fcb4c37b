import type { DecodeOptions } from '@wavetank/scenario'
import { checkExpression } from './expectations/expression.ts'
import { flagCatalog } from './flags.ts'
import { checkSchedulerConfiguration } from './scheduler-configuration.ts'
import { isTimeZone } from './time-zone.ts'

/** What reading a scenario has to know of that which runs it. */
export const scenarioOptions: DecodeOptions = {
  flags: flagCatalog,
  checkExpression,
  isTimeZone,
  checkSchedulerConfiguration,
}
