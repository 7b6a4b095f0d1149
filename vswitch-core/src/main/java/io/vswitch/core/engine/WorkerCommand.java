package io.vswitch.core.engine;

/** Something another thread asks of a worker; runs on the worker's thread between bursts. */
@FunctionalInterface
interface WorkerCommand {
    /**
     * Does a bounded piece of the work.
     *
     * @return true when done; false to be called again in the next cycle.
     */
    boolean run(Worker worker);
}
