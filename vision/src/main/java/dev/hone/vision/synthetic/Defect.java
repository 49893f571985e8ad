package dev.hone.vision.synthetic;

import dev.hone.data.SeededRandom;
import java.util.Locale;

/** The defects of a surface. Lengths are in units of 1/128 of the image side. */
public enum Defect {
    /** No defect. */
    GOOD {
        @Override
        void paint(Canvas c, SeededRandom random, double strength) {
            // a good surface is the texture alone
        }
    },
    /** A thin, nearly straight groove with a raised rim and gaps. */
    SCRATCH {
        @Override
        void paint(Canvas c, SeededRandom random, double strength) {
            Noise noise = new Noise(random.next());
            double unit = 128.0 / c.size;
            double angle = random.uniform(0, 2 * Math.PI);
            double curve = random.uniform(-0.012, 0.012);
            double length = random.uniform(38, 95);
            double width = random.uniform(0.9, 1.7) / unit;
            double sign = random.chance(0.6) ? 1 : -1;
            double contrast = sign * strength * random.uniform(0.17, 0.3);
            double[] x = new double[(int) length];
            double[] y = new double[x.length];
            double[] direction = new double[x.length];
            x[0] = c.size * random.uniform(0.3, 0.7) - Math.cos(angle) * length / 2 / unit;
            y[0] = c.size * random.uniform(0.3, 0.7) - Math.sin(angle) * length / 2 / unit;
            direction[0] = angle;
            for (int i = 1; i < x.length; i++) {
                direction[i] = direction[i - 1] + curve;
                x[i] = x[i - 1] + Math.cos(direction[i]) / unit;
                y[i] = y[i - 1] + Math.sin(direction[i]) / unit;
            }
            for (int rim = 0; rim < 2; rim++) {
                for (int i = 1; i < x.length; i++) {
                    double ends = Math.min(1, Math.min(i, x.length - i) / 8.0);
                    double pressure = ends * Math.max(0, Math.min(1, 0.85 + 0.6 * noise.at(i / 9.0, 0)));
                    double ox = -Math.sin(direction[i]) * rim * width;
                    double oy = Math.cos(direction[i]) * rim * width;
                    c.line(x[i - 1] + ox, y[i - 1] + oy, x[i] + ox, y[i] + oy, width, pressure);
                }
                c.layLines(rim == 0 ? contrast : -0.45 * contrast, rim == 0);
            }
        }
    },
    /** One to three small round inclusions, blowholes or splashes with a clear edge. */
    SPOT {
        @Override
        void paint(Canvas c, SeededRandom random, double strength) {
            double unit = 128.0 / c.size;
            int count = 1 + random.below(3);
            double sign = random.chance(0.7) ? -1 : 1;
            for (int i = 0; i < count; i++) {
                Noise noise = new Noise(random.next());
                double cx = c.size * random.uniform(0.1, 0.9);
                double cy = c.size * random.uniform(0.1, 0.9);
                double radius = random.uniform(2.4, 5) / unit;
                double contrast = sign * strength * random.uniform(0.18, 0.32);
                c.defect(
                        (x, y) -> {
                            double distance = Math.hypot(x - cx, y - cy);
                            if (distance > 1.3 * radius + 1) {
                                return 0;
                            }
                            double edge = radius
                                    * (1
                                            + 0.25
                                                    * noise.at(
                                                            2 + 1.5 * Math.cos(Math.atan2(y - cy, x - cx)),
                                                            2 + 1.5 * Math.sin(Math.atan2(y - cy, x - cx))));
                            return contrast * Canvas.smoothStep((edge + 0.8 - distance) / 1.6);
                        },
                        Math.abs(contrast) * 0.3);
            }
        }
    },
    /** A dark, jagged, branching line that gets thinner towards its ends. */
    CRACK {
        @Override
        void paint(Canvas c, SeededRandom random, double strength) {
            double angle = random.uniform(0, 2 * Math.PI);
            double x = c.size * random.uniform(0.25, 0.75) - Math.cos(angle) * c.size * 0.2;
            double y = c.size * random.uniform(0.25, 0.75) - Math.sin(angle) * c.size * 0.2;
            walk(c, random, x, y, angle, random.uniform(45, 90), random.uniform(1.1, 1.9), 2);
            c.layLines(-strength * random.uniform(0.2, 0.36), true);
        }

        private void walk(
                Canvas c,
                SeededRandom random,
                double x0,
                double y0,
                double heading,
                double length,
                double width,
                int branches) {
            double unit = 128.0 / c.size;
            double x = x0;
            double y = y0;
            double wander = 0;
            for (double done = 0; done < length; ) {
                double step = random.uniform(1.8, 4.5);
                wander = 0.6 * wander + random.uniform(-0.65, 0.65);
                double nx = x + Math.cos(heading + wander) * step / unit;
                double ny = y + Math.sin(heading + wander) * step / unit;
                double here = width * (1 - 0.6 * done / length) / unit;
                c.line(x, y, nx, ny, here, 0.7 + 0.3 * random.uniform());
                x = nx;
                y = ny;
                done += step;
                if (branches > 0 && random.chance(0.1)) {
                    double side = (random.chance(0.5) ? 1 : -1) * random.uniform(0.5, 1.1);
                    walk(
                            c,
                            random,
                            x,
                            y,
                            heading + side,
                            (length - done) * random.uniform(0.3, 0.6),
                            width * 0.75,
                            branches - 1);
                }
            }
        }
    },
    /** A large, faint patch with an irregular outline and a darker rim, like a dried liquid. */
    STAIN {
        @Override
        void paint(Canvas c, SeededRandom random, double strength) {
            Noise noise = new Noise(random.next());
            double unit = 128.0 / c.size;
            double cx = c.size * random.uniform(0.25, 0.75);
            double cy = c.size * random.uniform(0.25, 0.75);
            double radius = random.uniform(14, 30) / unit;
            double flat = random.uniform(0.6, 1);
            double contrast = (random.chance(0.75) ? -1 : 1) * strength * random.uniform(0.09, 0.16);
            c.defect(
                    (x, y) -> {
                        double distance = Math.hypot(x - cx, (y - cy) / flat) / radius
                                + 0.45 * noise.octaves(x * unit / 16, y * unit / 16, 4, 0.55);
                        double body = Canvas.smoothStep((1 - distance) / 0.1 + 0.5);
                        double rim = Math.exp(-Math.pow((distance - 0.93) / 0.07, 2));
                        double patchy = 0.75 + 0.25 * noise.at(x * unit / 9 + 60, y * unit / 9);
                        return contrast * (body * patchy + 0.7 * rim);
                    },
                    Math.abs(contrast) * 0.35);
        }
    },
    /** A smooth hollow, bright on the side facing the light and dark on the other. */
    DENT {
        @Override
        void paint(Canvas c, SeededRandom random, double strength) {
            double unit = 128.0 / c.size;
            double cx = c.size * random.uniform(0.2, 0.8);
            double cy = c.size * random.uniform(0.2, 0.8);
            double radius = random.uniform(7, 15) / unit;
            double long_ = random.uniform(1, 1.4);
            double turn = random.uniform(0, Math.PI);
            double light = random.uniform(0, 2 * Math.PI);
            double contrast = strength * random.uniform(0.16, 0.28);
            c.defect(
                    (x, y) -> {
                        double u = (Math.cos(turn) * (x - cx) + Math.sin(turn) * (y - cy)) / (radius * long_);
                        double v = (Math.cos(turn) * (y - cy) - Math.sin(turn) * (x - cx)) / radius;
                        double facing = u * Math.cos(light - turn) + v * Math.sin(light - turn);
                        return contrast * 2.2 * facing * Math.exp(-1.8 * (u * u + v * v));
                    },
                    contrast * 0.2);
        }
    };

    abstract void paint(Canvas c, SeededRandom random, double strength);

    /** The class name in folders and models. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
