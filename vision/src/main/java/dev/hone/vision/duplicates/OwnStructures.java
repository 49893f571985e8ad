package dev.hone.vision.duplicates;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntFunction;

/** The {@link OwnStructure} of images, made when it is needed; those used last are kept. Safe for several threads. */
final class OwnStructures {
    /** The share of the heap for those that are kept is one of this. */
    private static final int HEAP_SHARE = 12;

    private static final int BYTES = StructureMap.SIDE * StructureMap.SIDE * Float.BYTES;

    private final Maps maps;
    private final IntFunction<float[]> kind;
    private final Map<Integer, OwnStructure> recent = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Integer, OwnStructure> eldest) {
            return size() > Runtime.getRuntime().maxMemory() / HEAP_SHARE / BYTES;
        }
    };

    /** @param kind for an image the sum of the maps of similar ones, or null */
    OwnStructures(Maps maps, IntFunction<float[]> kind) {
        this.maps = maps;
        this.kind = kind;
    }

    OwnStructure of(int image) {
        synchronized (recent) {
            OwnStructure known = recent.get(image);
            if (known != null) {
                return known;
            }
        }
        OwnStructure made = OwnStructure.of(maps.map(image), kind.apply(image));
        synchronized (recent) {
            recent.put(image, made);
        }
        return made;
    }
}
