import type { Placement } from './diagnosis.ts'
import { findNodeByReference, type Search } from './reference.ts'

export const findNode = (search: Search): Placement => findNodeByReference(search)
