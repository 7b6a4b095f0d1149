"""The hands of the scenarios inside the namespaces: raw frames by scapy, HTTP and echo servers.

One process for all namespaces of a switch: a socket stays in the namespace it was made in. Reads one JSON request a
line, writes one JSON answer a line.
"""
import ctypes, hashlib, http.server, json, os, select, socket, struct, sys, threading, time

from scapy.all import *  # noqa: packets of requests are scapy expressions
from scapy.all import Ether

PROBE = 0x88B5  # local experimental EtherType: the frames that show that everything before them was handled
PACKET_AUXDATA = 8
BLOB = bytes(range(256)) * (4 << 12)  # 4 MiB

libc = ctypes.CDLL(None, use_errno=True)
home = os.open("/proc/self/ns/net", os.O_RDONLY)
ends = {}
lock = threading.Lock()


def in_namespace(name, work):
    """Runs work in a namespace; servers made there stay there."""
    space = os.open("/run/netns/" + name, os.O_RDONLY)
    try:
        if libc.setns(space, 0):
            raise OSError(ctypes.get_errno(), "setns")
        return work()
    finally:
        libc.setns(home, 0)
        os.close(space)


class Quiet(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.0"

    def do_GET(self):
        if self.path == "/who":
            client = self.client_address[0].replace("::ffff:", "") + " " + str(self.client_address[1])
            self.answer(client.encode())
        else:
            self.answer(BLOB if self.path == "/blob" else (self.server.name + "\n").encode())

    def do_POST(self):
        left, digest = int(self.headers["Content-Length"]), hashlib.md5()
        while left > 0:
            data = self.rfile.read(min(left, 65536))
            if not data:
                return
            digest.update(data)
            left -= len(data)
        self.answer(digest.hexdigest().encode())

    def answer(self, body):
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


class Server(http.server.ThreadingHTTPServer):
    address_family = socket.AF_INET6  # and IPv4, mapped
    daemon_threads = True
    request_queue_size = 64

    def server_bind(self):
        self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)

    def handle_error(self, request, client_address):
        pass


def udp_echo(sock):
    while True:
        data, sender = sock.recvfrom(65535)
        try:
            sock.sendto(data, sender)
        except OSError:
            pass


def serve(name, port):
    """HTTP on TCP, and an echo on UDP, of one port."""
    server = Server(("::", port), Quiet)
    server.name = name
    threading.Thread(target=server.serve_forever, daemon=True).start()
    udp = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    udp.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    udp.bind(("::", port))
    threading.Thread(target=udp_echo, args=(udp,), daemon=True).start()


class End:
    """One namespace."""

    def __init__(self, name, netns):
        self.name, self.netns, self.sock, self.frames, self.probes = name, netns, None, [], set()

    def open(self):
        """Sends and hears frames from now on."""
        if self.sock:
            return

        def make():
            sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
            sock.setsockopt(socket.SOL_SOCKET, 33, 64 << 20)  # SO_RCVBUFFORCE
            sock.setsockopt(263, PACKET_AUXDATA, 1)
            sock.bind(("eth0", 3))
            sock.setblocking(False)
            return sock

        self.sock = in_namespace(self.netns, make)

    def close(self):
        if self.sock:
            self.sock.close()
        self.sock, self.frames, self.probes = None, [], set()

    def send(self, frame):
        while True:
            try:
                self.sock.send(frame)
                return
            except (BlockingIOError, OSError) as e:
                if getattr(e, "errno", 0) not in (11, 105):
                    raise
                select.select([], [self.sock], [], 1)

    def hear(self):
        while True:
            try:
                data, extra, _, sender = self.sock.recvmsg(70000, 256)
            except BlockingIOError:
                return
            if sender[2] == 4:  # PACKET_OUTGOING: what this namespace sent itself
                continue
            for _, kind, aux in extra:
                if kind == PACKET_AUXDATA:
                    status, _, _, _, _, tci, tpid = struct.unpack("=IIIHHHH", aux[:20])
                    if status & 0x10:  # the kernel took the tag off
                        data = data[:12] + struct.pack("!HH", tpid if status & 0x40 else 0x8100, tci) + data[12:]
            if data[12:14] == struct.pack("!H", PROBE):
                self.probes.add(data[14:22])
            else:
                self.frames.append(data)


def hear_all(seconds):
    open_ends = {e.sock: e for e in ends.values() if e.sock}
    for sock in select.select(list(open_ends), [], [], seconds)[0]:
        open_ends[sock].hear()


serial = [0]


def settle(pairs, seconds):
    """Two rounds of frames that every policy lets through: whatever was sent before them has come, or won't."""
    for _ in range(2):
        waiting = []
        for src, dst, dst_mac, src_mac in pairs:
            serial[0] += 1
            mark = struct.pack("!Q", serial[0])
            frame = mac(dst_mac) + mac(src_mac) + struct.pack("!H", PROBE) + mark + bytes(38)
            waiting.append((src, dst, mark, frame))
        limit, again = time.monotonic() + seconds, 0
        while True:
            missing = [w for w in waiting if w[2] not in ends[w[1]].probes]
            now = time.monotonic()
            if not missing:
                break
            if now > limit:
                raise RuntimeError("no probe " + ", ".join(w[0] + ">" + w[1] for w in missing))
            if now > again:  # a full queue loses probes too
                again = now + 0.3
                for src, _, _, frame in missing:
                    ends[src].send(frame)
            hear_all(0.1)


def mac(text):
    return bytes.fromhex(text.replace(":", ""))


def good(packet):
    """Whether all checksums of a packet are right: those a stack would work out anew are those it has."""
    again = packet.copy()
    for layer in again.layers():
        for field in ("chksum", "cksum"):
            if field in again[layer].fields:
                delattr(again[layer], field)
    return bytes(again) == bytes(packet)


def holds(expression, frame):
    packet = Ether(frame)
    try:
        return bool(eval(expression, globals(), {"p": packet, "raw": frame}))
    except (IndexError, AttributeError):
        return False


def packets(expression):
    value = eval(expression, globals())
    listed = value if isinstance(value, (list, tuple)) else [value]
    return [p if isinstance(p, bytes) else bytes(p) for p in listed]


def handle(request):
    op = request["op"]
    if op == "end":
        end = ends[request["name"]] = End(request["name"], request["netns"])
        in_namespace(end.netns, lambda: [serve(end.name, port) for port in request["ports"]])
    elif op == "open":
        for end in ends.values():
            end.open()
    elif op == "close":
        for end in ends.values():
            end.close()
    elif op == "send":
        for frame in packets(request["packets"]):
            ends[request["from"]].send(frame)
    elif op == "settle":
        settle(request["pairs"], request["seconds"])
    elif op == "forget":
        for end in ends.values():
            end.hear()
            end.frames = []
    elif op == "received":
        end = ends[request["at"]]
        end.hear()
        return [f.hex() for f in end.frames if holds(request["where"], f)]
    else:
        raise ValueError(op)
    return None


def main():
    for line in sys.stdin:
        try:
            answer = {"ok": handle(json.loads(line))}
        except Exception as e:
            answer = {"error": type(e).__name__ + ": " + str(e)}
        print(json.dumps(answer), flush=True)


main()
