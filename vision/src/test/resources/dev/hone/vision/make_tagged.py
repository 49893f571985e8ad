"""Writes image files whose headers decide how they are read; needs numpy, Pillow, tifffile and imagecodecs.

python make_tagged.py    (writes tagged.zip beside itself)

The samples are made first, so the expected pixels are known without any decoder; Pillow, tifffile and imagecodecs
then confirm the files that they can read. Its cases.txt has a line per file, separated by '|':
    name|C H W|tolerance|note     read as <name>.bin, uint8 [C,H,W]; note: a part of the note, if any
    name|!|part of the message    refused
"""
import io
import pathlib
import struct
import zipfile
import zlib

import imagecodecs
import numpy as np
import tifffile
from PIL import Image, ImageCms, ImageOps

archive = zipfile.ZipFile(pathlib.Path(__file__).parent / "tagged.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=9)
rng = np.random.default_rng(3)
cases = []
H, W = 10, 13
planar3 = lambda a: a[None] if a.ndim == 2 else a.transpose(2, 0, 1)


def put(name, data):
    archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)


def read(name, data, expected, tolerance=0, note=""):
    """expected: uint8 [H,W] or [H,W,3]"""
    put(name, data)
    a = np.ascontiguousarray(planar3(np.asarray(expected)), dtype=np.uint8)
    put(name + ".bin", a.tobytes())
    cases.append(f"{name}|{a.shape[0]} {a.shape[1]} {a.shape[2]}|{tolerance}|{note}")


def refused(name, data, message):
    put(name, data)
    cases.append(f"{name}|!|{message}")


