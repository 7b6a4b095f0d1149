package io.vswitch.ctl.scenario;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.reflect.Method;
import java.nio.file.Files;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;

/**
 * Runs a scenario against Open vSwitch, then against ours. Each switch is started once, by the
 * first scenario, and stopped when the JVM ends; before each scenario it is set back.
 */
final class BothSwitches implements TestTemplateInvocationContextProvider {
    @Override
    public boolean supportsTestTemplate(final ExtensionContext context) {
        return true;
    }

    @Override
    public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(
            final ExtensionContext context) {
        final Scenario scenario = context.getRequiredTestMethod().getAnnotation(Scenario.class);
        return Stream.of(
                new Against("ovs", scenario.value(), scenario.ovsFails()),
                new Against("ours", scenario.value(), scenario.oursFails()));
    }

    /** One switch. */
    private record Against(String name, String title, String expectedFailure)
            implements TestTemplateInvocationContext, ParameterResolver, InvocationInterceptor {
        @Override
        public String getDisplayName(final int index) {
            return name + ": " + title;
        }

        @Override
        public List<Extension> getAdditionalExtensions() {
            return List.of(this);
        }

        @Override
        public boolean supportsParameter(
                final ParameterContext parameter, final ExtensionContext context) {
            return parameter.getParameter().getType() == Lab.class;
        }

        @Override
        public Object resolveParameter(
                final ParameterContext parameter, final ExtensionContext context) {
            return lab();
        }

        private Lab lab() {
            assumeTrue(
                    "root".equals(System.getProperty("user.name")),
                    "SKIPPED: needs root for namespaces");
            assumeTrue(
                    name.equals("ours") || Files.exists(OpenVSwitch.DAEMON),
                    "SKIPPED: needs Debian's package openvswitch-switch");
            return Lab.of(name);
        }

        @Override
        public void interceptTestTemplateMethod(
                final Invocation<Void> invocation,
                final ReflectiveInvocationContext<Method> method,
                final ExtensionContext context)
                throws Throwable {
            final Lab lab = lab();
            lab.begin();
            Throwable failure = null;
            try {
                invocation.proceed();
                lab.assertClean();
            } catch (AssertionError | RuntimeException e) {
                failure = e;
            } finally {
                lab.end();
            }
            judge(failure);
        }

        private void judge(final Throwable failure) throws Throwable {
            if (expectedFailure.isEmpty() && failure != null) {
                throw failure;
            }
            if (!expectedFailure.isEmpty() && failure == null) {
                throw new AssertionError(
                        name + " passes now, though it is said to fail: " + expectedFailure);
            }
        }
    }
}
