package dev.hone.vision.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.core.file.OutputException;
import dev.hone.vision.Vectors;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.FileImageOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageFilesTest {
    @TempDir
    Path folder;

    static Stream<String[]> files() {
        return Vectors.lines("sizes.txt").stream();
    }

    @ParameterizedTest
    @MethodSource("files")
    void readsTheSamePixelsAsPillow(String file, String channels, String height, String width) {
        Image expected =
                Vectors.image("files/" + file.substring(0, file.lastIndexOf('.')) + ".bin", channels, height, width);
        Path path = Vectors.path("files/" + file);
        Image read = ImageFiles.read(path);
        // two JPEG decoders may round differently, two lossless ones may not
        assertThat(Vectors.difference(read, expected)).isLessThanOrEqualTo(file.endsWith(".jpg") ? 3 : 0);
        assertThat(ImageFiles.size(path)).isEqualTo(new ImageFiles.Size(expected.height(), expected.width()));
    }

    @ParameterizedTest
    @MethodSource("files")
    void bytesAndFileGiveTheSameImage(String file, String channels, String height, String width) throws IOException {
        Path path = Vectors.path("files/" + file);
        assertThat(ImageFiles.read(Files.readAllBytes(path), 3, 16, 16, Resize.Mode.LETTERBOX, note -> {}))
                .isEqualTo(ImageFiles.read(path, 3, 16, 16, Resize.Mode.LETTERBOX));
    }

    @Test
    void grayscaleEqualsPillowsLuma() {
        Image rgb = ImageFiles.read(Vectors.path("files/rgb8_png.png"));
        assertThat(rgb.withChannels(1).pixels()).isEqualTo(Vectors.bytes("luma.bin"));
        assertThat(rgb.withChannels(1).withChannels(3).isGrayscale()).isTrue();
        assertThat(rgb.isGrayscale()).isFalse();
    }

    @Test
    void writtenPngIsReadBack() {
        for (int channels : new int[] {1, 3}) {
            Image image = Image.black(channels, 5, 7);
            for (int i = 0; i < image.pixels().length; i++) {
                image.pixels()[i] = (byte) (i * 37);
            }
            Path file = folder.resolve("new/" + channels + ".png");
            ImageFiles.writePng(image, file);
            assertThat(ImageFiles.read(file)).isEqualTo(image);
        }
    }

    @Test
    void failedWriteNamesTheFileAndLeavesNoPartialFile() throws IOException {
        Path notAFolder = Files.writeString(folder.resolve("plain"), "x");
        assertThatThrownBy(() -> ImageFiles.writePng(Image.black(1, 1, 1), notAFolder.resolve("a.png")))
                .isInstanceOf(OutputException.class)
                .hasMessageContaining("a.png: cannot be written");
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).containsExactly(notAFolder);
        }
    }

    @Test
    void onePixelImagesAreSupported() {
        Path file = folder.resolve("one.png");
        ImageFiles.writePng(new Image(1, 1, 1, new byte[] {77}), file);
        assertThat(ImageFiles.read(file, 3, 16, 16, Resize.Mode.LETTERBOX).pixels())
                .containsOnly(77);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "rgb8_png.png",
                "rgb8_bmp.bmp",
                "rgb8_tif.tif",
                "rgb8_tiff_lzw.tif",
                "color.jpg",
                "gray16_png.png"
            })
    void truncatedFilesAreReportedInOneLine(String name) throws IOException {
        byte[] whole = Vectors.bytes("files/" + name);
        for (double part : new double[] {0.02, 0.3, 0.6, 0.9}) {
            Path cut = folder.resolve("cut-" + name);
            Files.write(cut, Arrays.copyOf(whole, (int) (whole.length * part)));
            assertThatThrownBy(() -> ImageFiles.read(cut))
                    .as("%s cut to %s", name, part)
                    .isInstanceOf(ImageException.class)
                    .hasMessageStartingWith(cut.toString())
                    .message()
                    .doesNotContain("\n");
        }
    }

    /** All rows are present, but the last chunk of 12 bytes is incomplete. */
    @ParameterizedTest
    @ValueSource(ints = {1, 4, 6, 8, 12})
    void pngWithoutItsEndIsTruncated(int missing) throws IOException {
        byte[] whole = Vectors.bytes("files/gray16_png.png");
        Path cut = Files.write(folder.resolve("cut.png"), Arrays.copyOf(whole, whole.length - missing));
        assertThatThrownBy(() -> ImageFiles.read(cut)).hasMessage(cut + ": cannot be decoded, the file is truncated");
        byte[] longer = Arrays.copyOf(whole, whole.length + missing);
        Path more = Files.write(folder.resolve("more.png"), longer);
        assertThat(ImageFiles.read(more)).isNotNull();
    }

    @Test
    void unsupportedFilesAreRejectedByName() throws IOException {
        Path empty = Files.createFile(folder.resolve("empty.png"));
        assertThatThrownBy(() -> ImageFiles.read(empty)).hasMessageContaining("the file is empty");
        Path text = Files.writeString(folder.resolve("text.png"), "not an image at all");
        assertThatThrownBy(() -> ImageFiles.read(text)).hasMessageContaining("not a PNG, JPEG, BMP or TIFF image");
        assertThatThrownBy(() -> ImageFiles.read(folder.resolve("none.png")))
                .hasMessageEndingWith("none.png: no such file or folder; check the path");
        assertThatThrownBy(() -> ImageFiles.read(folder)).hasMessageContaining("it is a folder");
        assertThatThrownBy(() -> ImageFiles.read(Vectors.path("files/float.tif")))
                .hasMessageContaining("floating-point");
    }

    @Test
    @Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void whatIsNoRegularFileIsNotOpened() throws Exception {
        Path pipe = folder.resolve("pipe.png");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        for (Path file : List.of(pipe, Path.of("/dev/null"), Path.of("/dev/zero"))) {
            assertThatThrownBy(() -> ImageFiles.read(file))
                    .hasMessage(file + ": cannot be read, it is a pipe, socket or device and not a regular file");
            assertThatThrownBy(() -> ImageFiles.size(file)).isInstanceOf(ImageException.class);
        }
        Path dangling = Files.createSymbolicLink(folder.resolve("link.png"), Path.of("nowhere.png"));
        assertThatThrownBy(() -> ImageFiles.read(dangling))
                .hasMessageEndingWith("a link to a file that does not exist");
        Path image = Files.write(folder.resolve("image.png"), Vectors.bytes("files/rgb8_png.png"));
        Path linked = Files.createSymbolicLink(folder.resolve("good.png"), Path.of("image.png"));
        assertThat(ImageFiles.read(linked)).isEqualTo(ImageFiles.read(image));
    }

    @Test
    void hugeImagesAreReadAtASmallSizeInBoundedMemory() throws IOException {
        Path file = folder.resolve("huge.png");
        writeHugePng(file, 20_000);
        assertThat(ImageFiles.size(file)).isEqualTo(new ImageFiles.Size(20_000, 20_000));
        Image small = ImageFiles.read(file, 1, 64, 64, Resize.Mode.STRETCH);
        assertThat(small.at(0, 0, 0)).isEqualTo(40);
        assertThat(small.at(0, 63, 63)).isEqualTo(200);
        assertThatThrownBy(() -> ImageFiles.read(file))
                .hasMessageContaining("20000 x 20000 pixels are more than the 33554432 that are decoded whole");
    }

    /** Reads a file and says why it cannot. */
    static final class Reading {
        public static void main(String[] arguments) {
            assertThatThrownBy(() -> ImageFiles.read(Path.of(arguments[0])))
                    .isInstanceOf(ImageException.class)
                    .satisfies(e -> System.out.print(e.getMessage()));
        }
    }

    /** A progressive file keeps the coefficients of all pixels, outside of the heap: 17 MiB where 16 are allowed. */
    @Test
    void whatNeedsMoreMemoryThanThereIsIsRefusedBeforeItIsDecoded() throws Exception {
        Path file = folder.resolve("progressive.jpg");
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        try (FileImageOutputStream out = new FileImageOutputStream(file.toFile())) {
            ImageWriteParam param = writer.getDefaultWriteParam();
            param.setProgressiveMode(ImageWriteParam.MODE_DEFAULT);
            writer.setOutput(out);
            BufferedImage image = new BufferedImage(2000, 1500, BufferedImage.TYPE_3BYTE_BGR);
            writer.write(null, new IIOImage(image, null, null), param);
        } finally {
            writer.dispose();
        }
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx32m",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Reading.class.getName(),
                        file.toString())
                .redirectErrorStream(true)
                .start();
        assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .startsWith(file + ": cannot be decoded, decoding it takes ")
                .endsWith(" available");
        assertThat(process.waitFor()).isZero();
    }

    /** A grayscale PNG, upper half 40 and lower half 200, written row by row. */
    private static void writeHugePng(Path file, int side) throws IOException {
        try (OutputStream out = Files.newOutputStream(file)) {
            out.write(new byte[] {(byte) 0x89, 'P', 'N', 'G', 13, 10, 26, 10});
            chunk(
                    out,
                    "IHDR",
                    ByteBuffer.allocate(13)
                            .putInt(side)
                            .putInt(side)
                            .put((byte) 8)
                            .array());
            var packed = new ByteArrayOutputStream();
            Deflater fast = new Deflater(Deflater.BEST_SPEED);
            try (OutputStream rows = new DeflaterOutputStream(packed, fast)) {
                byte[] row = new byte[side + 1];
                for (int y = 0; y < side; y++) {
                    Arrays.fill(row, 1, row.length, (byte) (y < side / 2 ? 40 : 200));
                    rows.write(row);
                }
            } finally {
                fast.end();
            }
            chunk(out, "IDAT", packed.toByteArray());
            chunk(out, "IEND", new byte[0]);
        }
    }

    private static void chunk(OutputStream out, String type, byte[] data) throws IOException {
        byte[] name = type.getBytes(StandardCharsets.US_ASCII);
        CRC32 crc = new CRC32();
        crc.update(name);
        crc.update(data);
        out.write(ByteBuffer.allocate(4).putInt(data.length).array());
        out.write(name);
        out.write(data);
        out.write(ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
    }
}
