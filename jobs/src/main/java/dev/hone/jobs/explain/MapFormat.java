package dev.hone.jobs.explain;

/** File format of heat maps. */
public enum MapFormat {
    PNG,
    SVG
}
