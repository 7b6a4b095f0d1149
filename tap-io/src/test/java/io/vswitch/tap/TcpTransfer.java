package io.vswitch.tap;

import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * A TCP transfer of known bytes between two namespaces, with its content checked by the receiver.
 */
final class TcpTransfer {
    private static final String SERVER =
            String.join(
                    "\n",
                    "import socket,sys,hashlib",
                    "s=socket.create_server((sys.argv[1],5201)); s.settimeout(20)",
                    "c,_=s.accept(); c.settimeout(20); h=hashlib.md5()",
                    "while True:",
                    "  d=c.recv(1<<20)",
                    "  if not d: break",
                    "  h.update(d)",
                    "print(h.hexdigest())");
    private static final String CLIENT =
            String.join(
                    "\n",
                    "import socket,sys,hashlib,time",
                    "for i in range(100):",
                    "  try: c=socket.create_connection((sys.argv[1],5201),1); break",
                    "  except OSError: time.sleep(0.1)",
                    "d=bytes(i*7%251 for i in range(1000000)); h=hashlib.md5()",
                    "for i in range(int(sys.argv[2])//len(d)): c.sendall(d); h.update(d)",
                    "c.shutdown(1); print(h.hexdigest())");

    private TcpTransfer() {}

    static void run(
            final TestNamespace from,
            final TestNamespace to,
            final String address,
            final long bytes) {
        final Shell.Started server = to.start("/usr/bin/python3", "-c", SERVER, address);
        final Shell.Result client =
                from.exec("/usr/bin/python3", "-c", CLIENT, address, Long.toString(bytes));
        final Shell.Result received = Shell.await(server);
        assertEquals(0, client.exitCode, client.output);
        assertEquals(client.output, received.output);
    }
}
