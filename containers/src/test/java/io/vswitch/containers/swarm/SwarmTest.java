package io.vswitch.containers.swarm;

import io.vswitch.containers.SwarmLab;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

/** All that needs a swarm, on one swarm: starting it takes longer than most of what is tried. */
@Tag("root")
@Tag("engine")
class SwarmTest {
    @TempDir private static Path directory;
    private static SwarmLab lab;

    /** The swarm that runs. */
    static SwarmLab lab() {
        return lab;
    }

    @BeforeAll
    static void start() throws Exception {
        lab = SwarmLab.started(directory);
    }

    @AfterAll
    static void stop() throws Exception {
        if (lab != null) {
            if (Boolean.getBoolean("vswitch.test.logs")) {
                System.out.println(lab.logs());
            }
            lab.close();
        }
    }

    @Nested
    class Networks extends SwarmNetworkCases {}
}
