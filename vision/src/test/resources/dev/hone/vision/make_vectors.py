"""Writes the small image files and expected arrays that the tests of this module read; needs Pillow, numpy, OpenCV, torch.

python make_vectors.py    (writes beside itself)

<name>.<ext> is an image file, <name>.bin the uint8 [C,H,W] that Pillow and numpy make of it, sizes.txt its shape.
"""
import pathlib

import cv2
import numpy as np
import torch
from PIL import Image, ImageOps, TiffImagePlugin

here = pathlib.Path(__file__).parent
(here / "files").mkdir(exist_ok=True)
rng = np.random.default_rng(1)
shapes = []


def expect(name, array):
    """array: [H,W] or [H,W,3] uint8"""
    a = array[None] if array.ndim == 2 else array.transpose(2, 0, 1)
    np.ascontiguousarray(a, dtype=np.uint8).tofile(here / "files" / (pathlib.Path(name).stem + ".bin"))
    shapes.append(f"{name} {a.shape[0]} {a.shape[1]} {a.shape[2]}")


def save(image, name, **options):
    image.save(here / "files" / name, **options)


def smooth(h, w, channels, seed):
    """An image without hard edges, so that two JPEG decoders agree."""
    r = np.random.default_rng(seed)
    a = r.uniform(0, 255, (4, 4, channels)).astype(np.float32)
    a = cv2.resize(a, (w, h), interpolation=cv2.INTER_CUBIC)
    return np.clip(a, 0, 255).round().astype(np.uint8).reshape(h, w, channels)


H, W = 11, 14
gray = rng.integers(0, 256, (H, W), dtype=np.uint8)
rgb = rng.integers(0, 256, (H, W, 3), dtype=np.uint8)
gray16 = rng.integers(0, 65536, (H, W), dtype=np.uint16)
rgb16 = rng.integers(0, 65536, (H, W, 3), dtype=np.uint16)
alpha = rng.integers(0, 256, (H, W), dtype=np.uint8)
to8 = lambda a: np.floor(a.astype(np.float64) * 255 / 65535 + 0.5).astype(np.uint8)
over_black = lambda a, al: np.floor(a.astype(np.float64) * (al if a.ndim == 2 else al[..., None]) / 255 + 0.5).astype(np.uint8)

for ext in ("png", "bmp", "tif"):
    save(Image.fromarray(gray), f"gray8_{ext}.{ext}")
    expect(f"gray8_{ext}.{ext}", gray)
    save(Image.fromarray(rgb), f"rgb8_{ext}.{ext}")
    expect(f"rgb8_{ext}.{ext}", rgb)
for ext in ("png", "tif"):
    cv2.imwrite(str(here / "files" / f"gray16_{ext}.{ext}"), gray16)
    expect(f"gray16_{ext}.{ext}", to8(gray16))
    cv2.imwrite(str(here / "files" / f"rgb16_{ext}.{ext}"), rgb16[..., ::-1])
    expect(f"rgb16_{ext}.{ext}", to8(rgb16))
