package io.vswitch.vxlan;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** A TCP transfer of known bytes between two namespaces, its content checked by the receiver. */
final class Transfer {
    private static final String SERVER =
            String.join(
                    "\n",
                    "import socket,sys,hashlib",
                    "f=socket.AF_INET6 if ':' in sys.argv[1] else socket.AF_INET",
                    "s=socket.create_server((sys.argv[1],5201),family=f); s.settimeout(40)",
                    "print('ready',flush=True)",
                    "c,_=s.accept(); c.settimeout(40); h=hashlib.md5()",
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
                    "  try: c=socket.create_connection((sys.argv[1],5201),2); break",
                    "  except OSError: time.sleep(0.1)",
                    "c.settimeout(40)",
                    "d=bytes(i*7%251 for i in range(1000003)); h=hashlib.md5()",
                    "for i in range(int(sys.argv[2])): c.sendall(d); h.update(d)",
                    "c.shutdown(1); print('ready'); print(h.hexdigest())");

    private Transfer() {}

    /** Sends so many megabytes. */
    static void run(
            final Lab lab,
            final String from,
            final String to,
            final String address,
            final int megabytes) {
        final Process server = lab.python(to, SERVER, address);
        final Process client = lab.python(from, CLIENT, address, Integer.toString(megabytes));
        final String sent = Lab.output(client);
        assertEquals(sent, Lab.output(server));
    }
}
