package dev.hone.autodiff;

import static dev.hone.autodiff.OperatorCase.absent;
import static dev.hone.autodiff.OperatorCase.distinct;
import static dev.hone.autodiff.OperatorCase.fixed;
import static dev.hone.autodiff.OperatorCase.ints;
import static dev.hone.autodiff.OperatorCase.normal;
import static dev.hone.autodiff.OperatorCase.of;
import static dev.hone.autodiff.OperatorCase.weights;
import static dev.hone.autodiff.OperatorCase.x;

import dev.hone.autodiff.OperatorCase.Known;
import dev.hone.graph.Tensor;
import java.util.ArrayList;
import java.util.List;

/** Matrix products, convolutions, pooling, resampling, normalizations. */
final class MatrixAndWindowCases {
    private MatrixAndWindowCases() {}

    static List<OperatorCase> all() {
        List<OperatorCase> cases = new ArrayList<>();
        cases.addAll(matrices());
        cases.addAll(convolutions());
        cases.addAll(pools());
        cases.addAll(normalizations());
        return cases;
    }

    private static List<OperatorCase> matrices() {
        return List.of(
                of("MatMul", normal(2, 3), normal(3, 4)).order(2),
                of("MatMul", normal(2, 5, 3), normal(3, 4)).order(2),
                of("MatMul", normal(2, 5, 3), normal(2, 3, 4)),
                of("MatMul", normal(2, 1, 5, 3), normal(4, 3, 2)),
                of("MatMul", normal(3), normal(3, 4)),
                of("MatMul", normal(2, 5, 3), normal(3)),
                of("MatMul", normal(3), normal(2, 3, 4)),
                of("MatMul", normal(3), normal(3)),
                of("MatMul", normal(3, 3), normal(3, 3)).named("square"),
                of("MatMul", normal(2, 3, 3), normal(2, 3, 3)).named("square"),
                of("MatMul", normal(2, 4, 5, 5), normal(5, 5)).named("square"),
                of("Gemm", normal(3, 3), normal(3, 3), normal(3)).named("square"),
                of("Gemm", normal(3, 3), normal(3, 3), normal(3, 3))
                        .with("transA", 1)
                        .with("transB", 1)
                        .named("square"),
                of("Gemm", normal(2, 3), normal(3, 4), normal(4))
                        .with("alpha", 0.5f)
                        .with("beta", 2f),
                of("Gemm", normal(3, 2), normal(3, 4), normal(2, 1)).with("transA", 1),
                of("Gemm", normal(2, 3), normal(4, 3)).with("transB", 1).order(2),
                of("Gemm", normal(3, 2), normal(4, 3), normal())
                        .with("transA", 1)
                        .with("transB", 1),
                of("Einsum", normal(2, 3), normal(3, 4))
                        .with("equation", "ij,jk->ik")
                        .order(2),
                of("Einsum", normal(2, 3), normal(3, 4)).with("equation", "ij,jk"),
                of("Einsum", normal(2, 3, 5), normal(2, 4, 5)).with("equation", "b i d, b j d -> b i j"),
                of("Einsum", normal(2, 3)).with("equation", "ij->i"),
                of("Einsum", normal(2, 3), normal(4, 3)).with("equation", "ij,kl->il"),
                of("Einsum", normal(2, 1, 3, 4), normal(2, 5, 4, 3)).with("equation", "...ij,...jk->...ik"),
                of("Einsum", normal(2, 5, 3), normal(3, 4)).with("equation", "...i,ij->...j"),
                of("Einsum", normal(3), normal(2, 3)).with("equation", "i,...i->..."),
                of("Einsum", normal(3), normal(3, 4)).with("equation", "...i,ij->...j"),
                of("Einsum", normal(3), normal(4)).with("equation", "i,j->ij"),
                of("Einsum", normal(3, 3)).with("equation", "ii->i").order(2),
                of("Einsum", normal(3, 3)).with("equation", "ii"),
                of("Einsum", normal(3, 3)).with("equation", "ii->"),
                of("Einsum", normal(2, 3, 4, 3)).with("equation", "bici->bc"),
                of("Einsum", normal(3, 3, 3)).with("equation", "iii->i"),
                of("Einsum", normal(2, 3, 3)).with("equation", "...ii->...i"),
                of("Einsum", normal(3, 3), normal(3, 3)).with("equation", "ii,jj->ij"),
                of("Einsum", normal(3, 3), normal(3, 4)).with("equation", "ii,ij->j"));
    }

