#!/usr/bin/python3
"""Writes scapy.tsv beside this file, and the first inputs of the fuzz test: frames built by scapy with the flow key fields that scapy reads back from them.

Needs python3-scapy (written with 2.5.0). Run: /usr/bin/python3 generate.py
Columns: name, frame in hex, EtherType, outer VLAN, inner VLAN (-1: none), protocol, TCP flags, fragment (0 none, 1 first,
2 later), source port, destination port, source address, destination address, offset of network header, of transport
header (0: none).
"""
import os
import random
import struct

from scapy.all import (
    AH, ARP, Dot1AD, Dot1Q, Dot3, ESP, Ether, GRE, ICMP, ICMPv6EchoReply, ICMPv6EchoRequest, ICMPv6ND_NS,
    ICMPv6ND_RA, IP, IPOption_NOP, IPOption_RR, IPOption_Timestamp, IPv6, IPv6ExtHdrDestOpt, IPv6ExtHdrFragment,
    IPv6ExtHdrHopByHop, IPv6ExtHdrRouting, PadN, Padding, Raw, RouterAlert, SCTP, TCP, UDP, VXLAN, bind_layers, fragment, raw)

random.seed(17)
bind_layers(Ether, Dot1Q, type=0x9100)
bind_layers(AH, UDP, nh=17)
ETH = dict(dst="02:00:00:00:00:02", src="02:00:00:00:00:01")
TAGS = {
    "": lambda: Ether(**ETH),
    "vlan ": lambda: Ether(**ETH) / Dot1Q(vlan=5, prio=3),
    "priority-tag ": lambda: Ether(**ETH) / Dot1Q(vlan=0, prio=7),
    "qinq ": lambda: Ether(**ETH) / Dot1AD(vlan=100) / Dot1Q(vlan=4095),
    "qinq9100 ": lambda: Ether(type=0x9100, **ETH) / Dot1Q(vlan=7) / Dot1Q(vlan=8),
}
TRANSPORTS = {
    "tcp-syn": lambda: TCP(sport=1234, dport=80, flags="S", options=[("MSS", 1460), ("WScale", 7)]),
    "tcp-all-flags": lambda: TCP(sport=65535, dport=1, flags=0xFF) / Raw(b"x" * 33),
    "tcp-none": lambda: TCP(sport=0, dport=0, flags=0),
    "udp": lambda: UDP(sport=53, dport=5353) / Raw(b"payload"),
    "udp-empty": lambda: UDP(sport=9, dport=9),
    "vxlan": lambda: UDP(sport=50000, dport=4789) / VXLAN(vni=77) / Ether(**ETH) / IP(dst="1.2.3.4") / TCP(),
    "sctp": lambda: SCTP(sport=3, dport=4),
    "gre": lambda: GRE() / IP(src="9.9.9.9", dst="8.8.8.8") / UDP(),
}
V4 = {
    "ipv4": dict(),
    "ipv4-options": dict(options=[IPOption_NOP(), IPOption_RR(routers=["1.1.1.1", "2.2.2.2"])]),
    "ipv4-timestamp": dict(options=[IPOption_Timestamp()]),
    "ipv4-df-ecn": dict(flags="DF", tos=0xB9, ttl=1, id=0xFFFF),
}
V6 = {
    "ipv6": [],
    "ipv6-hbh": [lambda: IPv6ExtHdrHopByHop(options=[RouterAlert()])],
    "ipv6-dst-rt-dst": [
        lambda: IPv6ExtHdrDestOpt(options=[PadN(optdata=b"\0" * 12)]),
        lambda: IPv6ExtHdrRouting(addresses=["fd00::77"], segleft=0),
        lambda: IPv6ExtHdrDestOpt(),
    ],
    "ipv6-atomic": [lambda: IPv6ExtHdrFragment(offset=0, m=0, id=9)],
    "ipv6-eight": [lambda: IPv6ExtHdrHopByHop()] + [lambda: IPv6ExtHdrDestOpt()] * 7,
}
EXTENSIONS = (0, 43, 44, 60)


def layers(packet):
    while packet and packet.name != "NoPayload":
        yield packet
        packet = packet.payload


def row(name, packet):
    frame = raw(packet)
    packet = Ether(frame)
    at, l3, l4 = 0, 0, 0
    tags, proto, flags, frag = [], 0, 0, 0
    ether_type = packet.len if isinstance(packet, Dot3) else packet.type
    sport = dport = 0
    src = dst = "-"
    for layer in layers(packet):
        size = len(raw(layer)) - len(raw(layer.payload))
        if isinstance(layer, (Ether, Dot3)):
            l3 = 14
        elif isinstance(layer, (Dot1Q, Dot1AD)):
            tags.append(layer.vlan)
            ether_type = layer.type
            l3 += 4
        elif isinstance(layer, ARP):
            proto, src, dst = layer.op, layer.psrc, layer.pdst
            break
        elif isinstance(layer, IP):
            proto, src, dst = layer.proto, layer.src, layer.dst
            frag = 2 if layer.frag else 1 if layer.flags.MF else 0
            if frag == 2:
                break
        elif isinstance(layer, IPv6):
            proto, src, dst = layer.nh, layer.src, layer.dst
        elif isinstance(layer, IPv6ExtHdrFragment):
            proto, frag = layer.nh, 2 if layer.offset else 1 if layer.m else 0
            if frag == 2:
                break
        elif isinstance(layer, AH) and IPv6 in packet:
            proto = layer.nh
        elif proto in EXTENSIONS and hasattr(layer, "nh"):
            proto = layer.nh
        elif isinstance(layer, (TCP, UDP)):
            l4, sport, dport = at, layer.sport, layer.dport
            flags = int(layer.flags) if isinstance(layer, TCP) else 0
            break
        elif isinstance(layer, ICMP):
            l4, dport = at, layer.type << 8 | layer.code
            sport = layer.id if layer.type in (0, 8) else 0
            break
        elif layer.name.startswith("ICMPv6"):
            l4, dport = at, layer.type << 8 | layer.code
            sport = layer.id if layer.type in (128, 129) else 0
            break
        else:
            break
        at += size
    tags += [-1, -1]
    fields = [name, frame.hex(), ether_type, tags[0], tags[1], proto, flags, frag, sport, dport, src, dst, l3, l4]
    return "\t".join(map(str, fields))


