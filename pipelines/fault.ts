/**
 * A failure that a user can mend: a stable code, what happened, where, and what to do.
 * The command line prints it without a stack trace.
 */
export class Fault extends Error {
  constructor(
    readonly code: string,
    readonly what: string,
    readonly remedy: string,
    options?: ErrorOptions & { exitStatus?: 1 | 2 },
  ) {
    super(`${code} ${what} ${remedy}`.trim(), options);
    this.name = 'Fault';
    this.exitStatus = options?.exitStatus ?? 1;
  }

  /** 1: the run failed; 2: usage or configuration */
  readonly exitStatus: 1 | 2;
}
