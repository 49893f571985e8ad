package dev.hone.vision.store;

import dev.hone.data.DataSet;
import dev.hone.vision.image.Resize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Nine images of two classes, and where they are cached.
 *
 * @param data the images: a/i0.png to a/i4.png, b/i0.png to b/i3.png
 * @param caches need not exist
 */
record CachedData(Path data, Path caches) {
    static final ImageStore.Form FORM = new ImageStore.Form(1, 8, 10, Resize.Mode.STRETCH);

    static CachedData in(Path folder) {
        return new CachedData(
                Folders.classes(folder.resolve("data"), new String[] {"a", "b"}, 5, 4), folder.resolve("caches"));
    }

    /** @param cacheFolder null for none */
    ImageStore open(Path cacheFolder) {
        return ImageStore.open(DataSet.open(data), FORM, cacheFolder, n -> {});
    }

    List<Path> cacheFiles() throws IOException {
        try (Stream<Path> files = Files.list(caches)) {
            return files.toList();
        }
    }
}