def packets():
    for tag, link in TAGS.items():
        yield tag + "arp-request", link() / ARP(psrc="10.0.0.1", pdst="10.0.0.2", hwsrc=ETH["src"])
        for name, options in V4.items():
            for transport, l4 in TRANSPORTS.items():
                yield f"{tag}{name} {transport}", link() / IP(src="10.0.0.1", dst="192.168.255.2", **options) / l4()
        for name, extensions in V6.items():
            for transport, l4 in TRANSPORTS.items():
                packet = link() / IPv6(src="fd00::1", dst="2001:db8::ffff:2", tc=0x2E, fl=0xABCDE)
                for extension in extensions:
                    packet = packet / extension()
                yield f"{tag}{name} {transport}", packet / l4()
    v4 = lambda **more: Ether(**ETH) / IP(src="10.0.0.1", dst="10.0.0.2", **more)
    v6 = lambda: Ether(**ETH) / IPv6(src="fd00::1", dst="fd00::2")
    yield "echo request", v4() / ICMP(type=8, id=0xBEEF, seq=1) / Raw(b"ping")
    yield "echo reply", v4() / ICMP(type=0, id=7, seq=1)
    yield "unreachable", v4() / ICMP(type=3, code=4) / IP(src="1.1.1.1", dst="2.2.2.2") / UDP(sport=1, dport=2)
    yield "echo request v6", v6() / ICMPv6EchoRequest(id=0x1234, data=b"ping")
    yield "echo reply v6", v6() / ICMPv6EchoReply(id=1)
    yield "neighbour solicitation", v6() / ICMPv6ND_NS(tgt="fd00::9")
    yield "router advertisement", v6() / ICMPv6ND_RA()
    yield "esp", v6() / ESP(spi=1, seq=2, data=b"secret" * 4)
    yield "ah", v6() / AH(nh=17, payloadlen=4, icv=b"i" * 12) / UDP(sport=5, dport=6)
    yield "no next header", Ether(**ETH) / IPv6(src="fd00::1", dst="fd00::2", nh=59)
    yield "protocol 0", v4(proto=0) / Raw(b"\x06" * 24)
    yield "protocol 255", v4(proto=255) / Raw(b"\x11" * 24)
    yield "padded", v4() / UDP(sport=1, dport=2) / Raw(b"a") / Padding(b"\xff" * 17)
    yield "unknown type", Ether(type=0x88B5, **ETH) / Raw(b"local experiment")
    yield "802.3 length", Ether(type=3, **ETH) / Raw(b"\x42\x42\x03")
    for i, piece in enumerate(fragment(v4(id=3) / UDP(sport=1, dport=2) / Raw(bytes(range(256)) * 8), fragsize=1000)):
        yield f"fragment {i}", piece
    whole = raw(UDP(sport=1, dport=2, len=2056) / Raw(b"v" * 2048))
    for i, start in enumerate(range(0, len(whole), 1024)):
        piece = whole[start:start + 1024]
        header = IPv6ExtHdrFragment(nh=17, offset=start // 8, m=int(start + 1024 < len(whole)), id=5)
        yield f"fragment v6 {i}", v6() / header / Raw(piece)


def seed(row_text, number):
    """Fuzzing input: virtio_net_hdr, two bytes that say what to rewrite, frame."""
    name, frame, *numbers = row_text.split("\t")
    protocol, l4 = int(numbers[3]), int(numbers[11])
    header = bytes(10)
    if l4 and protocol in (6, 17) and numbers[5] == "0":
        gso = 5 if protocol == 17 else 4 if "ipv6" in name else 1
        header = struct.pack("<BBHHHH", 1, gso if number % 2 else 0, l4, 9, l4, 16 if protocol == 6 else 6)
    return header + random.randbytes(2) + bytes.fromhex(frame)


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    seeds = os.path.join(
        here, "../io/vswitch/core/packet/PacketFuzzTestInputs/shouldNeitherThrowNorTouchOtherMemory")
    os.makedirs(seeds, exist_ok=True)
    with open(os.path.join(here, "scapy.tsv"), "w", encoding="ascii") as out:
        for number, (name, packet) in enumerate(packets()):
            text = row(name, packet)
            out.write(text + "\n")
            if number % 5 == 0 or number > 350:
                with open(os.path.join(seeds, name.replace(" ", "-")), "wb") as seed_file:
                    seed_file.write(seed(text, number))


main()
