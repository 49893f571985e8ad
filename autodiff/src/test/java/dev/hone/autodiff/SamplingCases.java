package dev.hone.autodiff;

import static dev.hone.autodiff.OperatorCase.distinct;
import static dev.hone.autodiff.OperatorCase.fixed;
import static dev.hone.autodiff.OperatorCase.ints;
import static dev.hone.autodiff.OperatorCase.normal;
import static dev.hone.autodiff.OperatorCase.of;
import static dev.hone.autodiff.OperatorCase.x;

import dev.hone.autodiff.OperatorCase.Known;
import dev.hone.graph.Tensor;
import java.util.ArrayList;
import java.util.List;

/** Operators that pick elements by position. */
final class SamplingCases {
    private SamplingCases() {}

    static List<OperatorCase> all() {
        List<OperatorCase> cases = new ArrayList<>();
        for (String padding : new String[] {"zeros", "border", "reflection"}) {
            for (String mode : new String[] {"linear", "nearest", "cubic"}) {
                for (int corners = 0; corners < 2; corners++) {
                    cases.add(of("GridSample", normal(2, 3, 4, 5), x(-1.4, 1.4, 2, 3, 2, 2))
                            .with("padding_mode", padding)
                            .with("mode", mode)
                            .with("align_corners", corners)
                            .needs(Known.RANK));
                }
            }
        }
        cases.add(of("GridSample", normal(2, 2, 3, 4, 3), x(-1.2, 1.2, 2, 2, 3, 2, 3))
                .needs(Known.RANK));
        cases.add(of("ReverseSequence", normal(4, 2, 3), ints(3, 4)));
        cases.add(of("ReverseSequence", normal(2, 4), ints(3, 4))
                .with("time_axis", 1)
                .with("batch_axis", 0));
        cases.add(of(
                        "MaxUnpool",
                        distinct(1, 2, 2, 2),
                        fixed(Tensor.ofLongs(new long[] {0, 3, 10, 13, 17, 18, 24, 31}, 1, 2, 2, 2)))
                .with("kernel_shape", new long[] {2, 2})
                .with("strides", new long[] {2, 2}));
        OperatorCase.Input regions = fixed(
                Tensor.ofFloats(new float[] {0.5f, 1, 4, 3.5f, -1, 0, 2.5f, 5, 2, 2, 9, 8, 3, 3, 3.1f, 3.2f}, 4, 4));
        OperatorCase roi = of("RoiAlign", normal(2, 3, 6, 5), regions, ints(0, 1, 1, 0))
                .with("output_height", 2)
                .with("output_width", 3);
        cases.add(roi);
        cases.add(roi.with("sampling_ratio", 2).with("spatial_scale", 0.7f));
        cases.add(roi.with("coordinate_transformation_mode", "output_half_pixel"));
        cases.add(roi.with("mode", "max"));
        cases.add(roi.with("mode", "max").with("sampling_ratio", 2).with("spatial_scale", 0.7f));
        cases.add(of("AffineGrid", normal(2, 2, 3), ints(2, 1, 3, 4)).needs(Known.NOTHING));
        cases.add(of("AffineGrid", normal(2, 3, 4), ints(2, 1, 2, 3, 1))
                .with("align_corners", 1)
                .needs(Known.NOTHING));
        return cases;
    }
}