save(Image.fromarray(np.dstack([rgb, alpha])), "rgba.png")
expect("rgba.png", over_black(rgb, alpha))
save(Image.fromarray(np.dstack([rgb, alpha])), "rgba_tiff.tif")
expect("rgba_tiff.tif", over_black(rgb, alpha))
save(Image.merge("LA", [Image.fromarray(gray), Image.fromarray(alpha)]), "grayalpha.png")
expect("grayalpha.png", over_black(gray, alpha))
palette = Image.fromarray(rgb).quantize(16)
save(palette, "palette.png")
expect("palette.png", np.asarray(palette.convert("RGB")))
save(palette, "palette_bmp.bmp")
expect("palette_bmp.bmp", np.asarray(palette.convert("RGB")))
levels = Image.fromarray((gray // 64).astype(np.uint8), "P")
levels.putpalette([v for g in (0, 80, 160, 255) for v in (g, g, g)])
save(levels, "palette_gray.png", bits=2)
expect("palette_gray.png", np.asarray(levels.convert("RGB"))[..., 0])
bits = Image.fromarray(gray > 127)
save(bits, "bits.png")
expect("bits.png", np.asarray(bits).astype(np.uint8) * 255)
save(bits, "bits_tiff.tif")
expect("bits_tiff.tif", np.asarray(bits).astype(np.uint8) * 255)
white_is_zero = TiffImagePlugin.ImageFileDirectory_v2()
white_is_zero[262] = 0
save(Image.fromarray(gray), "white_is_zero.tif", tiffinfo=white_is_zero)
expect("white_is_zero.tif", np.asarray(Image.open(here / "files" / "white_is_zero.tif").convert("L")))
for compression in ("tiff_lzw", "tiff_deflate", "packbits"):
    save(Image.fromarray(rgb), f"rgb8_{compression}.tif", compression=compression)
    expect(f"rgb8_{compression}.tif", rgb)
save(Image.fromarray(gray), "pages.tif", save_all=True, append_images=[Image.fromarray(255 - gray)])
expect("pages.tif", gray)
save(Image.fromarray(rng.random((H, W), dtype=np.float32)), "float.tif")

photo = smooth(24, 32, 3, 5)
save(Image.fromarray(photo), "color.jpg", quality=95)
save(Image.fromarray(photo), "progressive.jpg", quality=95, progressive=True, subsampling=0)
save(Image.fromarray(photo[..., 0]), "gray.jpg", quality=95)
cmyk = np.dstack([smooth(24, 32, 3, 6), smooth(24, 32, 1, 7)[..., 0] // 2])
save(Image.frombytes("CMYK", (32, 24), cmyk.tobytes()), "cmyk.jpg", quality=95)
for name in ("color.jpg", "progressive.jpg", "cmyk.jpg"):
    expect(name, np.asarray(Image.open(here / "files" / name).convert("RGB")))
expect("gray.jpg", np.asarray(Image.open(here / "files" / "gray.jpg")))
save(Image.frombytes("CMYK", (32, 24), cmyk.tobytes()), "cmyk_tiff.tif")
expect("cmyk_tiff.tif", np.asarray(Image.open(here / "files" / "cmyk_tiff.tif").convert("RGB")))
for orientation in range(1, 9):
    exif = Image.Exif()
    exif[0x0112] = orientation
    name = f"orientation{orientation}.jpg"
    save(Image.fromarray(photo), name, quality=95, exif=exif, subsampling=0)
    expect(name, np.asarray(ImageOps.exif_transpose(Image.open(here / "files" / name)).convert("RGB")))
luma = np.asarray(Image.fromarray(rgb).convert("L"))
luma.tofile(here / "luma.bin")

resizes = []
for k, (h, w, c, to_h, to_w) in enumerate(
    [(37, 53, 1, 16, 16), (53, 37, 3, 20, 70), (30, 30, 1, 64, 64), (1, 1, 3, 8, 5), (90, 7, 1, 9, 70), (300, 300, 1, 160, 160)]
):
    a = rng.integers(0, 256, (h, w, c), dtype=np.uint8) if k < 5 else smooth(h, w, c, 9)
    b = np.asarray(Image.fromarray(a.squeeze(2) if c == 1 else a).resize((to_w, to_h), Image.BILINEAR)).reshape(to_h, to_w, c)
    resizes.append(f"{k} {c} {h} {w} {to_h} {to_w}")
    np.ascontiguousarray(a.transpose(2, 0, 1)).tofile(here / f"resize{k}_in.bin")
    np.ascontiguousarray(b.transpose(2, 0, 1)).tofile(here / f"resize{k}_out.bin")
    if k == 5:
        cv2.resize(a, (to_w, to_h), interpolation=cv2.INTER_AREA).tofile(here / "resize5_area.bin")
(here / "resizes.txt").write_text("\n".join(resizes) + "\n")

# affine warp: torch's grid_sample mirrors at the border as Warp does (align_corners=False, reflection)
h, w = 40, 52
image = smooth(h, w, 1, 11)[..., 0]
matrix = np.array([[0.93, -0.21, 5.5], [0.18, 1.07, -9.25]])  # target pixel -> source pixel
ys, xs = np.mgrid[0:h, 0:w]
sx = matrix[0, 0] * xs + matrix[0, 1] * ys + matrix[0, 2]
sy = matrix[1, 0] * xs + matrix[1, 1] * ys + matrix[1, 2]
grid = torch.tensor(np.stack([(2 * sx + 1) / w - 1, (2 * sy + 1) / h - 1], -1))[None]
warped = torch.nn.functional.grid_sample(
    torch.tensor(image, dtype=torch.float64)[None, None], grid, mode="bilinear", padding_mode="reflection", align_corners=False
)
image.tofile(here / "warp_in.bin")
warped[0, 0].round().to(torch.uint8).numpy().tofile(here / "warp_out.bin")

noisy = rng.integers(0, 256, (h, w), dtype=np.uint8)
noisy.tofile(here / "blur_in.bin")
blurred = cv2.GaussianBlur(noisy.astype(np.float64), (7, 7), 1.2, borderType=cv2.BORDER_REFLECT)
np.floor(blurred + 0.5).astype(np.uint8).tofile(here / "blur_out.bin")
field = rng.standard_normal((h, w)).astype(np.float32)
field.astype("<f4").tofile(here / "smooth_in.bin")
cv2.GaussianBlur(field, (11, 11), 1.6, borderType=cv2.BORDER_REFLECT).astype("<f4").tofile(here / "smooth_out.bin")
(here / "percentile.txt").write_text(f"{np.percentile(np.abs(field), 99, method='nearest')}\n")
(here / "sizes.txt").write_text("\n".join(shapes) + "\n")
