"""Draws letters.png, the Latin-1 glyphs that captions are set in; needs Pillow and the DejaVu Sans font (free to use and embed).

One cell of 20 x 20 pixels for each code from 32 to 255, 16 cells in a row. The first pixel of a cell is the glyph's
advance in pixels, the rest is its coverage; a machine without any font installed can then still write captions.

python make_letters.py DejaVuSans.ttf letters.png
"""
import sys

from PIL import Image, ImageDraw, ImageFont

CELL, SIZE = 20, 15
font = ImageFont.truetype(sys.argv[1], SIZE)
sheet = Image.new("L", (16 * CELL, 14 * CELL))
for code in range(32, 256):
    glyph = Image.new("L", (CELL, CELL))
    if not 127 <= code < 160:
        ImageDraw.Draw(glyph).text((1, 1), chr(code), fill=255, font=font)
    glyph.putpixel((0, 0), round(font.getlength(chr(code))))
    sheet.paste(glyph, ((code - 32) % 16 * CELL, (code - 32) // 16 * CELL))
sheet.save(sys.argv[2], optimize=True)
