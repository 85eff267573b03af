/**
 * A thread that is started before it is known what it is to do.
 * @module
 */

/** It loads its code meanwhile, and whoever takes it over learns what went wrong until then. */
export class StartedWorker {
  /** Why it failed, if so. */
  failure: string | undefined;

  constructor(readonly worker: Worker) {
    worker.onerror = (event) => {
      event.preventDefault();
      this.failure = event.message;
    };
  }
}
