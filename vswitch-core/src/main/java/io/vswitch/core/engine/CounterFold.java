package io.vswitch.core.engine;

import java.util.concurrent.CompletableFuture;

/** Makes the rule counters of one worker exact, some verdicts a cycle; the worker's thread. */
final class CounterFold implements WorkerCommand {
    private final CompletableFuture<Boolean> done = new CompletableFuture<>();
    private boolean begun;

    /** Completed when the counts of up to the command's first run are in the rules. */
    CompletableFuture<Boolean> result() {
        return done;
    }

    @Override
    public boolean run(final Worker worker) {
        if (!begun) {
            begun = true;
            worker.verdicts().beginFoldAnew();
        }
        return worker.verdicts().foldSome() && done.complete(true);
    }
}
