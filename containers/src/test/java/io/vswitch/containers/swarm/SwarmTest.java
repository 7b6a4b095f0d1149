package io.vswitch.containers.swarm;

import io.vswitch.containers.SwarmLab;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

/**
 * All that needs a swarm, on one swarm: starting it takes longer than what is tried. Cases are in
 * interfaces, one for each subject; what they made is removed after each.
 */
@Tag("root")
@Tag("engine")
class SwarmTest implements SwarmNetworkCases, SwarmServiceCases {
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

    @AfterEach
    void clear() throws Exception {
        lab.clear();
    }
}
