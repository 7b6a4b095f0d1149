package io.vswitch.core.state;

import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** Who sees a packet of a connection that was opened sees that it was opened. */
@JCStressTest
@Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "before both")
@Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "between both")
@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "after both")
@Outcome(id = "1, 0", expect = Expect.FORBIDDEN, desc = "a reply, and its connection isn't opened")
@State
public class ConnectionEventsStress {
    private final ConnectionEvents events = new ConnectionEvents(null);

    /** Stands for the packet that leaves: a queue's release store. */
    private final AtomicInteger sent = new AtomicInteger();

    @Actor
    public void keeper() {
        events.onOpened();
        sent.setRelease(1);
    }

    @Actor
    public void other(final II_Result r) {
        r.r1 = sent.getAcquire();
        r.r2 = (int) events.opened();
    }
}
