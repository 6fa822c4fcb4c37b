import type { Codec } from '../codec.ts'
import type { DisruptionDefinition } from './define-disruption.ts'
import { down } from './down.ts'
import { fail } from './fail.ts'
import { fillDisk } from './fill-disk.ts'
import { freeDisk } from './free-disk.ts'
import { freeze } from './freeze.ts'
import { heal } from './heal.ts'
import { mendApiServer } from './mend-api-server.ts'
import { mendDisk } from './mend-disk.ts'
import { partition } from './partition.ts'
import { reboot } from './reboot.ts'
import { reclaim } from './reclaim.ts'
import { recover } from './recover.ts'
import { shutdown } from './shutdown.ts'
import { slowApiServer } from './slow-api-server.ts'
import { slowDisk } from './slow-disk.ts'
import { startApiServer } from './start-api-server.ts'
import { startController } from './start-controller.ts'
import { startKubelet } from './start-kubelet.ts'
import { stopApiServer } from './stop-api-server.ts'
import { stopController } from './stop-controller.ts'
import { stopKubelet } from './stop-kubelet.ts'
import { thaw } from './thaw.ts'
import { up } from './up.ts'
import { upgrade } from './upgrade.ts'

/** Every fault that a timeline can bring. A new one is a file and a line here. */
export const disruptions = [
  fail,
  recover,
  shutdown,
  reboot,
  partition,
  heal,
  stopKubelet,
  startKubelet,
  freeze,
  thaw,
  fillDisk,
  freeDisk,
  slowDisk,
  mendDisk,
  reclaim,
  upgrade,
  down,
  up,
  stopController,
  startController,
  stopApiServer,
  startApiServer,
  slowApiServer,
  mendApiServer,
] as const

type DataOf<D> = D extends DisruptionDefinition<infer K, infer A> ? { readonly kind: K } & A : never

/** A fault of the timeline, as data: `{kind: 'fail', node: 'n1'}`. */
export type Disruption = DataOf<(typeof disruptions)[number]>

/** The same definitions, for those who go through all of them. */
export const disruptionByName: ReadonlyMap<string, DisruptionDefinition<string, object>> = new Map(
  disruptions.map((definition) => [
    definition.name,
    { ...definition, target: definition.target as Codec<object> } as DisruptionDefinition<string, object>,
  ]),
)
