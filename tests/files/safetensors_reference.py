"""A reader and writer of safetensors files in plain Python, to compare ours with.

python3 safetensors_reference.py read FILE    prints "name dtype [shape] hex-of-bytes" for each tensor, then the metadata
python3 safetensors_reference.py write FILE   writes the tensors that tests/files/python_test.cpp expects
"""
import json
import struct
import sys

FORMATS = {"F64": "d", "I64": "q", "F32": "f", "BOOL": "?"}


def read(path):
    with open(path, "rb") as file:
        (size,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(size).decode("utf-8"))
        data = file.read()
    metadata = header.pop("__metadata__", {})
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        count = (end - begin) // struct.calcsize(FORMATS[entry["dtype"]])
        values = struct.unpack("<%d%s" % (count, FORMATS[entry["dtype"]]), data[begin:end])
        tensors[name] = (entry["dtype"], entry["shape"], values)
    return tensors, metadata


def write(path, tensors, metadata):
    header, data = {"__metadata__": metadata}, b""
    for name, (dtype, shape, values) in tensors.items():
        begin = len(data)
        data += struct.pack("<%d%s" % (len(values), FORMATS[dtype]), *values)
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [begin, len(data)]}
    text = json.dumps(header).encode("utf-8")
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


if __name__ == "__main__":
    if sys.argv[1] == "read":
        tensors, metadata = read(sys.argv[2])
        for name, (dtype, shape, values) in sorted(tensors.items()):
            print(name.encode("unicode_escape").decode(), dtype, shape, [repr(v) for v in values])
        print({key: value for key, value in metadata.items() if not key.startswith("tapegrad.")})
    else:
        write(sys.argv[2], {"fc1.weight": ("F32", [2, 3], [0.5, -1.5, 2.0, 3.25, float("inf"), -0.0]),
                            "fc1.bias": ("F32", [2], [1.0, 2.0]), "mask": ("BOOL", [3], [True, False, True]),
                            "step": ("I64", [], [-9007199254740993]), "\u00e4\n": ("F64", [1], [0.1]),
                            "none": ("F32", [2, 0], [])}, {"format": "pt", "k": "\u20ac"})
