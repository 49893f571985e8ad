package dev.hone.vision.heatmap;

import dev.hone.vision.image.Image;
import java.util.List;

/** A grid of images, each with a title. */
public final class ContactSheet {
    private static final int GAP = 8;

    private ContactSheet() {}

    /** An image and its title below; "" for none. */
    public record Cell(Image image, String title) {}

    /**
     * @param columns images per row
     * @param side side of the square that each image is fitted into, in pixels
     * @return RGB on white
     */
    public static Image of(List<Cell> cells, int columns, int side) {
        if (cells.isEmpty() || columns < 1 || side < 1) {
            throw new IllegalArgumentException(cells.size() + " images in " + columns + " columns of " + side
                    + " pixels: expected at least 1 of each");
        }
        boolean titled = cells.stream().anyMatch(c -> !c.title.isEmpty());
        int cellHeight = side + GAP + (titled ? Drawing.LINE : 0);
        int across = Math.min(columns, cells.size());
        int rows = (cells.size() + across - 1) / across;
        Drawing drawing = new Drawing(GAP + rows * cellHeight, GAP + across * (side + GAP), Drawing.WHITE);
        for (int i = 0; i < cells.size(); i++) {
            int top = GAP + i / across * cellHeight;
            int left = GAP + i % across * (side + GAP);
            Image picture = Drawing.fit(cells.get(i).image, side);
            drawing.put(picture, top + (side - picture.height()) / 2, left + (side - picture.width()) / 2);
            drawing.text(cells.get(i).title, top + side, left, side, Drawing.INK);
        }
        return drawing.image();
    }
}
