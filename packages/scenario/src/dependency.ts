import type * as t from 'io-ts'
import { boolean, defaulted, object, required } from './codec.ts'
import { Name } from './node-pool.ts'

/** Something that containers depend on and the cluster does not run. */
export const Dependency = object('Dependency', {
  name: required(Name, 'What `needs` of a probe and the timeline call it.'),
  up: defaulted(boolean, true, 'Whether it is up when the run begins.'),
})
export type Dependency = t.TypeOf<typeof Dependency>
