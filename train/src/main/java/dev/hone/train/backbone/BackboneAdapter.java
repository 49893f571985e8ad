package dev.hone.train.backbone;

import dev.hone.core.ElementType;
import dev.hone.core.HoneException;
import dev.hone.graph.Dim;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Shape;
import dev.hone.graph.Value;
import dev.hone.graph.analysis.FeaturePyramid;
import dev.hone.graph.analysis.FeaturePyramid.Level;
import dev.hone.graph.build.Ops;
import dev.hone.graph.op.ShapeInference;
import dev.hone.graph.rewrite.Passes;
import dev.hone.graph.rewrite.RemoveDeadCode;
import dev.hone.train.network.Networks;
import dev.hone.train.network.Normalization;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Puts color and normalization in front of a network, cuts its head off, and sets the size of its input. */
final class BackboneAdapter {
    /** More maps than these four, those at strides 1 and 2, say little that is not in the image. */
    private static final int MAPS = 4;

    private final Backbones.Source source;
    private final Normalization normalization;
    private final Model model;
    private final Graph graph;

    /** The input of the file. */
    private final Value own;

    private final Shape ownShape;
    private final boolean channelsLast;

    /** @param normalization as asked for, or null for what is known */
    BackboneAdapter(Backbones.Source source, Normalization normalization) {
        this.source = source;
        this.normalization = normalization;
        this.model = source.model();
        this.graph = model.graph();
        this.own = imageInput(graph);
        this.ownShape = own.shape();
        this.channelsLast = isColor(ownShape.dim(3)) && !isColor(ownShape.dim(1));
    }

    private static boolean isColor(Dim dim) {
        return dim.is(1) || dim.is(3);
    }

    private static Value imageInput(Graph graph) {
        List<Value> images = graph.inputs().stream()
                .filter(v -> v.shape() != null && v.shape().rank() == 4)
                .toList();
        if (images.size() != 1) {
            throw new HoneException("its inputs are " + graph.inputs() + ", expected one image input [N,C,H,W]");
        }
        Value image = images.get(0);
        if (image.type() != ElementType.FLOAT) {
            throw new HoneException("its input is " + image + ", expected float");
        }
        return image;
    }

    /** @param height of the images, 0 for any; the same for the width */
    Backbone adapt(int channels, int height, int width) {
        Value image = front(channels);
        List<Level> levels = levels(image, channels, height, width);
        cut(levels);
        setSize(
                image,
                channels,
                height == 0 ? Dim.symbol("H") : Dim.of(height),
                width == 0 ? Dim.symbol("W") : Dim.of(width));
        for (Level level : levels) {
            check(level.map(), height, width);
        }
        Passes.standard().run(model);
        graph.uniqueNames();
        // Labels, thresholds and the like were those of the head.
        model.metadata().clear();
        source.weights().writeTo(model);
        return new Backbone(model, levels.stream().map(Level::stride).toList(), source.weights());
    }

    /** From raw pixels of the images to what the network's own input was. */
    private Value front(int channels) {
        Dim declared = ownShape.dim(channelsLast ? 3 : 1);
        int taken = (int) declared.value().orElse(3);
        if (taken != channels && !(channels == 1 && taken == 3)) {
            throw new HoneException("it takes images of " + taken + (taken == 1 ? " channel" : " channels")
                    + ", these have " + channels
                    + (taken == 1 ? "; bring the images to grayscale" : ""));
        }
        PixelInput pixels = PixelInput.of(source, normalization);
        pixels.normalization().requireChannels(taken);
        own.setName(graph.freshName("pixels"));
        Ops o = new Ops(graph);
        Value image = graph.addInput(
                Networks.INPUT,
                ElementType.FLOAT,
                Shape.of(Dim.symbol("N"), Dim.of(channels), Dim.symbol("H"), Dim.symbol("W")));
        Value x = channels == taken ? image : o.concat(1, List.of(image, image, image));
        if (pixels.bgr() && channels == 3) {
            x = o.op("Gather", Map.of("axis", 1), x, o.vector(2, 1, 0));
        }
        x = pixels.normalization().apply(o, x);
        own.replaceBy(channelsLast ? o.transpose(x, 0, 2, 3, 1) : x);
        graph.removeInput(own);
        return image;
    }

    private List<Level> levels(Value image, int channels, int height, int width) {
        List<Level> levels = List.of();
        HoneException contradiction = null;
        try {
            setSize(image, channels, Dim.symbol("H"), Dim.symbol("W"));
            levels = find(image);
        } catch (HoneException e) {
            contradiction = e;
        }
        Dim rows = ownShape.dim(channelsLast ? 1 : 2);
        Dim columns = ownShape.dim(channelsLast ? 2 : 3);
        if (rows.isConstant() && columns.isConstant()) {
            // A network that was traced with numbers inside has maps at its own size that it has at no other.
            setSize(image, channels, rows, columns);
            List<Level> own = find(image);
            if (own.size() > levels.size()) {
                if (!rows.is(height) || !columns.is(width)) {
                    throw new HoneException("it takes images of " + rows + " x " + columns + " pixels alone, these are "
                            + size(height, width) + "; use that size, or export it with dynamic height and width");
                }
                levels = own;
            }
        } else if (contradiction != null) {
            throw contradiction;
        }
        if (levels.isEmpty()) {
            throw new HoneException("it has no feature maps [N,C,H,W] that convolutions make step by step;"
                    + " take a convolutional network such as a ResNet, MobileNet, EfficientNet or ConvNeXt");
        }
        return levels.subList(Math.max(0, levels.size() - MAPS), levels.size());
    }

    private static String size(int height, int width) {
        return height == 0 || width == 0 ? "of any size" : height + " x " + width;
    }

    private List<Level> find(Value image) {
        List<String> names = source.known() == null ? List.of() : source.known().maps();
        if (names.isEmpty()) {
            return FeaturePyramid.of(graph, image);
        }
        List<Level> levels = new ArrayList<>();
        for (String name : names) {
            Value map = graph.find(name);
            levels.add(new Level(map, FeaturePyramid.stride(image, map).orElseThrow()));
        }
        return levels;
    }

    private void cut(List<Level> levels) {
        while (!graph.outputs().isEmpty()) {
            graph.removeOutput(graph.outputs().size() - 1);
        }
        levels.forEach(level -> graph.addOutput(level.map()));
        new RemoveDeadCode().run(model);
        for (Value input : List.copyOf(graph.inputs())) {
            if (!input.name().equals(Networks.INPUT)) {
                if (!input.isUnused()) {
                    throw new HoneException("its feature maps depend on the input " + input + " besides the image");
                }
                graph.removeInput(input);
            }
        }
    }

    private void setSize(Value image, int channels, Dim height, Dim width) {
        image.setShape(Shape.of(Dim.symbol("N"), Dim.of(channels), height, width));
        ShapeInference.clear(graph);
        ShapeInference.run(model);
    }

    private static void check(Value map, int height, int width) {
        if (map.shape().dim(0).isConstant()) {
            throw new HoneException("it works on a fixed batch (its feature maps are " + map.shape()
                    + "); export it with a symbolic batch dimension");
        }
        boolean fits = map.shape().dims().stream().allMatch(dim -> dim.isAtLeast(1, 1));
        if (!fits && height > 0 && width > 0) {
            throw new HoneException("images of " + height + " x " + width + " pixels are too small for it");
        }
    }
}
