package dev.hone.jobs.train;

import dev.hone.core.option.Setting;
import dev.hone.vision.augment.Augmentation;

/** How training images are augmented; the defaults are those of {@link Augmentation#INSPECTION}. */
public record AugmentationOptions(
        @Setting(help = "Do not augment training images.", group = "Augmentation")
        boolean noAugmentation,

        @Setting(
                help = "Probability of a horizontal flip.",
                label = "P",
                def = "0.5",
                min = 0,
                max = 1,
                group = "Augmentation")
        double horizontalFlip,

        @Setting(
                help = "Probability of a vertical flip.",
                label = "P",
                def = "0.5",
                min = 0,
                max = 1,
                group = "Augmentation")
        double verticalFlip,

        @Setting(
                help = "Probability of a rotation by 90, 180 or 270 degrees.",
                label = "P",
                def = "0",
                min = 0,
                max = 1,
                group = "Augmentation")
        double rotate90,

        @Setting(
                help = "Largest rotation in degrees, either way.",
                label = "DEGREES",
                def = "3",
                min = 0,
                max = 180,
                group = "Augmentation")
        double rotation,

        @Setting(
                help = "Largest shift as a share of the side.",
                label = "SHARE",
                def = "0.04",
                min = 0,
                max = 1,
                group = "Augmentation")
        double shift,

        @Setting(help = "Smallest scale.", label = "FACTOR", def = "0.95", min = 0.1, max = 1, group = "Augmentation")
        double zoomOut,

        @Setting(help = "Largest scale.", label = "FACTOR", def = "1.08", min = 1, max = 10, group = "Augmentation")
        double zoomIn,

        @Setting(
                help = "Largest change of brightness as a share of the range.",
                label = "SHARE",
                def = "0.05",
                min = 0,
                max = 1,
                group = "Augmentation")
        double brightness,

        @Setting(
                help = "Largest relative change of contrast.",
                label = "SHARE",
                def = "0.1",
                min = 0,
                max = 1,
                group = "Augmentation")
        double contrast,

        @Setting(help = "Probability of blur.", label = "P", def = "0.05", min = 0, max = 1, group = "Augmentation")
        double blur,

        @Setting(help = "Probability of noise.", label = "P", def = "0.05", min = 0, max = 1, group = "Augmentation")
        double noise,

        @Setting(
                help = "Probability of a blank rectangle.",
                label = "P",
                def = "0",
                min = 0,
                max = 1,
                group = "Augmentation")
        double cutout,

        @Setting(
                help = "Mix pairs of images with shares sampled from Beta(ALPHA, ALPHA); 0 for none.",
                label = "ALPHA",
                def = "0",
                min = 0,
                max = 100,
                group = "Augmentation")
        double mixup,

        @Setting(
                help = "Fill a box of each image from another, its area sampled from Beta(ALPHA, ALPHA); 0 for none.",
                label = "ALPHA",
                def = "0",
                min = 0,
                max = 100,
                group = "Augmentation")
        double cutmix,

        @Setting(
                help =
                        "Magnitude of two more operations per image, those of RandAugment that leave a defect visible; 0 for none.",
                label = "M",
                def = "0",
                min = 0,
                max = 10,
                group = "Augmentation")
        double randAugment) {

    Augmentation augmentation() {
        Augmentation usual = Augmentation.INSPECTION;
        return noAugmentation
                ? Augmentation.NONE
                : new Augmentation(
                        horizontalFlip,
                        verticalFlip,
                        rotate90,
                        rotation,
                        shift,
                        zoomOut,
                        zoomIn,
                        brightness,
                        contrast,
                        blur,
                        usual.blurSigma(),
                        noise,
                        usual.noise(),
                        cutout,
                        usual.cutout(),
                        mixup,
                        cutmix,
                        randAugment);
    }
}
