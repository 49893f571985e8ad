package dev.hone.vision.duplicates;

import dev.hone.core.Progress;
import dev.hone.data.DataSet;
import dev.hone.vision.duplicates.BinaryCodes.Neighbour;
import dev.hone.vision.image.ImageException;
import dev.hone.vision.image.Resize;
import dev.hone.vision.store.ImageStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/**
 * Finds images that show the same thing: equal pixels in files that differ, copies that were saved again, resized, turned by
 * right angles or mirrored, and the same part under other light or in a frame that is shifted or scaled by a few percent.
 *
 * <p>Light is taken away (see {@link StructureMap}), and what the images of a neighbourhood have in common
 * ({@link OwnStructure}); candidates are found by {@link BinaryCodes} and confirmed by {@link PatchMatch}. The time grows
 * with n log n; memory is a few hundred bytes an image and maps within a sixth of the heap. The outcome depends on the pixels
 * and the order of the images only.
 *
 * <p>Of one part at most about twenty images are recognized: structure that more images share counts as what parts of a kind
 * have in common.
 */
public final class NearDuplicates {
    /** Changes whenever other pairs or groups may be found in the same images. */
    public static final String REVISION = "1";

    /** The form in which images are compared. */
    static final ImageStore.Form FORM =
            new ImageStore.Form(1, StructureMap.IMAGE, StructureMap.IMAGE, Resize.Mode.STRETCH);

    /** So many nearest neighbours are candidates; further ones up to the second number show what the kind has in common. */
    private static final int CANDIDATES = 16;

    private static final int KIND_FROM = 20;
    private static final int KIND_TO = 52;

    /** In small sets the kind is seen from the nearer neighbours after this share of all. */
    private static final int SMALL_SHARE = 3;

    /** Fewer images than this show no kind. */
    private static final int FEWEST_OF_KIND = 3;

    /** Bits of {@link BinaryCodes#BITS} in which codes of candidates may differ: a correlation of about 0.3. */
    private static final int FAR = 103;

    /** The same for images that are turned or mirrored, which are copies: a correlation of about 0.7. */
    private static final int FAR_TURNED = 64;

    /** Candidates of each turn. */
    private static final int CANDIDATES_TURNED = 2;

    /** Mean correlation of patches from which images are alike. */
    private static final double LEAST_MEAN = 0.65;

    /** Correlation that three quarters of the patches must have. */
    private static final double LEAST_QUARTILE = 0.55;

    /** Where less of an image is its own than this share, as much more is asked of the quartile. */
    private static final double OWN = 0.6;

    /** Copies that are turned have the same pixels. */
    private static final double LEAST_TURNED = 0.8;

    /** Images at a time, after which memory of what was compared is given back. */
    private static final int BLOCK = 1024;

    private final Maps maps;
    private final Progress progress;
    private final int size;
    private final BinaryCodes codes;
    private final Neighbour[][] neighbours;
    private final OwnStructures own;
    private final ThreadLocal<PatchMatch> match = ThreadLocal.withInitial(PatchMatch::new);
    private final List<LikePair> pairs = new ArrayList<>();
    private final LikeGroups groups;

    private NearDuplicates(Maps maps, Progress progress) {
        this.maps = maps;
        this.progress = progress;
        this.size = maps.size();
        this.codes = BinaryCodes.of(size, i -> Maps.coarse(maps.map(i)));
        this.neighbours = new Neighbour[size][];
        this.own = new OwnStructures(maps, this::kind);
        this.groups = new LikeGroups(size);
    }

    /**
     * Searches a data set. Images that cannot be decoded are like no other.
     *
     * @param folder where decoded images and what was found are kept, so that a second search costs nothing; null for
     *     nowhere
     */
    public static LikeImages find(DataSet set, Path folder, Progress progress) {
        LikeImagesFile kept = LikeImagesFile.of(set, folder);
        LikeImages known = kept.read();
        if (known != null) {
            return known;
        }
        int size = set.samples().size();
        progress.started("looking for near duplicates", 3L * size);
        AtomicInteger done = new AtomicInteger();
        Runnable step = () -> {
            progress.checkCancelled();
            progress.advanced(done.incrementAndGet());
        };
        LikeImages found;
        try {
            ImageStore store = ImageStore.open(set, FORM, folder, n -> step.run());
            found = new NearDuplicates(new Maps(store, step), progress)
                    .search(step)
                    .in(set, store.dataSet());
        } catch (ImageException e) {
            found = LikeImages.none(size); // no image can be decoded, of which those who need them speak
        }
        progress.finished();
        kept.write(found);
        return found;
    }