    private static OperatorCase conv(long[] x, long... w) {
        return of("Conv", normal(x), normal(w), normal(w[0])).with("kernel_shape", new long[] {w[2], w[3]});
    }

    private static OperatorCase fixedConv(long[] x, long... w) {
        return of("Conv", normal(x), weights(w))
                .named("fixed weights")
                .with("kernel_shape", new long[] {w[2], w[3]})
                .needs(Known.NOT_EVEN_PARAMETERS);
    }

    private static long[] d(long... dims) {
        return dims;
    }

    private static List<OperatorCase> convolutions() {
        List<OperatorCase> cases = new ArrayList<>(List.of(
                of("Conv", normal(2, 3, 7), normal(4, 3, 3)).with("pads", d(1, 1)),
                of("Conv", normal(1, 2, 4, 5, 4), normal(3, 2, 3, 2, 3)).with("pads", d(1, 0, 1, 1, 1, 1)),
                conv(d(2, 3, 6, 5), 4, 3, 3, 3),
                conv(d(2, 3, 6, 5), 4, 3, 3, 3).with("pads", d(1, 1, 1, 1)).order(2),
                conv(d(2, 3, 6, 6), 4, 3, 3, 3)
                        .with("pads", d(1, 1, 1, 1))
                        .with("strides", d(2, 2))
                        .order(2),
                conv(d(2, 3, 7, 5), 4, 3, 3, 3).with("pads", d(1, 1, 1, 1)).with("strides", d(2, 2)),
                conv(d(2, 3, 8, 8), 4, 3, 3, 3).with("pads", d(0, 0, 1, 1)).with("strides", d(2, 2)),
                conv(d(2, 3, 9, 8), 4, 3, 3, 3).with("pads", d(0, 0, 0, 0)).with("strides", d(3, 2)),
                conv(d(2, 2, 8, 7), 3, 2, 3, 3).with("pads", d(1, 1, 1, 1)).named("many positions"),
                conv(d(2, 2, 8, 9), 3, 2, 2, 3).with("pads", d(1, 2, 0, 0)).named("many positions, uneven"),
                conv(d(1, 8, 15, 16), 2, 8, 3, 3).with("pads", d(1, 1, 1, 1)),
                conv(d(1, 8, 18, 20), 2, 8, 3, 2).with("pads", d(2, 0, 1, 1)).with("dilations", d(1, 2)),
                conv(d(1, 9, 34, 33), 2, 9, 3, 3).with("pads", d(1, 1, 1, 1)).with("strides", d(2, 2)),
                conv(d(1, 3, 32, 32), 2, 3, 3, 3).with("pads", d(1, 1, 1, 1)).with("strides", d(2, 2)),
                conv(d(1, 9, 16, 16), 2, 9, 1, 1),
                conv(d(1, 8, 33, 32), 2, 8, 5, 3).with("pads", d(2, 0, 2, 1)).with("strides", d(2, 2)),
                conv(d(1, 8, 46, 46), 2, 8, 4, 4).with("strides", d(3, 3)),
                conv(d(1, 8, 34, 33), 2, 8, 3, 3).with("dilations", d(2, 2)).with("strides", d(2, 2)),
                conv(d(2, 2, 15, 16), 2, 1, 3, 3).with("group", 2).with("pads", d(1, 1, 1, 1)),
                conv(d(2, 2, 15, 16), 2, 1, 5, 5).with("group", 2).with("pads", d(2, 2, 2, 2)),
                conv(d(2, 2, 19, 18), 2, 1, 4, 5)
                        .with("group", 2)
                        .with("pads", d(1, 2, 2, 0))
                        .with("dilations", d(1, 2)),
                conv(d(2, 2, 8, 9), 2, 1, 3, 3)
                        .with("group", 2)
                        .with("dilations", d(2, 2))
                        .with("strides", d(2, 1)),
                conv(d(2, 3, 6, 6), 4, 3, 1, 1),
                conv(d(2, 3, 6, 6), 4, 3, 1, 1).with("strides", d(2, 2)),
                conv(d(2, 3, 7, 7), 4, 3, 1, 1).with("strides", d(2, 2)),
                conv(d(2, 3, 9, 9), 2, 3, 3, 3).with("dilations", d(2, 2)).with("pads", d(2, 2, 2, 2)),
                conv(d(2, 3, 9, 9), 2, 3, 3, 3).with("dilations", d(2, 2)).with("strides", d(2, 2)),
                conv(d(2, 3, 6, 6), 4, 3, 3, 3).with("auto_pad", "SAME_UPPER").with("strides", d(2, 2)),
                conv(d(2, 3, 6, 6), 4, 3, 3, 3).with("auto_pad", "SAME_LOWER").with("strides", d(2, 2)),
                conv(d(2, 4, 6, 6), 4, 1, 3, 3)
                        .with("group", 4)
                        .with("pads", d(1, 1, 1, 1))
                        .order(2),
                conv(d(2, 4, 6, 6), 4, 1, 5, 5)
                        .with("group", 4)
                        .with("pads", d(2, 2, 2, 2))
                        .with("strides", d(2, 2)),
                conv(d(2, 4, 7, 7), 8, 1, 3, 3)
                        .with("group", 4)
                        .with("pads", d(1, 1, 1, 1))
                        .with("strides", d(2, 2)),
                conv(d(2, 4, 6, 6), 6, 2, 3, 3).with("group", 2).with("pads", d(1, 1, 1, 1)),
                conv(d(2, 4, 6, 6), 6, 2, 3, 3).with("group", 2).with("strides", d(2, 2)),
                conv(d(2, 3, 5, 5), 4, 3, 2, 2).with("pads", d(3, 3, 3, 3)).named("padding beyond the kernel")));
        for (long size : d(6, 7)) {
            cases.addAll(List.of(
                    fixedConv(d(2, 3, size, 5), 4, 3, 3, 3).with("pads", d(1, 1, 1, 1)),
                    fixedConv(d(2, 3, size, 6), 4, 3, 3, 3)
                            .with("pads", d(1, 1, 1, 1))
                            .with("strides", d(2, 2)),
                    fixedConv(d(2, 3, 6, size), 4, 3, 3, 3)
                            .with("pads", d(0, 0, 1, 1))
                            .with("strides", d(2, 2)),
                    fixedConv(d(2, 3, 14, 14), 4, 3, 7, 7)
                            .with("pads", d(3, 3, 3, 3))
                            .with("strides", d(2, 2)),
                    fixedConv(d(2, 3, 13, 14), 4, 3, 4, 4).with("strides", d(4, 4)),
                    fixedConv(d(2, 3, size, size), 4, 3, 1, 1).with("strides", d(2, 2)),
                    fixedConv(d(2, 4, size, size), 4, 1, 3, 3).with("group", 4).with("pads", d(1, 1, 1, 1)),
                    fixedConv(d(2, 4, size, 6), 4, 1, 3, 3)
                            .with("group", 4)
                            .with("pads", d(1, 1, 1, 1))
                            .with("strides", d(2, 2)),
                    fixedConv(d(2, 4, size, 6), 8, 2, 5, 5)
                            .with("group", 2)
                            .with("pads", d(2, 2, 2, 2))
                            .with("strides", d(2, 2))));
        }
        cases.addAll(List.of(
                of("ConvTranspose", normal(2, 3, 4, 5), normal(3, 4, 3, 3), normal(4))
                        .order(2),
                of("ConvTranspose", normal(2, 3, 4, 5), normal(3, 4, 3, 3))
                        .with("strides", d(2, 2))
                        .with("pads", d(1, 1, 1, 1))
                        .with("output_padding", d(1, 1)),
                of("ConvTranspose", normal(2, 3, 4, 5), normal(3, 4, 2, 2)).with("strides", d(2, 2)),
                of("ConvTranspose", normal(2, 4, 4, 5), normal(4, 3, 3, 3))
                        .with("group", 2)
                        .with("dilations", d(2, 2)),
                of("ConvTranspose", normal(2, 3, 4, 5), normal(3, 4, 3, 3))
                        .with("strides", d(2, 2))
                        .with("auto_pad", "SAME_UPPER"),
                of("ConvTranspose", normal(2, 3, 4, 5), normal(3, 4, 2, 2))
                        .with("strides", d(3, 3))
                        .with("auto_pad", "SAME_UPPER"),
                of("ConvTranspose", normal(2, 3, 4, 5), normal(3, 4, 2, 3))
                        .with("strides", d(4, 2))
                        .with("auto_pad", "SAME_LOWER"),
                of("ConvTranspose", normal(2, 3, 4, 5), normal(3, 4, 3, 3))
                        .with("strides", d(2, 2))
                        .with("output_shape", d(8, 11))));
        return cases;
    }

