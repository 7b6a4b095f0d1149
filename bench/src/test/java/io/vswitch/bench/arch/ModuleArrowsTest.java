package io.vswitch.bench.arch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ModuleArrowsTest {
    private static final JavaClasses PRODUCTION = Module.allClasses();

    @TempDir Path folder;

    @ParameterizedTest
    @EnumSource
    void shouldHoldWhenAppliedToProductionClasses(ModuleArrows arrow) {
        arrow.rule().check(PRODUCTION);
    }

    @ParameterizedTest
    @EnumSource
    void shouldSeeClassesInTheirOwnPackagesWhenModuleHasSources(Module module) {
        boolean hasSources = module.hasSources();
        assumeTrue(
                module.isBuilt() || !hasSources,
                () -> module.folder() + " was not compiled in this build, so it is not checked");

        if (!module.isBuilt()) {
            return;
        }
        JavaClasses classes = module.classes();
        assertTrue(
                !hasSources || !classes.isEmpty(),
                () -> module.folder() + " has sources but no classes in target/classes");
        for (JavaClass type : classes) {
            assertTrue(
                    (type.getPackageName() + ".").startsWith(module.packageRoot() + "."),
                    () -> type.getName() + " is outside of " + module.packageRoot());
        }
    }

    @Test
    void shouldKnowEveryModuleWhenOneIsAdded() {
        assertEquals(
                Arrays.stream(Module.values()).map(Module::folder).sorted().toList(),
                Module.foldersWithPom());
    }

    @ParameterizedTest
    @CsvSource(
            textBlock =
                    """
                    JNR_ONLY_IN_TAP,                    io.vswitch.rules.A,     jnr.ffi.Pointer
                    JNR_ONLY_IN_TAP,                    io.vswitch.bench.A,     com.kenai.jffi.Invoker
                    CHRONICLE_ONLY_IN_PERSIST,          io.vswitch.ctl.A,       net.openhft.chronicle.bytes.Bytes
                    FRONT_END_LIBRARIES_ONLY_ABOVE_THE_SWITCH, io.vswitch.vxlan.A,     picocli.CommandLine
                    FRONT_END_LIBRARIES_ONLY_ABOVE_THE_SWITCH, io.vswitch.tap.A,       org.eclipse.jetty.server.Server
                    FRONT_END_LIBRARIES_ONLY_ABOVE_THE_SWITCH, io.vswitch.rules.A,     com.fasterxml.jackson.core.Version
                    CTL_KNOWN_BY_CONTAINERS_ONLY,       io.vswitch.bench.A,     io.vswitch.ctl.B
                    CONTAINERS_KNOWN_BY_NOBODY,         io.vswitch.ctl.A,       io.vswitch.containers.B
                    CONTAINERS_KNOW_THE_CONTROL_API_ONLY, io.vswitch.containers.A, io.vswitch.ctl.daemon.B
                    CONTAINERS_KNOW_THE_CONTROL_API_ONLY, io.vswitch.containers.A, io.vswitch.tap.B
                    BENCH_KNOWN_BY_NOBODY,              io.vswitch.ctl.A,       io.vswitch.bench.B
                    RULES_KNOW_NEITHER_VXLAN_NOR_TAP,   io.vswitch.rules.A,     io.vswitch.vxlan.B
                    RULES_KNOW_NEITHER_VXLAN_NOR_TAP,   io.vswitch.rules.A,     io.vswitch.tap.B
                    VXLAN_KNOWS_NEITHER_RULES_NOR_TAP,  io.vswitch.vxlan.A,     io.vswitch.rules.B
                    VXLAN_KNOWS_NEITHER_RULES_NOR_TAP,  io.vswitch.vxlan.A,     io.vswitch.tap.B
                    TAP_KNOWS_NEITHER_RULES_NOR_VXLAN,  io.vswitch.tap.A,       io.vswitch.rules.B
                    TAP_KNOWS_NEITHER_RULES_NOR_VXLAN,  io.vswitch.tap.A,       io.vswitch.vxlan.B
                    CORE_KNOWS_AGRONA_AND_JCTOOLS_ONLY, io.vswitch.core.A,      io.vswitch.rules.B
                    CORE_KNOWS_AGRONA_AND_JCTOOLS_ONLY, io.vswitch.core.flow.A, org.slf4j.Logger
                    CORE_KNOWS_AGRONA_AND_JCTOOLS_ONLY, io.vswitch.core.A,      sun.misc.Unsafe
                    CORE_KNOWS_AGRONA_AND_JCTOOLS_ONLY, io.vswitch.core.A,      jdk.internal.misc.Unsafe
                    """)
    void shouldFailWhenClassKnowsWhatItMustNot(ModuleArrows arrow, String user, String used)
            throws IOException {
        assertBreaks(arrow, user, userOf(user, used));
    }

    @Test
    void shouldFailWhenCoreDeclaresNativeMethod() throws IOException {
        String user = "io.vswitch.core.A";
        assertBreaks(
                ModuleArrows.CORE_HAS_NO_NATIVE_CODE,
                user,
                new Fixture(folder).type(user, "native int open();").compile());
    }

    @ParameterizedTest
    @CsvSource({
        "io.vswitch.tap.A, jnr.ffi.Pointer",
        "io.vswitch.ctl.persist.A, net.openhft.chronicle.bytes.Bytes",
        "io.vswitch.ctl.A, picocli.CommandLine",
        "io.vswitch.containers.A, io.vswitch.ctl.api.B",
        "io.vswitch.containers.docker.A, org.eclipse.jetty.server.Server",
        "io.vswitch.ctl.A, io.vswitch.tap.B",
        "io.vswitch.bench.A, io.vswitch.rules.B",
        "io.vswitch.vxlan.A, io.vswitch.core.B",
        "io.vswitch.core.A, org.agrona.DirectBuffer",
        "io.vswitch.core.flow.A, org.jctools.queues.SpscArrayQueue",
    })
    void shouldPassWhenClassKnowsWhatItMay(String user, String used) throws IOException {
        JavaClasses classes = userOf(user, used);
        for (ModuleArrows arrow : ModuleArrows.values()) {
            arrow.rule().check(classes);
        }
    }

    private JavaClasses userOf(String user, String used) throws IOException {
        Fixture fixture = new Fixture(folder).type(user, used + " used;");
        boolean inJdk = used.startsWith("sun.") || used.startsWith("jdk.");
        return inJdk ? fixture.compile() : fixture.type(used, "").compile();
    }

    private static void assertBreaks(ModuleArrows arrow, String user, JavaClasses classes) {
        var result = arrow.rule().evaluate(classes);
        assertTrue(result.hasViolation(), arrow::name);
        assertTrue(result.getFailureReport().toString().contains(user), arrow::name);
    }
}
