"""The keys that `limits check` knows are those that the daemon's own classes have setters for."""
import pathlib
import re
import struct
import unittest
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
PACKAGE = "software/amazon/kinesis/multilang/config/"
# What MultiLangDaemonConfig reads before the configuration is made.
READ_BEFORE = {"executableName", "processingLanguage", "maxActiveThreads"}
# Bytes behind the tag of each kind of constant but text (The Java Virtual Machine Specification, 4.4).
CONSTANT_SIZES = {3: 4, 4: 4, 5: 8, 6: 8, 7: 2, 8: 2, 9: 4, 10: 4, 11: 4, 12: 4, 15: 3, 16: 2, 17: 4, 18: 4, 19: 2, 20: 2}


def constants(data):
    """The texts of a class file by number, and where its constants end."""
    count, = struct.unpack_from(">H", data, 8)
    place, number, texts = 10, 1, {}
    while number < count:
        tag = data[place]
        if tag == 1:
            size, = struct.unpack_from(">H", data, place + 1)
            texts[number] = data[place + 3:place + 3 + size].decode()
            place += 3 + size
        else:
            place += 1 + CONSTANT_SIZES[tag]
        number += 2 if tag in (5, 6) else 1  # numbers of eight bytes count twice
    return texts, place


def members(data, place):
    """(access, name) of each field or method in the table at that place, and where it ends."""
    count, = struct.unpack_from(">H", data, place)
    place += 2
    found = []
    for _ in range(count):
        access, name, _, attributes = struct.unpack_from(">4H", data, place)
        found.append((access, name))
        place += 8
        for _ in range(attributes):
            place += 6 + struct.unpack_from(">I", data, place + 2)[0]
    return found, place


def setters(data):
    """The properties that a class has public setters for."""
    texts, place = constants(data)
    interfaces, = struct.unpack_from(">H", data, place + 6)
    _, place = members(data, place + 8 + 2 * interfaces)
    methods, _ = members(data, place)
    names = [texts[name] for access, name in methods if access & 1]
    return {name[3].lower() + name[4:] for name in names if name.startswith("set")}


class DaemonKeys(unittest.TestCase):
    def test_are_those_of_the_daemons_classes(self):
        jar, = (ROOT / "daemon" / "jars" / "kcl").glob("amazon-kinesis-client-multilang-*.jar")
        with zipfile.ZipFile(jar) as classes:
            def of(name):
                return setters(classes.read(f"{PACKAGE}{name}.class"))
            expected = READ_BEFORE | of("MultiLangDaemonConfiguration")
            for bean in ("Fanout", "Polling"):
                expected |= {f"{bean.lower()}Config.{key}" for key in of(f"{bean}ConfigBean")}
        listed = re.search(r"kKeys\{(.*?)\}", (ROOT / "cli" / "daemon_keys.cc").read_text(), re.S)[1]
        known = re.findall(r'"([^"]+)"', listed)
        self.assertEqual(known, sorted(expected))


if __name__ == "__main__":
    unittest.main(verbosity=2)
