/**
 * What every way to compress a model has in common: the interface, what it may use, what it reports. The ways themselves
 * are in the packages below, and {@code method} lists them. Nothing here knows data sets or files.
 */
package dev.hone.compress;
