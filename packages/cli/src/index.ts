export { EXIT, type ExitCode } from './exit-code.ts'
export { main, VERSION } from './main.ts'
export type { Terminal } from './terminal.ts'
