/**
 * Text and array formats (CSV, NPY, NPZ), number formatting, and suggestions for misspelled names. Knows nothing about
 * what the values mean.
 */
package dev.hone.core.text;
