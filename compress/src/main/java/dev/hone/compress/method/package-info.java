/** The table of the ways to compress a model. A way itself is a class in the package of its kind. */
package dev.hone.compress.method;
