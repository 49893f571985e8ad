package dev.hone.vision.synthetic;

import dev.hone.data.SeededRandom;

/**
 * The textures of good surfaces. Each has irregularities that are not defects: brushing streaks, grain, thick threads,
 * veins, pores, crystal boundaries. Lengths are in units of 1/128 of the image side.
 */
public enum Texture {
    /** Rolled or brushed metal: fine streaks along one direction. */
    BRUSHED {
        @Override
        void paint(Canvas c, SeededRandom random) {
            Noise noise = new Noise(random.next());
            double unit = 128.0 / c.size;
            double angle = random.uniform(-0.12, 0.12) + (random.chance(0.25) ? Math.PI / 2 : 0);
            double cos = Math.cos(angle) * unit;
            double sin = Math.sin(angle) * unit;
            double coarse = random.uniform(0.03, 0.07);
            double fine = random.uniform(0.04, 0.09);
            c.fill((x, y) -> {
                double along = cos * x + sin * y;
                double across = cos * y - sin * x;
                return 0.5
                        + coarse * noise.octaves(along / 160, across / 9, 3, 0.6)
                        + fine * noise.octaves(along / 38, across / 1.1, 3, 0.75);
            });
        }
    },
    /** Sand-cast or blasted metal: a rough relief lit from one side. */
    CAST {
        @Override
        void paint(Canvas c, SeededRandom random) {
            Noise noise = new Noise(random.next());
            double unit = 128.0 / c.size;
            double grain = random.uniform(2.2, 4.5);
            double light = random.uniform(0, 2 * Math.PI);
            double lx = Math.cos(light);
            double ly = Math.sin(light);
            double depth = random.uniform(0.08, 0.16);
            double mottle = random.uniform(0.02, 0.06);
            c.fill((x, y) -> {
                double u = x * unit / grain;
                double v = y * unit / grain;
                double relief = noise.octaves(u + lx * 0.4, v + ly * 0.4, 4, 0.6)
                        - noise.octaves(u - lx * 0.4, v - ly * 0.4, 4, 0.6);
                return 0.5 + depth * relief + mottle * noise.octaves(x * unit / 34 + 50, y * unit / 34, 3, 0.5);
            });
        }
    },
    /** Woven cloth: threads over and under, some thicker than others. */
    WOVEN {
        @Override
        void paint(Canvas c, SeededRandom random) {
            Noise noise = new Noise(random.next());
            double unit = 128.0 / c.size;
            double pitch = random.uniform(4.2, 7.5);
            double angle = random.uniform(-0.15, 0.15);
            double cos = Math.cos(angle) * unit;
            double sin = Math.sin(angle) * unit;
            double depth = random.uniform(0.07, 0.13);
            double yarn = random.uniform(0.03, 0.06);
            c.fill((x, y) -> {
                double u = (cos * x + sin * y) / pitch + 0.25 * noise.at(x * unit / 40, y * unit / 40);
                double v = (cos * y - sin * x) / pitch + 0.25 * noise.at(x * unit / 40 + 90, y * unit / 40);
                int column = (int) Math.floor(u);
                int row = (int) Math.floor(v);
                double du = u - column - 0.5;
                double dv = v - row - 0.5;
                boolean warpOver = Math.floorMod(column + row, 2) == 0;
                double across = warpOver ? du : dv;
                double along = warpOver ? dv : du;
                double thread = warpOver ? noise.lattice(column, 7) : noise.lattice(row, 1007);
                double round = Math.cos(Math.PI * across) * (0.75 + 0.25 * Math.cos(Math.PI * along));
                return 0.46 + depth * (round - 0.45) + yarn * thread + 0.05 * noise.octaves(u * 3, v * 3, 2, 0.7);
            });
        }
    },
    /** Planed wood: rings stretched along the grain, darker veins. */
    WOOD {
        @Override
        void paint(Canvas c, SeededRandom random) {
            Noise noise = new Noise(random.next());
            double unit = 128.0 / c.size;
            double angle = random.uniform(-0.1, 0.1) + (random.chance(0.3) ? Math.PI / 2 : 0);
            double cos = Math.cos(angle) * unit;
            double sin = Math.sin(angle) * unit;
            double ring = random.uniform(7, 16);
            double bend = random.uniform(4, 12);
            double depth = random.uniform(0.05, 0.1);
            c.fill((x, y) -> {
                double along = cos * x + sin * y;
                double across = cos * y - sin * x + bend * noise.at(along / 90, (cos * y - sin * x) / 50);
                double phase = across / ring + 0.35 * noise.at(along / 70, across / 12);
                double saw = phase - Math.floor(phase);
                double year = saw < 0.82 ? saw / 0.82 : (1 - saw) / 0.18; // earlywood fades in, latewood ends sharply
                return 0.52
                        - depth * (year - 0.5)
                        + 0.05 * noise.octaves(along / 26, across / 0.9, 3, 0.7)
                        + 0.03 * noise.at(along / 60, across / 30);
            });
        }
    },
    /** Concrete or stone: blotches, fine grain and pores. */
    CONCRETE {
        @Override
        void paint(Canvas c, SeededRandom random) {
            Noise noise = new Noise(random.next());
            double unit = 128.0 / c.size;
            double blotch = random.uniform(0.08, 0.16);
            double grain = random.uniform(0.05, 0.1);
            c.fill((x, y) -> 0.52
                    + blotch * noise.octaves(x * unit / 40, y * unit / 40, 5, 0.55)
                    + grain * noise.octaves(x * unit / 1.6 + 31, y * unit / 1.6, 2, 0.8));
            int pores = random.below(22);
            for (int i = 0; i < pores; i++) {
                c.disc(
                        random.uniform(0, c.size),
                        random.uniform(0, c.size),
                        random.uniform(0.3, 0.8) / unit,
                        0.9 / unit,
                        -random.uniform(0.05, 0.16));
            }
        }
    },
    /** A solar cell under electroluminescence: crystals, contact fingers, busbars. */
    CELL {
        @Override
        void paint(Canvas c, SeededRandom random) {
            Noise noise = new Noise(random.next());
            double unit = 128.0 / c.size;
            double grain = random.uniform(11, 22);
            double spread = random.uniform(0.05, 0.11);
            double finger = random.uniform(3.2, 4.5);
            double fingers = random.uniform(0.015, 0.04);
            int bars = 2 + random.below(2);
            double offset = random.uniform(-4, 4);
            c.fill((x, y) -> {
                double u = x * unit + 3 * noise.octaves(x * unit / 7, y * unit / 7 + 40, 2, 0.6);
                double v = y * unit + 3 * noise.octaves(x * unit / 7 + 80, y * unit / 7, 2, 0.6);
                return 0.5
                        + spread * crystal(noise, u / grain, v / grain)
                        + 0.07 * noise.octaves(x * unit / 45, y * unit / 45, 3, 0.5)
                        + fingers * Math.cos(2 * Math.PI * y * unit / finger);
            });
            for (int i = 0; i < bars; i++) {
                double x = (128.0 * (i + 0.5) / bars + offset) / unit;
                c.line(x, -2, x, c.size + 2, 3.2 / unit, 1);
            }
            c.layLines(random.uniform(-0.2, -0.1), false);
        }

        /** The brightness of the crystal with the nearest seed point (Voronoi cells). */
        private double crystal(Noise noise, double u, double v) {
            int iu = (int) Math.floor(u);
            int iv = (int) Math.floor(v);
            double nearest = Double.MAX_VALUE;
            double value = 0;
            for (int b = iv - 1; b <= iv + 1; b++) {
                for (int a = iu - 1; a <= iu + 1; a++) {
                    double dx = a + 0.5 + 0.48 * noise.lattice(a, b + 5000) - u;
                    double dy = b + 0.5 + 0.48 * noise.lattice(a + 5000, b) - v;
                    double d = dx * dx + dy * dy;
                    if (d < nearest) {
                        nearest = d;
                        value = noise.lattice(a + 9000, b);
                    }
                }
            }
            return value;
        }
    };

    abstract void paint(Canvas c, SeededRandom random);
}
