"""The Kinesis Producer Library's aggregation: many user records in one record of the stream."""

import hashlib

MAGIC = bytes.fromhex("f3899ac2")


def varint(number):
    encoded = bytearray()
    while number > 0x7F:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes(encoded) + bytes([number])


def field(number, value):
    """A field of a protobuf message: bytes, or a number."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def aggregate(key, payloads):
    """The bytes of a stream record that carries `payloads` in this order, all under one partition key. The messages are
    AggregatedRecord {repeated string partition_key_table = 1; repeated string explicit_hash_key_table = 2;
    repeated Record records = 3} and Record {uint64 partition_key_index = 1; uint64 explicit_hash_key_index = 2; bytes data = 3}."""
    message = field(1, key.encode()) + b"".join(field(3, field(1, 0) + field(3, payload)) for payload in payloads)
    return MAGIC + message + hashlib.md5(message).digest()