    private LikeImages search(Runnable step) {
        IntStream.range(0, size).parallel().forEach(i -> {
            progress.checkCancelled();
            neighbours[i] = codes.nearest(codes.code(i), i, KIND_TO, BinaryCodes.BITS);
        });
        equalPixels();
        for (int from = 0; from < size; from += BLOCK) {
            IntStream.range(from, Math.min(size, from + BLOCK))
                    .parallel()
                    .mapToObj(i -> {
                        step.run();
                        List<Compared> compared = new ArrayList<>(aligned(i));
                        compared.addAll(turned(i));
                        return compared;
                    })
                    .sequential()
                    .forEachOrdered(list -> list.forEach(this::note));
        }
        Map<Long, LikePair> best = new TreeMap<>();
        pairs.forEach(p -> best.merge(
                (long) p.first() * size + p.second(), p, (x, y) -> x.kind().compareTo(y.kind()) <= 0 ? x : y));
        List<LikePair> distinct = List.copyOf(best.values());
        return new LikeImages(distinct, groups.of(distinct));
    }

    /** A pair that was compared, and how much alike the images are where they are alike. */
    private record Compared(int a, int b, boolean alike, LikePair.Kind kind, double likeness) {}

    private void note(Compared pair) {
        groups.compared(pair.a, pair.b, pair.alike);
        if (pair.alike) {
            pairs.add(new LikePair(Math.min(pair.a, pair.b), Math.max(pair.a, pair.b), pair.kind, pair.likeness));
        }
    }

    private void equalPixels() {
        Map<Long, Integer> first = new HashMap<>();
        for (int i = 0; i < size; i++) {
            Integer other = first.putIfAbsent(maps.checksum(i), i);
            if (other != null && maps.haveEqualPixels(other, i)) {
                note(new Compared(other, i, true, LikePair.Kind.EQUAL, 1));
            }
        }
    }

    private List<Compared> aligned(int i) {
        List<Compared> compared = new ArrayList<>();
        for (int j : candidates(i)) {
            // from the side of one image where each is a candidate of the other
            if (i < j || !candidates(j).contains(i)) {
                OwnStructure a = own.of(i);
                OwnStructure b = own.of(j);
                PatchMatch.Score score = match.get().of(a.map(), b.map());
                double share = Math.min(a.share(), b.share());
                boolean alike =
                        score.mean() >= LEAST_MEAN && score.quartile() >= LEAST_QUARTILE + Math.max(0, OWN - share);
                compared.add(new Compared(i, j, alike, LikePair.Kind.ALIKE, score.mean()));
            }
        }
        return compared;
    }

    private List<Integer> candidates(int image) {
        return Arrays.stream(neighbours[image])
                .limit(CANDIDATES)
                .filter(n -> n.distance() <= FAR)
                .map(Neighbour::index)
                .toList();
    }

    private List<Compared> turned(int i) {
        List<Compared> compared = new ArrayList<>();
        for (Turn turn : Turn.values()) {
            if (turn != Turn.NONE) {
                long[] code = BinaryCodes.encode(Maps.coarse(maps.map(i, turn)));
                for (Neighbour n : codes.nearest(code, i, CANDIDATES_TURNED, FAR_TURNED)) {
                    PatchMatch.Score score = match.get()
                            .of(own.of(i).turned(turn).map(), own.of(n.index()).map());
                    if (score.mean() >= LEAST_TURNED && score.quartile() >= LEAST_TURNED) {
                        compared.add(new Compared(i, n.index(), true, LikePair.Kind.TURNED, score.mean()));
                    }
                }
            }
        }
        return compared;
    }

    /** The sum of the maps of similar images that are neither copies nor the same part, or null. */
    private float[] kind(int image) {
        int[] similar = Arrays.stream(neighbours[image])
                .mapToInt(Neighbour::index)
                .skip(Math.min(KIND_FROM, size / SMALL_SHARE))
                .toArray();
        return similar.length < FEWEST_OF_KIND ? null : maps.sum(similar);
    }
}