    private static OperatorCase pool(String op, long... dims) {
        return of(op, distinct(dims)).with("kernel_shape", d(3, 3));
    }

    private static OperatorCase sideBySide(long height, long width) {
        return of("AveragePool", normal(2, 3, height, width))
                .with("kernel_shape", d(2, 2))
                .with("strides", d(2, 2));
    }

    private static List<OperatorCase> pools() {
        return List.of(
                of("GlobalAveragePool", normal(2, 3, 4, 5)),
                of("GlobalMaxPool", distinct(2, 3, 4, 5)),
                pool("MaxPool", 2, 2, 6, 7),
                pool("MaxPool", 2, 2, 8, 8).with("strides", d(2, 2)).with("pads", d(1, 1, 1, 1)),
                pool("MaxPool", 2, 2, 7, 9).with("strides", d(2, 2)).with("pads", d(1, 1, 1, 1)),
                pool("MaxPool", 2, 2, 8, 8).with("strides", d(2, 2)).with("ceil_mode", 1),
                pool("MaxPool", 2, 2, 8, 8).with("dilations", d(2, 2)),
                of("MaxPool", distinct(2, 2, 6, 8))
                        .with("kernel_shape", d(2, 2))
                        .with("strides", d(2, 2)),
                of("MaxPool", distinct(2, 2, 9)).with("kernel_shape", d(3)).with("strides", d(2)),
                pool("AveragePool", 2, 2, 6, 7).order(2),
                pool("AveragePool", 2, 2, 6, 7).with("pads", d(1, 1, 1, 1)),
                pool("AveragePool", 2, 2, 6, 7).with("pads", d(1, 1, 1, 1)).with("count_include_pad", 1),
                pool("AveragePool", 2, 2, 7, 7).with("strides", d(2, 2)).with("pads", d(1, 1, 1, 1)),
                pool("AveragePool", 2, 2, 8, 8)
                        .with("strides", d(2, 2))
                        .with("ceil_mode", 1)
                        .needs(Known.SIZES),
                pool("AveragePool", 2, 2, 6, 6)
                        .with("strides", d(2, 2))
                        .with("auto_pad", "SAME_UPPER")
                        .needs(Known.SIZES),
                of("AveragePool", normal(2, 3, 6, 6))
                        .with("kernel_shape", d(2, 2))
                        .with("strides", d(2, 2)),
                sideBySide(7, 6).order(2),
                sideBySide(8, 9).with("pads", d(0, 0, 1, 1)).order(2),
                sideBySide(5, 7).with("pads", d(0, 0, 1, 1)).with("count_include_pad", 1),
                sideBySide(5, 7).with("ceil_mode", 1).needs(Known.SIZES),
                beyond("MaxPool", distinct(1, 2, 4, 5), 1, 2, 0),
                beyond("MaxPool", distinct(1, 2, 4, 7), 2, 3, 1),
                beyond("AveragePool", normal(1, 2, 4, 5), 1, 2, 0).needs(Known.SIZES),
                beyond("AveragePool", normal(1, 2, 4, 7), 2, 3, 1).needs(Known.SIZES),
                beyond("AveragePool", normal(1, 2, 4, 7), 2, 3, 1)
                        .with("count_include_pad", 1)
                        .needs(Known.SIZES),
                of("Resize", normal(1, 2, 3, 4), absent(), fixed(scales(1, 1, 2, 2)))
                        .with("mode", "nearest")
                        .with("coordinate_transformation_mode", "asymmetric")
                        .with("nearest_mode", "floor"),
                of("Resize", normal(1, 2, 6, 7), absent(), fixed(scales(1, 1, 0.5f, 1.7f)))
                        .with("mode", "nearest"),
                of("Resize", normal(1, 2, 3, 4), absent(), fixed(scales(1, 1, 2, 2)))
                        .with("mode", "linear"),
                of("Resize", normal(1, 2, 3, 4), absent(), absent(), ints(1, 2, 7, 5))
                        .with("mode", "linear"),
                of("Resize", normal(1, 2, 3, 4), absent(), absent(), ints(1, 2, 7, 5))
                        .with("mode", "linear")
                        .with("coordinate_transformation_mode", "align_corners"),
                of("Resize", normal(1, 2, 5, 4), absent(), absent(), ints(1, 2, 7, 9))
                        .with("mode", "cubic"),
                of("Resize", normal(1, 3, 4, 2), absent(), fixed(scales(1, 2, 1.5f, 1)))
                        .with("mode", "linear")
                        .named("NHWC"),
                of("Resize", normal(2, 3, 2, 2), absent(), fixed(scales(1, 2, 1, 1)))
                        .with("mode", "nearest")
                        .named("channels"),
                of("Resize", normal(3, 2, 2, 2), absent(), absent(), ints(5, 2, 2, 2))
                        .with("mode", "nearest")
                        .named("first axis"),
                of("Resize", normal(3, 4), absent(), fixed(scales(2, 1.5f))).with("mode", "linear"),
                of("Resize", normal(5), absent(), fixed(scales(2))).with("mode", "nearest"),
                of("Resize", normal(2, 3, 4), absent(), fixed(scales(2, 1.5f)))
                        .with("mode", "nearest")
                        .with("axes", d(2, -2)),
                of("Resize", normal(1, 1, 6, 8), absent(), fixed(scales(1, 1, 0.4f, 0.6f)))
                        .with("mode", "linear")
                        .with("antialias", 1),
                of("Resize", normal(1, 1, 4, 4), absent(), absent(), ints(8, 8))
                        .with("mode", "linear")
                        .with("axes", d(2, 3))
                        .with("keep_aspect_ratio_policy", "not_larger")
                        .needs(Known.SIZES),
                of("Resize", normal(1, 1, 4, 5), absent(), absent(), ints(9, 9))
                        .with("mode", "linear")
                        .with("axes", d(3, 2))
                        .with("keep_aspect_ratio_policy", "not_larger")
                        .named("a scale that is no float")
                        .needs(Known.SIZES),
                of(
                                "Resize",
                                normal(1, 1, 5, 6),
                                fixed(scales(0, 0, 0.1f, 0.2f, 1, 1, 0.9f, 1.3f)),
                                absent(),
                                ints(1, 1, 4, 5))
                        .with("mode", "linear")
                        .with("coordinate_transformation_mode", "tf_crop_and_resize")
                        .with("extrapolation_value", 3f));
    }

