package dev.hone.tflite.convert;

/**
 * The two orders of the axes of images: TFLite has [N,H,W,C], ONNX [N,C,H,W]. Only tensors of four axes are brought from one
 * to the other.
 */
final class ImageOrder {
    static final int RANK = 4;

    /** Where an axis of [N,H,W,C] lies in [N,C,H,W]. */
    private static final int[] PLACE = {0, 2, 3, 1};

    /** The axes of [N,C,H,W] as they stand in [N,H,W,C]: the permutation that makes the former of the latter. */
    static final int[] TO_IMAGE = {0, 3, 1, 2};

    /** The permutation back. */
    static final int[] FROM_IMAGE = {0, 2, 3, 1};

    private ImageOrder() {}

    /** Where an axis of [N,H,W,C] lies in [N,C,H,W]. */
    static int place(int axis) {
        return PLACE[axis];
    }

    /** What stands per axis of [N,H,W,C], in the order of [N,C,H,W]. */
    static long[] arranged(long... perAxis) {
        long[] result = new long[RANK];
        for (int i = 0; i < RANK; i++) {
            result[PLACE[i]] = perAxis[i];
        }
        return result;
    }

    /** Whether the axes that stay when some of [N,H,W,C] go come in the same order in [N,C,H,W]. */
    static boolean keepsOrder(boolean[] gone) {
        int last = -1;
        for (int i = 0; i < RANK; i++) {
            if (!gone[i]) {
                if (PLACE[i] < last) {
                    return false;
                }
                last = PLACE[i];
            }
        }
        return true;
    }
}
