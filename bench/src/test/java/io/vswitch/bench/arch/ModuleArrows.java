package io.vswitch.bench.arch;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;

import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;

/**
 * Who may know whom. Each rule passes on classes it has nothing to say about: {@link
 * ModuleArrowsTest} sees to it that every module's classes were really looked at and that every
 * rule fails on a class made to break it.
 */
enum ModuleArrows {
    JNR_ONLY_IN_TAP(only("io.vswitch.tap..", "jnr..", "com.kenai.jffi..")),
    CHRONICLE_ONLY_IN_PERSIST(only("io.vswitch.ctl.persist..", "net.openhft..")),
    FRONT_END_LIBRARIES_ONLY_ABOVE_THE_SWITCH(
            onlyIn(
                    List.of("io.vswitch.ctl..", "io.vswitch.containers.."),
                    "picocli..",
                    "org.eclipse.jetty..",
                    "com.fasterxml.jackson..")),
    CTL_KNOWN_BY_CONTAINERS_ONLY(
            onlyIn(List.of("io.vswitch.ctl..", "io.vswitch.containers.."), "io.vswitch.ctl..")),
    CONTAINERS_KNOWN_BY_NOBODY(only("io.vswitch.containers..", "io.vswitch.containers..")),
    /** The control API's client and what it takes: the daemon is another process. */
    CONTAINERS_KNOW_THE_CONTROL_API_ONLY(
            classes()
                    .that()
                    .resideInAPackage("io.vswitch.containers..")
                    .should()
                    .onlyDependOnClassesThat()
                    .resideInAnyPackage(
                            "io.vswitch.containers..",
                            "io.vswitch.ctl.api..",
                            "io.vswitch.ctl.state..",
                            "java..",
                            "picocli..",
                            "org.eclipse.jetty..",
                            "com.fasterxml.jackson..",
                            "org.slf4j..")
                    .allowEmptyShould(true)),
    BENCH_KNOWN_BY_NOBODY(only("io.vswitch.bench..", "io.vswitch.bench..")),
    RULES_KNOW_NEITHER_VXLAN_NOR_TAP(
            none("io.vswitch.rules..", "io.vswitch.vxlan..", "io.vswitch.tap..")),
    VXLAN_KNOWS_NEITHER_RULES_NOR_TAP(
            none("io.vswitch.vxlan..", "io.vswitch.rules..", "io.vswitch.tap..")),
    TAP_KNOWS_NEITHER_RULES_NOR_VXLAN(
            none("io.vswitch.tap..", "io.vswitch.rules..", "io.vswitch.vxlan..")),
    /** Leaves out sun.misc.Unsafe, jdk.internal and every logging API too. */
    CORE_KNOWS_AGRONA_AND_JCTOOLS_ONLY(
            classes()
                    .that()
                    .resideInAPackage("io.vswitch.core..")
                    .should()
                    .onlyDependOnClassesThat()
                    .resideInAnyPackage(
                            "io.vswitch.core..", "java..", "org.agrona..", "org.jctools..")
                    .allowEmptyShould(true)),
    CORE_HAS_NO_NATIVE_CODE(
            noMethods()
                    .that()
                    .areDeclaredInClassesThat()
                    .resideInAPackage("io.vswitch.core..")
                    .should()
                    .haveModifier(JavaModifier.NATIVE)
                    .allowEmptyShould(true));

    private final ArchRule rule;

    ModuleArrows(ArchRule rule) {
        this.rule = rule;
    }

    ArchRule rule() {
        return rule;
    }

    private static ArchRule only(String owner, String... packages) {
        return onlyIn(List.of(owner), packages);
    }

    private static ArchRule onlyIn(List<String> owners, String... packages) {
        return noClasses()
                .that()
                .resideOutsideOfPackages(owners.toArray(String[]::new))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(packages)
                .allowEmptyShould(true);
    }

    private static ArchRule none(String owner, String... packages) {
        return noClasses()
                .that()
                .resideInAPackage(owner)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(packages)
                .allowEmptyShould(true);
    }
}
