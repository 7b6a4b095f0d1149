package io.vswitch.containers;

import org.eclipse.jetty.http.HostPortHttpField;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.internal.HttpConnection;

/**
 * HTTP as the engine speaks it; run by Jetty. Its client sends {@code Host:} with nothing behind it
 * to a unix socket, which Jetty refuses ("Blank Host") whatever its compliance settings.
 */
final class LenientConnectionFactory extends HttpConnectionFactory {
    private static final HttpField HOST = new HostPortHttpField("localhost");

    LenientConnectionFactory(final HttpConfiguration configuration) {
        super(configuration);
    }

    @Override
    public Connection newConnection(final Connector connector, final EndPoint endPoint) {
        return configure(
                new LenientConnection(getHttpConfiguration(), connector, endPoint),
                connector,
                endPoint);
    }

    /** One connection of the engine; its requests come one after the other. */
    private static final class LenientConnection extends HttpConnection {
        LenientConnection(
                final HttpConfiguration configuration,
                final Connector connector,
                final EndPoint endPoint) {
            super(configuration, connector, endPoint);
        }

        @Override
        protected RequestHandler newRequestHandler() {
            return new RequestHandler() {
                @Override
                public void parsedHeader(final HttpField field) {
                    final boolean blank =
                            field.getHeader() == HttpHeader.HOST
                                    && (field.getValue() == null || field.getValue().isBlank());
                    super.parsedHeader(blank ? HOST : field);
                }
            };
        }
    }
}
