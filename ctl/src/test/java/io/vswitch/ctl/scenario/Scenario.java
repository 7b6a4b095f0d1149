package io.vswitch.ctl.scenario;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A scenario: a test that runs once against Open vSwitch and once against our switch, and that must
 * pass on both unless a reason is given here why it can't. It must fail where a reason is given.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@TestTemplate
@Tag("root")
@Tag("scenario")
@ExtendWith(BothSwitches.class)
@interface Scenario {
    /** Line of the list in docs/scenarios.md. */
    String value();

    /** Why Open vSwitch fails it, if it does. */
    String ovsFails() default "";

    /** Why our switch fails it, if it does. */
    String oursFails() default "";
}