    private static Tensor scales(float... values) {
        return Tensor.ofFloats(values, values.length);
    }

    private static List<OperatorCase> normalizations() {
        return List.of(
                of("BatchNormalization", normal(3, 2, 4, 4), normal(2), normal(2), normal(2), x(0.5, 2, 2)),
                of("BatchNormalization", normal(3, 2), normal(2), normal(2), normal(2), x(0.5, 2, 2))
                        .order(2),
                of("BatchNormalization", normal(3, 2, 4, 4), normal(2), normal(2), normal(2), x(0.5, 2, 2))
                        .with("training_mode", 1)
                        .needs(Known.SIZES)
                        .outputs(3)
                        .order(2),
                of("BatchNormalization", normal(3, 2, 8, 9), normal(2), normal(2), normal(2), x(0.5, 2, 2))
                        .with("training_mode", 1)
                        .needs(Known.SIZES)
                        .with("momentum", 0f)
                        .outputs(3)
                        .order(2),
                of("LayerNormalization", normal(2, 3, 8), normal(8), normal(8)).order(2),
                of("LayerNormalization", normal(2, 3, 4), normal(3, 4)).with("axis", 1),
                of("LayerNormalization", normal(2, 3, 4), normal(3, 4), normal(3, 4))
                        .with("axis", 1)
                        .outputs(3)
                        .inFloat(),
                of("LayerNormalization", normal(2, 6), normal(6), normal(6))
                        .outputs(3)
                        .inFloat()
                        .order(2),
                of("InstanceNormalization", normal(2, 3, 4, 4), normal(3), normal(3))
                        .order(2),
                of("GroupNormalization", normal(2, 4, 3, 3), normal(4), normal(4))
                        .with("num_groups", 2)
                        .inFloat());
    }

    /** Some last window would begin behind the input and its padding, and is left out. */
    private static OperatorCase beyond(String op, OperatorCase.Input x, long kernel, long stride, long pad) {
        return of(op, x)
                .with("kernel_shape", d(kernel, kernel))
                .with("strides", d(stride, stride))
                .with("pads", d(pad, pad, pad, pad))
                .with("ceil_mode", 1);
    }
}