def scaled(a, bits):
    top = (1 << bits) - 1
    return ((a.astype(np.int64) * 255 + top // 2) // top).astype(np.uint8)


def over_black(color, alpha):
    """8-bit samples"""
    al = alpha.astype(np.int64)
    return ((color.astype(np.int64) * (al if al.ndim == color.ndim else al[..., None]) + 127) // 255).astype(np.uint8)


# ---------------------------------------------------------------- TIFF

SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 8: 2, 16: 8}


def packed(samples, bits, order):
    """Rows of [H, samples in a row], each padded to a byte."""
    if bits in (8, 16, 32):
        return samples.astype(f"{order}u{bits // 8}").tobytes()
    out = []
    for row in samples:
        line = "".join(format(int(v), f"0{bits}b") for v in row)
        line += "0" * (-len(line) % 8)
        out.append(bytes(int(line[i:i + 8], 2) for i in range(0, len(line), 8)))
    return b"".join(out)


def tiff(strips, tags, big=False, endian="<", directory_last=True, strip_tag=273, gap=0, height=H, width=W):
    """tags: {tag: (type, values)}; sizes, offsets and counts are added; strips: bytes of each."""
    head = (b"II" if endian == "<" else b"MM") + struct.pack(endian + "H", 43 if big else 42)
    start = 16 if big else 8
    tags = dict(tags)
    tags.setdefault(256, (3, [width]))
    tags.setdefault(257, (3, [height]))
    tags[{273: 279, 324: 325}[strip_tag]] = (4, [len(s) for s in strips])
    tags[strip_tag] = (16 if big else 4, [0] * len(strips))
    if strip_tag == 273:
        tags.setdefault(278, (4, [height]))
    word, count_word, offset_word, inline = ("Q", "Q", "Q", 8) if big else ("H", "I", "I", 4)
    entry = 20 if big else 12
    ifd_size = struct.calcsize(endian + word) + entry * len(tags) + inline
    data_size = sum(len(s) for s in strips)
    if directory_last:
        offsets, ifd = start, start + data_size + gap
    else:
        ifd = start
        offsets = None
    extra_at = ifd + ifd_size
    extra = b""
    body = {}
    encode = lambda t, vs: vs if t in (2, 7) else b"".join(
        struct.pack(endian + {1: "B", 3: "H", 4: "I", 5: "II", 6: "b", 8: "h", 16: "Q"}[t], *(v if t == 5 else [v])) for v in vs)
    if offsets is None:
        offsets = extra_at + sum(
            len(encode(t, v)) + len(encode(t, v)) % 2 for t, v in tags.values() if len(encode(t, v)) > inline)
    at = offsets
    placed = []
    for s in strips:
        placed.append(at)
        at += len(s)
    tags[strip_tag] = (tags[strip_tag][0], placed)
    out = struct.pack(endian + word, len(tags))
    for tag in sorted(tags):
        kind, values = tags[tag]
        content = encode(kind, values)
        out += struct.pack(endian + "HH" + count_word, tag, kind, len(values))
        if len(content) <= inline:
            out += content.ljust(inline, b"\0")
        else:
            out += struct.pack(endian + offset_word, extra_at + len(extra))
            extra += content + b"\0" * (len(content) % 2)
    out += struct.pack(endian + offset_word, 0)
    head += struct.pack(endian + "HHQ", 8, 0, ifd) if big else struct.pack(endian + "I", ifd)
    pixels = b"".join(strips)
    return head + (pixels + b"\0" * gap + out + extra if directory_last else out + extra + pixels)


def tags(bits, photometric, samples=1, **more):
    t = {258: (3, [bits] * samples), 262: (3, [photometric]), 277: (3, [samples])}
    t.update({int(k[1:]): v for k, v in more.items()})
    return t


def chunky(a, bits, endian="<"):
    return packed(a.reshape(a.shape[0], -1), bits, endian)


def random(bits, samples=1):
    return rng.integers(0, 1 << bits, (H, W) if samples == 1 else (H, W, samples), dtype=np.uint32)


for bits in (1, 2, 4, 6, 8, 10, 12, 14, 16):
    for endian in "<>":
        name = f"gray{bits}{'le' if endian == '<' else 'be'}.tif"
        a = random(bits)
        data = tiff([chunky(a, bits, endian)], tags(bits, 1), endian=endian)
        read(name, data, scaled(a, bits))
        if bits in (1, 8, 16, 10, 12, 14):
            assert (tifffile.imread(io.BytesIO(data)) == a).all(), name
    a = random(bits)
    read(f"gray{bits}white.tif", tiff([chunky(a, bits)], tags(bits, 0)), scaled((1 << bits) - 1 - a, bits))
    zipped = tiff([zlib.compress(chunky(a, bits))], tags(bits, 1, t259=(3, [8])))
    read(f"gray{bits}deflate.tif", zipped, scaled(a, bits))
for bits in (2, 4, 8, 10, 12, 14, 16):
    a = random(bits, 3)
    if bits == 4:
        refused("rgb4.tif", tiff([chunky(a, bits)], tags(bits, 2, 3)), "4-bit RGB")
        continue
    read(f"rgb{bits}.tif", tiff([chunky(a, bits)], tags(bits, 2, 3)), scaled(a, bits))
    if bits >= 8:
        planes = [packed(a[..., c], bits, "<") for c in range(3)]
        read(f"rgb{bits}planar.tif", tiff(planes, tags(bits, 2, 3, t284=(3, [2]))), scaled(a, bits))
for bits in (1, 2, 4, 8):
    a = random(bits)
    flipped = imagecodecs.bitorder_encode(chunky(a, bits))
    read(f"gray{bits}fill2.tif", tiff([flipped], tags(bits, 1, t266=(3, [2]))), scaled(a, bits))
a = random(8)
split = [chunky(a[:4], 8), chunky(a[4:8], 8), chunky(a[8:], 8)]
read("strips.tif", tiff(split, tags(8, 1, t278=(3, [4]))), a)
for kind, endian in ((1, "<"), (3, "<"), (16, ">")):
    wide = kind == 16
    read(f"bigtiff{kind}.tif",
         tiff([chunky(a, 8, endian)], tags(8, 1, t256=(kind, [W]), t257=(kind, [H])), big=True, endian=endian), a)
# tiles, the last ones cut by the edge
tile = np.zeros((16, 16), np.uint8)
tile[:H, :W] = a
read("tile.tif", tiff([tile.tobytes()], tags(8, 1, t322=(3, [16]), t323=(3, [16])), strip_tag=324), a)
# predictor 2
for bits in (8, 16):
    for endian in "<>":
        a = random(bits, 3)
        d = np.diff(a.astype(np.int64), axis=1, prepend=0) % (1 << bits)
        data = tiff([zlib.compress(chunky(d, bits, endian))], tags(bits, 2, 3, t259=(3, [8]), t317=(3, [2])), endian=endian)
        assert (tifffile.imread(io.BytesIO(data)) == a).all()
        read(f"predictor{bits}{'le' if endian == '<' else 'be'}.tif", data, scaled(a, bits))
a = random(12)
refused("predictor12.tif", tiff([zlib.compress(chunky(a, 12))], tags(12, 1, t259=(3, [8]), t317=(3, [2]))), "predictor")
# compressions
a = random(8, 3)
buffer = lambda **o: (lambda b: (tifffile.imwrite(b, a.astype(np.uint8), photometric="rgb", metadata=None, software=False, **o), b.getvalue())[1])(io.BytesIO())
for c in ("lzw", "packbits", "adobe_deflate"):
    read(f"rgb8{c}.tif", buffer(compression=c), a)
for c, word in (("zstd", "Zstandard"), ("lzma", "LZMA"), ("webp", "WebP"), ("jpeg2000", "JPEG 2000"), ("jpegxl", "JPEG XL")):
    refused(f"{c}.tif", buffer(compression=c), word)
refused("compression77.tif", tiff([chunky(a, 8)], tags(8, 2, 3, t259=(3, [77]))), "compression 77")
bw = Image.fromarray(np.kron(rng.integers(0, 2, (4, 5)), np.ones((4, 4))).astype(bool))
for c in ("group3", "group4", "tiff_ccitt"):
    b = io.BytesIO()
    bw.save(b, "TIFF", compression=c)
    read(f"{c}.tif", b.getvalue(), np.asarray(Image.open(io.BytesIO(b.getvalue()))).astype(np.uint8) * 255)
smooth = lambda h, w, c, seed: np.asarray(Image.fromarray(np.random.default_rng(seed).integers(0, 256, (3, 4, c), dtype=np.uint8)).resize((w, h), Image.BICUBIC))
photo = smooth(24, 32, 3, 5)
b = io.BytesIO()
Image.fromarray(photo).save(b, "TIFF", compression="jpeg", quality=95)
read("jpeg.tif", b.getvalue(), np.asarray(Image.open(io.BytesIO(b.getvalue())).convert("RGB")), 3)
# alpha and extra samples
rgb, al = random(8, 3), random(8)
four = np.dstack([rgb, al])
pre = np.dstack([np.minimum(rgb, al[..., None]), al])
read("rgba-unassociated.tif", tiff([chunky(four, 8)], tags(8, 2, 4, t338=(3, [2]))), over_black(rgb, al))
read("rgba-associated.tif", tiff([chunky(pre, 8)], tags(8, 2, 4, t338=(3, [1]))), pre[..., :3])
read("rgb-unspecified.tif", tiff([chunky(four, 8)], tags(8, 2, 4, t338=(3, [0]))), rgb, note="extra sample")
read("rgb-unnamed.tif", tiff([chunky(four, 8)], tags(8, 2, 4)), rgb, note="extra sample")
six = np.dstack([four, random(8), random(8)])
read("rgb-three-extra.tif", tiff([chunky(six, 8)], tags(8, 2, 6, t338=(3, [0, 0, 0]))), rgb, note="3 extra samples")
read("rgb-alpha-second.tif", tiff([chunky(np.dstack([rgb, random(8), al]), 8)], tags(8, 2, 5, t338=(3, [0, 2]))),
     over_black(rgb, al), note="extra sample")
read("rgba-planar.tif", tiff([packed(four[..., c], 8, "<") for c in range(4)], tags(8, 2, 4, t284=(3, [2]), t338=(3, [2]))),
     over_black(rgb, al))
read("rgb-extra-planar.tif", tiff([packed(four[..., c], 8, "<") for c in range(4)], tags(8, 2, 4, t284=(3, [2]), t338=(3, [0]))),
     rgb, note="extra sample")
two = np.dstack([random(8), al])
read("gray-alpha.tif", tiff([chunky(two, 8)], tags(8, 1, 2, t338=(3, [2]))), over_black(two[..., 0], al))
read("gray-associated.tif", tiff([chunky(two, 8)], tags(8, 1, 2, t338=(3, [1]))), two[..., 0])
read("gray-unspecified.tif", tiff([chunky(two, 8)], tags(8, 1, 2, t338=(3, [0]))), two[..., 0], note="extra sample")
read("white-alpha.tif", tiff([chunky(two, 8)], tags(8, 0, 2, t338=(3, [2]))), over_black(255 - two[..., 0], al))
two16 = np.dstack([random(16), random(16)])
read("gray16-alpha.tif", tiff([chunky(two16, 16)], tags(16, 1, 2, t338=(3, [2]))),
     over_black(scaled(two16[..., 0], 16), scaled(two16[..., 1], 16)))
four16 = random(16, 4)
read("rgb16-unspecified.tif", tiff([chunky(four16, 16)], tags(16, 2, 4, t338=(3, [0]))), scaled(four16[..., :3], 16), note="extra sample")
read("rgba16.tif", tiff([chunky(four16, 16)], tags(16, 2, 4, t338=(3, [2]))),
     over_black(scaled(four16[..., :3], 16), scaled(four16[..., 3], 16)))
refused("five-bands.tif", tiff([chunky(random(8, 5), 8)], tags(8, 1, 5, t338=(3, [0] * 4))), "5 bands")
refused("five-bands-planar.tif",
        tiff([packed(random(8), 8, "<") for _ in range(5)], tags(8, 1, 5, t284=(3, [2]), t338=(3, [0] * 4))), "5 bands")
refused("three-bands-gray.tif", tiff([chunky(random(8, 3), 8)], tags(8, 1, 3, t338=(3, [0] * 2))), "3 bands")
# sample formats
for bits, kind, word in ((8, 2, "signed"), (16, 2, "signed"), (32, 2, "signed"), (32, 1, "32-bit"), (16, 3, "floating-point"), (32, 3, "floating-point"), (16, 5, "complex")):
    a = random(min(bits, 31))
    refused(f"format{bits}-{kind}.tif", tiff([chunky(a, bits)], tags(bits, 1, t339=(3, [kind]))), word)
a = random(8)
read("format8-4.tif", tiff([chunky(a, 8)], tags(8, 1, t339=(3, [4]))), a)
refused("mixed-bits.tif", tiff([chunky(random(8, 3), 8)], {258: (3, [8, 8, 16]), 262: (3, [2]), 277: (3, [3])}), "8, 8 and 16 bits")
refused("gray9.tif", tiff([chunky(random(9), 9)], tags(9, 1)), "9-bit")
# photometric
index = random(4)
table = rng.integers(0, 65536, (3, 16))
read("palette4.tif", tiff([chunky(index, 4)], tags(4, 3, t320=(3, list(table.ravel())))), (table >> 8).T[index])
table = rng.integers(0, 65536, (3, 256))
index = random(8)
read("palette8.tif", tiff([chunky(index, 8)], tags(8, 3, t320=(3, list(table.ravel()))), endian="<"), (table >> 8).T[index])
refused("palette-none.tif", tiff([chunky(index, 8)], tags(8, 3)), "the tag ColorMap is missing")
cmyk = random(8, 4)
mixed = lambda c: ((255 - c[..., :3].astype(int)) * (255 - c[..., 3:].astype(int)) + 127) // 255
read("cmyk8.tif", tiff([chunky(cmyk, 8)], tags(8, 5, 4)), mixed(cmyk))
read("cmyk8planar.tif", tiff([packed(cmyk[..., c], 8, "<") for c in range(4)], tags(8, 5, 4, t284=(3, [2]))), mixed(cmyk))
cmyk16 = random(16, 4)
read("cmyk16.tif", tiff([chunky(cmyk16, 16)], tags(16, 5, 4)), mixed(scaled(cmyk16, 16)))
five = np.dstack([cmyk, random(8)])
read("cmyk-extra.tif", tiff([chunky(five, 8)], tags(8, 5, 5, t338=(3, [0]))), mixed(cmyk), note="extra sample")
refused("inks.tif", tiff([chunky(cmyk, 8)], tags(8, 5, 4, t332=(3, [2]))), "inks")
for photometric, word in ((8, "L*a*b*"), (9, "L*a*b*"), (32803, "color filter array"), (34892, "raw"), (4, "transparency mask"), (32844, "LogL"), (99, "99")):
    samples = 3 if photometric in (8, 9, 34892) else 1
    a = random(8, samples)
    refused(f"photometric{photometric}.tif", tiff([chunky(a, 8)], tags(8, photometric, samples)), word)
ycc = smooth(16, 24, 3, 9)
b = tiff([np.ascontiguousarray(ycc).tobytes()], tags(8, 6, 3, t530=(3, [1, 1])), height=16, width=24)
y, cb, cr = (ycc[..., i].astype(np.float64) for i in range(3))
read("ycbcr.tif", b, np.clip(np.stack([y + 1.402 * (cr - 128), y - .344136 * (cb - 128) - .714136 * (cr - 128), y + 1.772 * (cb - 128)], -1).round(), 0, 255), 2)
# one unit of 2 x 2 luma with one pair of chroma
units = b"".join(bytes([*ycc[i:i + 2, j:j + 2, 0].ravel(), ycc[i, j, 1], ycc[i, j, 2]]) for i in range(0, 16, 2) for j in range(0, 24, 2))
cb, cr = (np.kron(ycc[::2, ::2, i].astype(np.float64), np.ones((2, 2))) for i in (1, 2))
read("ycbcr420.tif", tiff([units], tags(8, 6, 3, t530=(3, [2, 2])), height=16, width=24),
     np.clip(np.stack([y + 1.402 * (cr - 128), y - .344136 * (cb - 128) - .714136 * (cr - 128), y + 1.772 * (cb - 128)], -1).round(), 0, 255), 2)
# orientation: every value, directory before and behind the pixels, container and integer type
turn = {1: lambda a: a, 2: lambda a: a[:, ::-1], 3: lambda a: a[::-1, ::-1], 4: lambda a: a[::-1],
        5: lambda a: a.swapaxes(0, 1), 6: lambda a: np.rot90(a, 3), 7: lambda a: np.rot90(a.swapaxes(0, 1), 2), 8: lambda a: np.rot90(a)}
a = random(8)
for o in range(1, 9):
    read(f"turned{o}.tif", tiff([chunky(a, 8)], tags(8, 1, t274=(3, [o]))), turn[o](a))
for kind in (1, 4, 6, 8, 16):
    for endian in "<>":
        e = "le" if endian == "<" else "be"
        big = kind == 16
        read(f"turned-type{kind}{e}.tif", tiff([chunky(a, 8, endian)], tags(8, 1, t274=(kind, [6])), endian=endian, big=big), turn[6](a))
for big in (False, True):
    for endian in "<>":
        n = f"turned-{'big' if big else 'classic'}-{'le' if endian == '<' else 'be'}"
        read(n + "-first.tif", tiff([chunky(a, 8)], tags(8, 1, t274=(3, [8])), big=big, endian=endian, directory_last=False), turn[8](a))
read("turned-far.tif", tiff([chunky(a, 8)], tags(8, 1, t274=(3, [6])), gap=70000), turn[6](a))
read("turned-far-big.tif", tiff([chunky(a, 8)], tags(8, 1, t274=(3, [6])), gap=70000, big=True, endian=">"), turn[6](a))
read("turned9.tif", tiff([chunky(a, 8)], tags(8, 1, t274=(3, [9]))), a)
read("turned0.tif", tiff([chunky(a, 8)], tags(8, 1, t274=(3, [0]))), a)
# hostile sizes
refused("huge-tile.tif", tiff([b"\0" * 64], tags(8, 1, t322=(4, [1 << 30]), t323=(4, [1 << 30])), strip_tag=324), "tile")
refused("huge-tile-rgb16.tif", tiff([zlib.compress(b"\0" * 64)], tags(16, 2, 3, t259=(3, [8]), t322=(4, [(1 << 31) - 1]), t323=(4, [16])), strip_tag=324), "tile")
refused("zero-tile.tif", tiff([b"\0" * 64], tags(8, 1, t322=(3, [0]), t323=(3, [16])), strip_tag=324), "tile")
refused("huge-size.tif", tiff([b"\0" * 64], tags(8, 1, t256=(4, [60000]), t257=(4, [60000]))), "60000 x 60000")
refused("huge-width.tif", tiff([zlib.compress(b"\0" * 64)], tags(8, 1, t259=(3, [8]), t256=(4, [(1 << 31) - 1]), t257=(3, [1]))), "2147483647 x 1")
refused("huge-strip.tif", tiff([b"\0" * 64], tags(8, 1, t257=(4, [4000]), t256=(4, [4000]), t278=(4, [(1 << 32) - 1]))), "truncated")
refused("many-samples.tif", tiff([b"\0" * 64], {258: (3, [8]), 262: (3, [2]), 277: (3, [65535])}), "65535")
refused("no-size.tif", tiff([b"\0" * 64], tags(8, 1, t256=(2, b"wide\0"))), "ImageWidth")
refused("zero-size.tif", tiff([b"\0" * 64], tags(8, 1, t257=(3, [0]))), "13 x 0")

# ---------------------------------------------------------------- PNG

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def rows(a, bits):
    return b"".join(b"\0" + chunky(r[None], bits, ">") for r in a)


PASSES = [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1)]


def png(a, bits, kind, before=(), after=(), interlaced=False, size=None, idat=None):
    h, w = size or a.shape[:2]
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", w, h, bits, kind, 0, 0, int(interlaced)))
    if idat is None:
        raw = rows(a, bits) if not interlaced else b"".join(
            rows(a[y::dy, x::dx], bits) for y, x, dy, dx in PASSES if a[y::dy, x::dx].size)
        idat = zlib.compress(raw, 9)
    return SIGNATURE + head + b"".join(before) + chunk(b"IDAT", idat) + b"".join(after) + chunk(b"IEND", b"")


for bits in (1, 2, 4, 8, 16):
    a = random(bits)
    for interlaced in (False, True):
        data = png(a, bits, 0, interlaced=interlaced)
        name = f"gray{bits}{'-interlaced' if interlaced else ''}.png"
        if bits == 8:
            assert (np.asarray(Image.open(io.BytesIO(data))) == a).all()
        read(name, data, scaled(a, bits))
    key = int(a[2, 3])
    transparent = png(a, bits, 0, before=[chunk(b"tRNS", struct.pack(">H", key))])
    read(f"gray{bits}-trns.png", transparent, np.where(a == key, 0, scaled(a, bits)))
for bits in (8, 16):
    for kind, samples in ((2, 3), (4, 2), (6, 4)):
        a = random(bits, samples)
        e = scaled(a, bits)
        expected = {2: e, 4: over_black(e[..., 0], e[..., -1]), 6: over_black(e[..., :3], e[..., -1])}[kind]
        for interlaced in (False, True):
            read(f"color{kind}-{bits}{'-interlaced' if interlaced else ''}.png", png(a, bits, kind, interlaced=interlaced), expected)
    a = random(bits, 3)
    key = a[4, 5]
    expected = scaled(a, bits)
    expected[(a == key).all(-1)] = 0
    read(f"rgb{bits}-trns.png", png(a, bits, 2, before=[chunk(b"tRNS", struct.pack(">HHH", *key))]), expected)
for bits in (1, 2, 4, 8):
    n = 1 << bits
    index = random(bits)
    table = rng.integers(0, 256, (n, 3), dtype=np.uint8)
    for interlaced in (False, True):
        read(f"palette{bits}{'-interlaced' if interlaced else ''}.png",
             png(index, bits, 3, before=[chunk(b"PLTE", table.tobytes())], interlaced=interlaced), table[index])
    alpha = rng.integers(0, 256, n // 2 + 1, dtype=np.uint8)
    whole = np.concatenate([alpha, np.full(n, 255, np.uint8)])[:n]
    read(f"palette{bits}-trns.png", png(index, bits, 3, before=[chunk(b"PLTE", table.tobytes()), chunk(b"tRNS", alpha.tobytes())]),
         over_black(table, whole)[index])
a = random(8)
read("gamma.png", png(a, 8, 0, before=[chunk(b"gAMA", struct.pack(">I", 100000)), chunk(b"sRGB", b"\0")]), a)
rgb = random(8, 3)
profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
read("iccp.png", png(rgb, 8, 2, before=[chunk(b"iCCP", b"p\0\0" + zlib.compress(profile))]), rgb)
read("iccp-damaged.png", png(rgb, 8, 2, before=[chunk(b"iCCP", b"p\0\0" + b"damaged")]), rgb)
bomb = zlib.compressobj(9)
bomb = bomb.compress(b"\0" * (1 << 26)) + bomb.flush()
read("iccp-bomb.png", png(rgb, 8, 2, before=[chunk(b"iCCP", b"p\0\0" + bomb)]), rgb)
read("ztxt-bomb.png", png(rgb, 8, 2, before=[chunk(b"zTXt", b"p\0\0" + bomb)], after=[chunk(b"iTXt", b"p\0\1\0\0\0" + bomb)]), rgb)
read("text-damaged.png", png(rgb, 8, 2, before=[chunk(b"tEXt", b""), chunk(b"zTXt", b"x"), chunk(b"pHYs", b"1"), chunk(b"tIME", b"1"), chunk(b"sBIT", b"")]), rgb)
for o in range(1, 9):
    exif = Image.Exif()
    exif[0x0112] = o
    body = exif.tobytes()[6:]
    read(f"exif{o}-before.png", png(rgb, 8, 2, before=[chunk(b"eXIf", body)]), turn[o](rgb))
    read(f"exif{o}-after.png", png(rgb, 8, 2, after=[chunk(b"eXIf", body)]), turn[o](rgb))
big_endian = struct.pack(">2sHIHHHIHHI", b"MM", 42, 8, 1, 0x0112, 3, 1, 6, 0, 0)
read("exif-be.png", png(rgb, 8, 2, before=[chunk(b"eXIf", big_endian)]), turn[6](rgb))
long_type = struct.pack("<2sHIHHHIII", b"II", 42, 8, 1, 0x0112, 4, 1, 6, 0)
read("exif-long.png", png(rgb, 8, 2, before=[chunk(b"eXIf", long_type)]), turn[6](rgb))
read("exif-damaged.png", png(rgb, 8, 2, before=[chunk(b"eXIf", b"II*\0\xff\xff\xff\xff")]), rgb)
refused("huge.png", png(rgb, 8, 2, size=(60000, 60000)), "60000 x 60000")
refused("huge16.png", png(rgb, 16, 6, size=(4000, 4000)), "truncated")
refused("zero.png", png(rgb, 8, 2, size=(0, 13)), "13 x 0")
refused("bits3.png", png(rgb, 3, 0, idat=b""), "cannot be decoded")
refused("no-palette.png", png(random(8), 8, 3), "cannot be decoded")
for kind in ("gif", "ppm", "webp", "ico"):
    b = io.BytesIO()
    Image.fromarray(rgb.astype(np.uint8)).save(b, kind)
    refused(f"{kind}.png", b.getvalue(), "not a PNG, JPEG, BMP or TIFF")
refused("wbmp.png", bytes([0, 0, 13, 10]) + bytes(20), "not a PNG, JPEG, BMP or TIFF")
read("png-named.jpg", png(rgb, 8, 2), rgb)

# ---------------------------------------------------------------- JPEG


def jpeg(image, **o):
    b = io.BytesIO()
    Image.fromarray(image).save(b, "JPEG", quality=95, **o)
    return b.getvalue()


pillow = lambda data: np.asarray(ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGB"))
plain = jpeg(photo)
noise = jpeg(smooth(48, 64, 3, 8) // 2 + np.random.default_rng(1).integers(0, 128, (48, 64, 3), dtype=np.uint8), subsampling=0)
gray = jpeg(photo[..., 0])
read("plain.jpg", plain, pillow(plain), 3)
read("progressive.jpg", jpeg(photo, progressive=True), pillow(jpeg(photo, progressive=True)), 3)
read("gray.jpg", gray, np.asarray(Image.open(io.BytesIO(gray))), 3)
read("restart.jpg", jpeg(photo, restart_marker_blocks=1), pillow(jpeg(photo, restart_marker_blocks=1)), 3)
segment = lambda marker, data: bytes([0xFF, marker]) + struct.pack(">H", len(data) + 2) + data
exif = lambda o, endian: b"Exif\0\0" + (struct.pack("<2sHIHHHIHHI", b"II", 42, 8, 1, 0x0112, 3, 1, o, 0, 0) if endian == "<" else struct.pack(">2sHIHHHIHHI", b"MM", 42, 8, 1, 0x0112, 3, 1, o, 0, 0))
filler = segment(0xE2, b"FPXR\0" + b"\0" * 400) + segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x/>") + segment(0xFE, b"comment")
for o in range(1, 9):
    data = plain[:20] + filler + segment(0xE1, exif(o, "<>"[o % 2])) + plain[20:]
    read(f"exif{o}.jpg", data, pillow(data), 3)
wide_filler = segment(0xE2, b"FPXR\0" + b"\0" * 60000) * 3
read("exif-far.jpg", plain[:20] + wide_filler + segment(0xE1, exif(6, "<")) + plain[20:], turn[6](pillow(plain)), 3)
read("exif-damaged.jpg", plain[:20] + segment(0xE1, b"Exif\0\0II*\0\xff\xff\xff\xff") + plain[20:], pillow(plain), 3)
read("exif-fill.jpg", plain[:20] + b"\xff\xff\xff" + segment(0xE1, exif(6, "<")) + plain[20:], turn[6](pillow(plain)), 3)
junk = plain[:-2] + b"\0\1\2\3\4\5" + plain[-2:]
read("junk-before-eoi.jpg", junk, pillow(plain), 3, "extraneous")
read("trailing.jpg", plain + b"trailing garbage" * 20, pillow(plain), 3)
read("no-eoi.jpg", plain[:-2], pillow(plain), 3, "end")
read("no-eoi-progressive.jpg", jpeg(photo, progressive=True)[:-2], pillow(jpeg(photo, progressive=True)), 3, "end")
read("two.jpg", plain + gray, pillow(plain), 3)
for part in (.3, .6, .9, .97):
    refused(f"cut{int(part * 100)}.jpg", noise[:int(len(noise) * part)], "truncated")
cut = jpeg(photo, progressive=True)
for part in (.6, .9):
    refused(f"cut{int(part * 100)}-progressive.jpg", cut[:int(len(cut) * part)], "truncated")
ink = smooth(24, 32, 4, 6)
adobe_cmyk = io.BytesIO()
Image.frombytes("CMYK", (32, 24), ink.tobytes()).save(adobe_cmyk, "JPEG", quality=95)
adobe_cmyk = adobe_cmyk.getvalue()
read("cmyk.jpg", adobe_cmyk, pillow(adobe_cmyk), 4)
ycck = imagecodecs.jpeg8_encode(np.ascontiguousarray(255 - ink), level=95, colorspace="CMYK", outcolorspace="YCCK", subsampling="444")
read("ycck.jpg", ycck, pillow(ycck), 4)
rgb_jpeg = imagecodecs.jpeg8_encode(np.ascontiguousarray(photo), level=95, colorspace="RGB", outcolorspace="RGB")
read("rgb.jpg", rgb_jpeg, pillow(rgb_jpeg), 3)
with_profile = jpeg(photo, icc_profile=profile)
read("icc-lab.jpg", with_profile, pillow(with_profile), 3)
wide = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
at = wide.find(b"rXYZ", 128)
where = struct.unpack(">I", wide[at + 4:at + 8])[0]
wide[where + 8:where + 12] = struct.pack(">i", 50000)  # another red primary
with_profile = jpeg(photo, icc_profile=bytes(wide))
read("icc-wide.jpg", with_profile, pillow(with_profile), 3)
read("icc-damaged.jpg", jpeg(photo, icc_profile=b"damaged" * 30), pillow(plain), 3)
cmyk_profile = io.BytesIO()
Image.frombytes("CMYK", (32, 24), ink.tobytes()).save(cmyk_profile, "JPEG", quality=95, icc_profile=bytes(wide))
read("icc-cmyk.jpg", cmyk_profile.getvalue(), pillow(adobe_cmyk), 4)
twelve = imagecodecs.jpeg8_encode((photo.astype(np.uint16) * 16), level=95, bitspersample=12)
refused("twelve.jpg", twelve, "12-bit")
sof = plain.find(b"\xff\xc0")
arithmetic = plain[:sof + 1] + b"\xc9" + plain[sof + 2:]
refused("arithmetic.jpg", arithmetic, "arithmetic")
huge = bytearray(plain)
huge[sof + 5:sof + 9] = struct.pack(">HH", 65500, 65500)
refused("huge.jpg", bytes(huge), "65500 x 65500")
progressive = bytearray(jpeg(photo, progressive=True))
at = progressive.find(b"\xff\xc2")
progressive[at + 5:at + 9] = struct.pack(">HH", 5000, 5000)
refused("huge-progressive.jpg", bytes(progressive), "5000 x 5000")
refused("no-frame.jpg", b"\xff\xd8\xff\xd9", "cannot be decoded")
refused("start.jpg", b"\xff\xd8\xff", "cannot be decoded")

# ---------------------------------------------------------------- BMP


def bmp(bits, body, w=W, h=H, compression=0, head=40, masks=b"", table=b""):
    offset = 14 + head + (len(masks) if head == 40 else 0) + len(table)
    info = struct.pack("<IiiHHIIiiII", head, w, h, 1, bits, compression, len(body), 0, 0, len(table) // 4, 0)
    info += masks
    if head > 40:
        info = info.ljust(head, b"\0")
    return b"BM" + struct.pack("<IHHI", offset + len(body), 0, 0, offset) + info + table + body


pad = lambda row: row + b"\0" * (-len(row) % 4)
rgb = random(8, 3).astype(np.uint8)
body = b"".join(pad(r[:, ::-1].tobytes()) for r in rgb)
up = b"".join(pad(r[:, ::-1].tobytes()) for r in rgb[::-1])
confirmed = lambda data, e: (_ for _ in ()).throw(AssertionError()) if not (np.asarray(Image.open(io.BytesIO(data)).convert("RGB")) == e).all() else data
read("up.bmp", confirmed(bmp(24, up), rgb), rgb)
read("down.bmp", confirmed(bmp(24, body, h=-H), rgb), rgb)
x = np.dstack([rgb[..., ::-1], random(8).astype(np.uint8)])
read("rgbx.bmp", confirmed(bmp(32, x[::-1].tobytes()), rgb), rgb)
masks = struct.pack("<III", 0xFF0000, 0xFF00, 0xFF)
read("bitfields32.bmp", confirmed(bmp(32, x[::-1].tobytes(), compression=3, masks=masks), rgb), rgb)
five = (rgb >> 3).astype(np.uint16)
v = (five[..., 0] << 10 | five[..., 1] << 5 | five[..., 2]).astype("<u2")
read("rgb555.bmp", bmp(16, b"".join(pad(r.tobytes()) for r in v[::-1])), scaled(five, 5))
six = (rgb[..., 1] >> 2).astype(np.uint16)
v = (five[..., 0] << 11 | six << 5 | five[..., 2]).astype("<u2")
read("rgb565.bmp", bmp(16, b"".join(pad(r.tobytes()) for r in v[::-1]), compression=3, masks=struct.pack("<III", 0xF800, 0x7E0, 0x1F)),
     np.stack([scaled(five[..., 0], 5), scaled(six, 6), scaled(five[..., 2], 5)], -1))
alpha_masks = masks + struct.pack("<I", 0xFF000000)
read("rgba-v4.bmp", bmp(32, x[::-1].tobytes(), compression=3, head=108, masks=alpha_masks), over_black(rgb, x[..., 3]))
for bits in (1, 4, 8):
    index = random(bits)
    table = rng.integers(0, 256, (1 << bits, 4), dtype=np.uint8)
    table[:, 3] = 0
    data = bmp(bits, b"".join(pad(chunky(r[None], bits)) for r in index[::-1]), table=table.tobytes())
    read(f"palette{bits}.bmp", confirmed(data, table[:, 2::-1][index]), table[:, 2::-1][index])
runs = b"".join(b"".join(bytes([1, int(v)]) for v in r) + b"\0\0" for r in index[::-1]) + b"\0\1"
data = bmp(8, runs, compression=1, table=table.tobytes())
read("rle8.bmp", confirmed(data, table[:, 2::-1][index]), table[:, 2::-1][index])
index = random(4)
table = rng.integers(0, 256, (16, 4), dtype=np.uint8)
table[:, 3] = 0
pairs = lambda r: b"".join(bytes([len(r[i:i + 2]), int(r[i]) << 4 | (int(r[i + 1]) if i + 1 < W else 0)]) for i in range(0, W, 2))
data = bmp(4, b"".join(pairs(r) + b"\0\0" for r in index[::-1]) + b"\0\1", compression=2, table=table.tobytes())
read("rle4.bmp", confirmed(data, table[:, 2::-1][index]), table[:, 2::-1][index])
refused("huge.bmp", bmp(24, up, w=60000, h=60000), "60000 x 60000")
refused("huge-rle.bmp", bmp(8, runs, w=5000, h=5000, compression=1, table=table.tobytes()), "truncated")
refused("negative.bmp", bmp(24, up, w=-5), "cannot be decoded")
refused("cut.bmp", bmp(24, up)[:-40], "truncated")

# ---------------------------------------------------------------- what else was read wrong, with numbers of its own

rng = np.random.default_rng(11)
for bits in (1, 2, 4):
    for interlaced in (False, True):
        a = random(bits)
        key = (1 << bits) - 1
        data = png(a, bits, 0, before=[chunk(b"tRNS", struct.pack(">H", key))], interlaced=interlaced)
        read(f"white{bits}-trns{'-interlaced' if interlaced else ''}.png", data, np.where(a == key, 0, scaled(a, bits)))
rgb = random(8, 3)
turned = struct.pack("<2sHIHHHIHHI", b"II", 42, 8, 1, 0x0112, 3, 1, 6, 0, 0)
read("exif-prefix.png", png(rgb, 8, 2, before=[chunk(b"eXIf", b"Exif\0\0" + turned)]), turn[6](rgb))
digits = (b"Exif\0\0" + turned).hex()
profile_text = lambda name: f"\n{name}\n{len(digits) // 2:8d}\n{digits[:36]}\n{digits[36:]}\n".encode()
read("exif-profile.png", png(rgb, 8, 2, before=[chunk(b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(profile_text("exif")))]), turn[6](rgb))
read("exif-profile-plain.png", png(rgb, 8, 2, after=[chunk(b"tEXt", b"Raw profile type APP1\0" + profile_text("generic"))]), turn[6](rgb))
read("exif-profile-damaged.png", png(rgb, 8, 2, before=[chunk(b"zTXt", b"Raw profile type exif\0\0" + b"damaged"),
                                                      chunk(b"tEXt", b"Raw profile type exif\0\nexif\n 4\nxyz0")]), rgb)
# both JFIF and an Adobe segment for RGB: as libjpeg, JFIF decides
adobe_rgb = plain[:20] + segment(0xEE, b"Adobe\0\x64\0\0\0\0\0") + plain[20:]
read("jfif-adobe.jpg", adobe_rgb, pillow(adobe_rgb), 3)
# streams of JPEG in a TIFF
b = io.BytesIO()
tifffile.imwrite(b, photo, photometric="rgb", compression="jpeg", tile=(16, 16), metadata=None)
read("jpeg-tiles.tif", b.getvalue(), tifffile.imread(io.BytesIO(b.getvalue())), 16)  # colors are scaled up in two ways
for name, data in (("baseline", bytearray(gray)), ("progressive", bytearray(jpeg(photo[..., 0], progressive=True)))):
    at = data.find(b"\xff\xc2" if name == "progressive" else b"\xff\xc0")
    data[at + 5:at + 9] = struct.pack(">HH", 65500, 65500)
    refused(f"huge-{name}.tif", tiff([bytes(data)], tags(8, 1, t259=(3, [7])), height=24, width=32), "65500 x 65500")
bigger = jpeg(np.kron(photo[..., 0], np.ones((4, 4), np.uint8)))
refused("larger-than-tags.tif", tiff([bigger], tags(8, 1, t259=(3, [7])), height=24, width=32), "not possible in a part of 32 x 24")
read("jpeg-strip.tif", tiff([gray], tags(8, 1, t259=(3, [7])), height=24, width=32), np.asarray(Image.open(io.BytesIO(gray))), 3)
# files in a BMP, larger than it says
refused("jpeg.bmp", bmp(0, bigger, compression=4), "JPEG inside of a BMP")
refused("png.bmp", bmp(0, png(rgb, 8, 2), compression=5), "PNG inside of a BMP")

put("cases.txt", "\n".join(cases) + "\n")
archive.close()
