/** What a command ends with. */
export const EXIT = {
  fine: 0,
  /** An expectation of the scenario failed. */
  expectationFailed: 1,
  /** Two logs differ; 1 as diff has it. */
  differs: 1,
  /** The input is wrong: a file, a flag, a log. */
  wrongInput: 2,
  /** Wavetank is wrong. */
  wrongModel: 3,
  /** Ctrl-C or SIGTERM ended the run before its time: as a shell has it for SIGINT, so that no script takes it for a success. */
  interrupted: 130,
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]
